#include "service.hpp"

#include <algorithm>

#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::origin {

Service::Service(const ServiceSettings& settings, std::uint64_t seed, Counters& counters)
    : settings_(settings),
      counters_(counters),
      time_(settings, seed),
      bucket_(settings.rate, settings.burst),
      gate_(settings.capacity) {}

Task<> Service::travel() {
    if (settings_.rtt > Duration(0)) co_await sleep(settings_.rtt / 2);
}

Admission Service::admit() {
    Admission admission;
    if (first_request_.capacity() == 0) first_request_.set_capacity(1);
    if (settings_.rate > 0) {
        if (const auto wait = bucket_.take(Loop::current().now())) {
            admission.verdict = Verdict::over_rate;
            admission.wait = *wait;
            ++counters_.refused_by_rate;
            return admission;
        }
    }
    if (gate_.full() && gate_.waiting() >= settings_.queue_max) {
        admission.verdict = Verdict::queue_full;
        ++counters_.refused_by_queue;
    }
    return admission;
}

Task<> Service::serve(std::size_t page_index, std::string data) {
    if (gate_.full()) counters_.peak_queued = std::max(counters_.peak_queued, gate_.waiting() + 1);
    Gate::Pass pass = co_await gate_.enter();
    counters_.peak_in_service = std::max(counters_.peak_in_service, gate_.inside());
    const Duration time = time_.next(page_index, gate_.inside() + gate_.waiting(), gate_.capacity(), data);
    if (time > Duration(0)) co_await sleep(time);
}

Task<> Service::follow_changes() {
    Gate::Pass pass = co_await first_request_.enter();
    const TimePoint began = Loop::current().now();
    for (const auto& [from, capacity] : settings_.vary) {
        co_await sleep(began + from - Loop::current().now());
        gate_.set_capacity(capacity);
    }
}

void Service::count() noexcept {
    counters_.in_service = gate_.inside();
    counters_.queued = gate_.waiting();
}

}  // namespace trawl::origin
