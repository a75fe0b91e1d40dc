/// Randomness that a seed repeats: numbers as a function of what they are for, and a sequence of them.
#pragma once

#include <cmath>
#include <cstdint>

namespace trawl::origin {

/// Mixes 64 bits so that each of them depends on all (the finalizer of SplitMix64; Steele, Lea and Flood, 2014).
constexpr std::uint64_t mix(std::uint64_t bits) noexcept {
    bits += 0x9e3779b97f4a7c15;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return bits ^ (bits >> 31);
}

/// A number in [0, 1) from the upper 53 bits: as many as a double holds.
constexpr double unit_interval(std::uint64_t bits) noexcept { return static_cast<double>(bits >> 11) * 0x1p-53; }

class Dice {
public:
    explicit Dice(std::uint64_t seed) noexcept : seed_(mix(seed)) {}

    /// In [0, 1).
    double uniform() noexcept { return unit_interval(mix(seed_ + ++thrown_)); }
    /// Exponentially distributed with mean 1.
    double exponential() noexcept { return -std::log1p(-uniform()); }

private:
    std::uint64_t seed_;
    std::uint64_t thrown_ = 0;
};

}  // namespace trawl::origin
