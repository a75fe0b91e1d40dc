/// What a simulated source does with its time.
#include "fetch/sim/source.hpp"

#include <cmath>
#include <numbers>

namespace trawl::sim {

double Random::exponential(double mean) { return -mean * std::log1p(-uniform()); }

double Random::normal() {
    const double radius = std::sqrt(exponential(2));  // Box and Muller
    return radius * std::cos(2 * std::numbers::pi * uniform());
}

Seconds draw_service(const SourceOptions& source, Random& random, int inside, std::int64_t served, bool second) {
    Seconds mean = second ? source.second_service : source.service;
    mean *= 1 + source.deep * static_cast<double>(served) / 10'000;
    if (source.cliff > 0 && inside > source.workers)
        mean *= std::pow(static_cast<double>(inside) / source.workers, source.cliff);
    switch (source.spread) {
        case Spread::exponential:
            return random.exponential(mean);
        case Spread::even:
            return mean * (0.9 + 0.2 * random.uniform());
        case Spread::lognormal:
            break;
    }
    return mean * std::exp(random.normal() - 0.5);  // sigma 1: the mean of exp(N(0, 1)) is exp(1/2)
}

Seconds end_of_work(const SourceOptions& source, Seconds start, Seconds duration) {
    if (source.pause_every <= 0) return start + duration;
    Seconds at = start;
    while (true) {
        const Seconds begun = std::floor(at / source.pause_every) * source.pause_every;
        if (begun > 0 && at < begun + source.pause) at = begun + source.pause;
        const Seconds next = (std::floor(at / source.pause_every) + 1) * source.pause_every;
        if (at + duration <= next) return at + duration;
        duration -= next - at;
        at = next;
    }
}

}  // namespace trawl::sim
