/// Refusals that come whatever is asked: a source that fails now and then. Part of Limiter.
#pragma once

#include <array>
#include <cstddef>
#include <limits>

namespace trawl::limit {

/// Tells them from those that come of too much at once, by how many requests are accepted before each: where the limit
/// is cut for each of them, and they come as often as before, the cuts are in vain.
class Background {
public:
    /// With `limit` as the most in flight.
    void accepted(std::size_t limit) noexcept;
    /// The source refused, with `limit` as the most in flight. `is_raised`: above what the last cut led to, which tells
    /// nothing of that cut. True if it is no reason to ask for less.
    bool refused(std::size_t limit, bool is_raised) noexcept;

    /// So many more are sent at once, and what comes anyway with them.
    void expect(std::size_t limit) noexcept;
    /// Whether the last refusal had nothing to do with the one before: an accident, unless others follow.
    [[nodiscard]] bool was_alone() const noexcept { return was_alone_; }
    /// Of all requests; 0 while none is known to be refused for nothing.
    [[nodiscard]] double share() const noexcept { return share_; }

private:
    static constexpr std::size_t seen = 4;

    void note(double gap) noexcept;
    [[nodiscard]] double credit_most(std::size_t limit) const noexcept;
    [[nodiscard]] bool is_in_vain() const noexcept;

    double share_ = 0, credit_ = 0;
    double gap_ = std::numeric_limits<double>::infinity();  // accepted since the last refusal
    std::array<double, seen> gaps_{};                       // before the last ones, oldest first
    std::size_t gaps_known_ = 0;
    bool was_alone_ = true;
};

}  // namespace trawl::limit
