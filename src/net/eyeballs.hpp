/// Happy eyeballs (RFC 8305): which address to connect to, and when. No I/O, and `now` is an argument.
///
/// Rules: connecting begins with the first IPv6 addresses, or with IPv4 ones when there are no others, or when those
/// have not come within the Resolution Delay. Families take turns. The next attempt begins when one has failed, or when
/// the last one has begun long enough ago; addresses that come late are for the attempts that are still to be made.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "name_answer.hpp"
#include "trawl/base/clock.hpp"

namespace trawl::net {

class Eyeballs {
public:
    /// RFC 8305, section 8.
    static constexpr Duration kResolutionDelay = std::chrono::milliseconds(50);
    static constexpr Duration kAttemptDelay = std::chrono::milliseconds(250);

    explicit Eyeballs(Duration attempt_delay = kAttemptDelay) noexcept : attempt_delay_(attempt_delay) {}

    /// Both families are being looked up.
    void ask() noexcept { awaited_ = {true, true}; }
    /// A family has answered, with these addresses if with any.
    void answered(Family family, const std::vector<Destination>& found, TimePoint now);
    /// Addresses that nobody looks up: of the hosts file, or in digits.
    void add(const std::vector<Destination>& found);
    /// An attempt has ended in vain.
    void failed() noexcept;

    struct Step {
        enum class Kind { kConnect, kWait, kGiveUp } kind;
        Address to;                      // of kConnect: an attempt begins
        std::optional<TimePoint> until;  // of kWait: something may be due then; nothing: when somebody answers
    };
    /// What to do now. An attempt that is named is taken for begun.
    [[nodiscard]] Step next(TimePoint now);

    /// The addresses that were tried, in order: "[::1]:80, 127.0.0.1:80".
    [[nodiscard]] std::string tried() const;
    [[nodiscard]] bool has_begun() const noexcept { return !tried_.empty(); }

private:
    [[nodiscard]] bool is_awaited(Family family) const noexcept { return awaited_[index_of(family)]; }
    [[nodiscard]] TimePoint due() const noexcept;
    Address take();

    Duration attempt_delay_;
    PerFamily<bool> awaited_{};
    std::vector<Destination> untried_;  // in order
    std::vector<Address> tried_;
    std::size_t at_work_ = 0;
    TimePoint next_ = TimePoint::min();  // when an attempt is due, now that others have begun
    TimePoint hold_ = TimePoint::min();  // until then the first attempt waits for IPv6
};

}  // namespace trawl::net
