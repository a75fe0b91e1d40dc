/// Outage: when to ask an origin again that answered and then cannot be reached.
#pragma once

#include <optional>

#include "trawl/base/clock.hpp"

namespace trawl {

/// Begins with a connection that fails and ends with the next answer to what was sent since. In between, one request at
/// a time looks whether the origin is back, after pauses that grow: hundreds of pages that each ask on their own would
/// use up their attempts within a second, and be what the origin meets when it starts. No I/O, no clock.
class Outage {
public:
    /// Since when; none: there is no outage.
    [[nodiscard]] std::optional<TimePoint> since() const noexcept { return since_; }

    /// When the next may be sent, while none is under way; none: now.
    [[nodiscard]] std::optional<TimePoint> ready_at(TimePoint now) const noexcept;
    /// Somebody is looking already.
    [[nodiscard]] bool is_probed() const noexcept { return is_probed_; }
    /// Whoever is let in looks, while there is an outage. True if so: left() is to be told.
    [[nodiscard]] bool sent() noexcept;
    /// Who looked has left, whatever came of it.
    void left() noexcept { is_probed_ = false; }

    /// The connection of a request that was sent at `sent` failed.
    void failed(TimePoint now, TimePoint sent) noexcept;
    /// There was an answer to a request that was sent at `sent`.
    void answered(TimePoint sent) noexcept;

private:
    std::optional<TimePoint> since_;
    TimePoint sent_{};  // of the first that failed: what was answered to earlier ones says nothing of now
    TimePoint next_{};  // when the next looks
    Duration pause_{};  // before it
    bool is_probed_ = false;
};

}  // namespace trawl
