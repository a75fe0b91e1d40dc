/// What goes wrong, decided by a seed. Pure.
///
/// A request's fate depends on the seed, on which page it asks for and on how many times that page was asked for
/// before: not on when it arrives beside others. So the same pages fail in every run with the same seed, however many
/// requests are in flight, and a retry throws the dice again.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "settings.hpp"

namespace trawl::origin {

struct Fate {
    Fault fault = Fault::none;
    double place = 0;  // in [0, 1): where in the answer a reset or a truncation strikes
};

class Faults {
public:
    Faults(const FaultSettings& settings, std::uint64_t seed) noexcept;

    /// The fate of the next request for the page that `page` identifies.
    Fate decide(std::uint64_t page);
    /// The status with which the page at `index` (from 0) always fails; 0: it does not.
    [[nodiscard]] int failure(std::size_t index) const;

private:
    const FaultSettings& settings_;
    std::uint64_t seed_;
    bool any_;
    std::unordered_map<std::uint64_t, std::uint32_t> attempts_;  // by page; filled only when there are faults
};

}  // namespace trawl::origin
