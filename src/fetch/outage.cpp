#include "trawl/fetch/outage.hpp"

#include <algorithm>
#include <chrono>

namespace trawl {
namespace {

using namespace std::chrono_literals;

// A server that is reloaded is back within the first; one that is started anew, or a machine, is asked every five
// seconds, which loads nobody and loses little.
constexpr Duration kFirstPause = 100ms, kLongestPause = 5s;

}  // namespace

std::optional<TimePoint> Outage::ready_at(TimePoint now) const noexcept {
    if (!since_ || next_ <= now) return std::nullopt;
    return next_;
}

bool Outage::sent() noexcept {
    if (!since_) return false;
    is_probed_ = true;
    return true;
}

// What was sent before the last pause began tells nothing new.
void Outage::failed(TimePoint now, TimePoint sent) noexcept {
    if (!since_) {
        since_ = now;
        sent_ = sent;
        pause_ = kFirstPause;
    } else if (sent < next_) {
        return;
    } else {
        pause_ = std::min(2 * pause_, kLongestPause);
    }
    next_ = now + pause_;
}

void Outage::answered(TimePoint sent) noexcept {
    if (sent < sent_) return;
    since_.reset();
    is_probed_ = false;
}

}  // namespace trawl
