#include "trawl/loop/time.hpp"

#include <algorithm>

#include "trawl/base/format.hpp"

namespace trawl::loop {
namespace {

// Three digits, or as many as stand before the point: "1.5 s", "3600 s", "20 ms".
std::string three_digits(double value, const char* unit) {
    return value >= 100 ? format("{:.0f} {}", value, unit) : format("{:.3g} {}", value, unit);
}

std::string text_of(Duration duration) {
    const double seconds = std::chrono::duration<double>(std::max(duration, Duration::zero())).count();
    constexpr double kAlmostASecond = 0.9995;  // what would read as 1000 ms
    return seconds >= kAlmostASecond ? three_digits(seconds, "s") : three_digits(seconds * 1e3, "ms");
}

}  // namespace

void refuse_not_a_number() {
    throw UsageError("a duration that is not a number (NaN): look for a 0/0 where it was computed");
}

std::string time_left(TimePoint deadline) {
    const TimePoint now = Loop::current().now();
    return deadline <= now ? "over now" : text_of(deadline - now) + " left";
}

void throw_timeout(TimePoint began, TimePoint deadline) {
    throw TimeoutError("timed out after " + text_of(deadline <= began ? Duration::zero() : deadline - began));
}

}  // namespace trawl::loop
