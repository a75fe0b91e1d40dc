#include "load.hpp"

#include <algorithm>
#include <cmath>

namespace trawl::origin {

Duration ServiceTime::next(std::size_t page_index, std::size_t in_house, std::size_t capacity,
                           const std::string& data) noexcept {
    const auto own = settings_.latency_of.find(data);
    const Duration latency = own == settings_.latency_of.end() ? settings_.latency : own->second;
    if (latency == Duration(0)) return Duration(0);
    constexpr double kDeepPages = 10'000;
    constexpr double kLongest = 3600e9;  // an hour: cliffs are steep, and a Duration is finite
    double mean = static_cast<double>(latency.count());
    mean *= 1 + settings_.deep * static_cast<double>(page_index) / kDeepPages;
    if (settings_.cliff > 0 && in_house > capacity) {
        mean *= std::pow(static_cast<double>(in_house) / static_cast<double>(std::max<std::size_t>(capacity, 1)),
                         settings_.cliff);
    }
    switch (settings_.jitter) {
        case Jitter::none:
            break;
        case Jitter::even:
            mean *= 0.9 + 0.2 * dice_.uniform();
            break;
        case Jitter::exp:
            mean *= dice_.exponential();
            break;
    }
    return Duration(static_cast<Duration::rep>(std::min(mean, kLongest)));
}

std::optional<Duration> TokenBucket::take(TimePoint now) noexcept {
    if (filled_) tokens_ = std::min(burst_, tokens_ + static_cast<double>((now - *filled_).count()) * 1e-9 * rate_);
    filled_ = now;
    if (tokens_ >= 1) {
        tokens_ -= 1;
        return std::nullopt;
    }
    return Duration(static_cast<Duration::rep>(std::ceil((1 - tokens_) / rate_ * 1e9)));
}

}  // namespace trawl::origin
