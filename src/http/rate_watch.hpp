/// Whether a body comes so slowly that somebody must be keeping us waiting: a byte now and then satisfies any limit
/// between two pieces.
#pragma once

#include <cstdint>

#include "trawl/base/clock.hpp"

namespace trawl::http {

class RateWatch {
public:
    /// As long as curl's --speed-time with its usual values: a stall of a network is over by then.
    static constexpr Duration kWindow = std::chrono::seconds(60);

    /// `bytes_min`: of a second, on average over kWindow; 0 watches nothing.
    explicit RateWatch(std::uint64_t bytes_min) noexcept : bytes_min_(bytes_min) {}

    /// Somebody waited for so long, and so many bytes came. False when that was too little. What the reader itself
    /// takes its time for does not count.
    [[nodiscard]] bool is_fast_enough(Duration waited, std::uint64_t bytes) noexcept {
        waited_ += waited;
        bytes_ += bytes;
        if (waited_ < kWindow) return true;
        const bool fast_enough = static_cast<double>(bytes_) >=
                                 static_cast<double>(bytes_min_) * std::chrono::duration<double>(waited_).count();
        waited_ = Duration::zero();
        bytes_ = 0;
        return fast_enough;
    }

private:
    std::uint64_t bytes_min_;
    Duration waited_{};
    std::uint64_t bytes_ = 0;
};

}  // namespace trawl::http
