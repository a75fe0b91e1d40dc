/// Seconds of the simulation as the clock's, and back.
#include "fetch/sim/ours.hpp"

#include <algorithm>
#include <cmath>

namespace trawl::sim {

Duration Ours::duration(Seconds seconds) { return Duration(std::llround(seconds * 1e9)); }

TimePoint Ours::time(Seconds now) { return TimePoint(duration(now)); }

Seconds Ours::ready_at(Seconds now) {
    const auto ready = limiter_.ready_at(time(now));
    if (!ready) return now;
    return std::max(now + 1e-9, std::chrono::duration<double>(ready->time_since_epoch()).count());
}

void Ours::succeeded(Seconds now, Seconds latency, int in_flight, int kind) {
    limiter_.succeeded(time(now), duration(latency), static_cast<std::size_t>(in_flight),
                       static_cast<std::size_t>(kind));
}

void Ours::refused(Seconds now, Seconds latency, int in_flight, Refused how, std::optional<Seconds> retry_after) {
    Refusal refusal;
    refusal.kind = how == Refused::unavailable ? RefusalKind::unavailable : RefusalKind::too_many_requests;
    if (retry_after) refusal.retry_after = duration(*retry_after);
    limiter_.refused(time(now), duration(latency), refusal, static_cast<std::size_t>(in_flight));
}

}  // namespace trawl::sim
