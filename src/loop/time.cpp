#include "trawl/loop/time.hpp"

#include "trawl/base/format.hpp"

namespace trawl::loop {
namespace {

std::string text_of(Duration duration) {
    const double seconds = std::chrono::duration<double>(duration).count();
    if (seconds >= 1) return format("{:.3g} s", seconds);
    return format("{:.3g} ms", seconds * 1e3);
}

}  // namespace

std::string time_left(TimePoint deadline) {
    const TimePoint now = Loop::current().now();
    return deadline <= now ? "over now" : text_of(deadline - now) + " left";
}

void throw_timeout(TimePoint began, TimePoint deadline) {
    throw TimeoutError("timed out after " + text_of(deadline <= began ? Duration::zero() : deadline - began));
}

}  // namespace trawl::loop
