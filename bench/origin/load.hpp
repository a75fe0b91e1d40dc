/// How a source behaves under load: how long a page takes, how many are served at once, how many are let in. Pure: the
/// time is an argument.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "random.hpp"
#include "settings.hpp"

namespace trawl::origin {

/// The service time of a page. Its mean grows with the page's index (`deep`: by that share every 10,000 pages), and,
/// when more are in the house than are served at once, by (in the house / served at once) to the power of `cliff`.
class ServiceTime {
public:
    ServiceTime(const ServiceSettings& settings, std::uint64_t seed) noexcept : settings_(settings), dice_(seed) {}

    /// `in_house` counts those in service, the page itself among them, and those in the queue.
    Duration next(std::size_t page_index, std::size_t in_house, std::size_t capacity,
                  const std::string& data = {}) noexcept;

private:
    const ServiceSettings& settings_;
    Dice dice_;
};

/// `rate` tokens a second, at most `burst` of them at a time; it is full at the beginning.
class TokenBucket {
public:
    TokenBucket(double rate, double burst) noexcept : rate_(rate), burst_(burst), tokens_(burst) {}

    /// Takes a token; or, when there is none, gives the time until there will be one.
    std::optional<Duration> take(TimePoint now) noexcept;

private:
    double rate_;
    double burst_;
    double tokens_;
    std::optional<TimePoint> filled_;
};

}  // namespace trawl::origin
