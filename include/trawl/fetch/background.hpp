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
    void accepted() noexcept;
    /// The source refused, with `limit` as the most in flight. True if that is no reason to ask for less.
    bool refused(std::size_t limit) noexcept;

    /// Whether the last refusal had nothing to do with the one before: an accident, unless others follow.
    [[nodiscard]] bool was_alone() const noexcept { return gaps_known_ == 0; }
    /// Of all requests; 0 while none is known to be refused for nothing.
    [[nodiscard]] double share() const noexcept { return share_; }

private:
    static constexpr std::size_t seen = 4;

    void note(double gap, std::size_t limit) noexcept;
    [[nodiscard]] bool is_in_vain() const noexcept;

    double share_ = 0, credit_ = 0;
    double gap_ = std::numeric_limits<double>::infinity();  // accepted since the last refusal
    std::array<double, seen> gaps_{};                       // before the last ones, oldest first
    std::size_t gaps_known_ = 0;
};

}  // namespace trawl::limit
