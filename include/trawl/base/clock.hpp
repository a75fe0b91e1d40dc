/// The one clock of the library: monotonic, in nanoseconds. Calendar time is used only where a format asks for it.
#pragma once

#include <chrono>

namespace trawl {

using Clock = std::chrono::steady_clock;
using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<Clock, Duration>;

}  // namespace trawl
