/// Whether a body comes so slowly that somebody must be keeping us waiting: a byte now and then satisfies any limit
/// between two pieces.
#pragma once

#include <cstdint>

#include "trawl/base/clock.hpp"

namespace trawl::http {

class RateWatch {
public:
    /// `bytes_min`: of a second, on average over `window`; 0 watches nothing.
    RateWatch(std::uint64_t bytes_min, Duration window) noexcept : bytes_min_(bytes_min), window_(window) {}

    /// Somebody waited for so long, and so many bytes came. False when that was too little. What the reader itself
    /// takes its time for does not count.
    [[nodiscard]] bool is_fast_enough(Duration waited, std::uint64_t bytes) noexcept {
        waited_ += waited;
        bytes_ += bytes;
        if (waited_ < window_) return true;
        const bool fast_enough = static_cast<double>(bytes_) >=
                                 static_cast<double>(bytes_min_) * std::chrono::duration<double>(waited_).count();
        waited_ = Duration::zero();
        bytes_ = 0;
        return fast_enough;
    }

private:
    std::uint64_t bytes_min_;
    Duration window_;
    Duration waited_{};
    std::uint64_t bytes_ = 0;
};

}  // namespace trawl::http
