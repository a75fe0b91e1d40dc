/// The values of the command line as text: durations, shares, changes of capacity, pages that fail. Pure.
/// All throw UsageError, whose message shows how it is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"

namespace trawl::origin {

/// A number of digits and nothing else, at most `max`.
std::uint64_t parse_count(std::string_view text, std::uint64_t max = 1'000'000'000'000'000);
/// A decimal number that is not negative: "100", "0.5".
double parse_number(std::string_view text);
/// "50ms", "1.5s", "200us", "2m", "0". Without a unit only 0 is understood. At most a year.
Duration parse_duration(std::string_view text);
/// "1%" → 0.01, "0.5%" → 0.005. The sign is needed: nobody has to know whether 1 is a hundredth or all.
double parse_share(std::string_view text);
/// "15s:20,25s:40" → from 15 s on 20, from 25 s on 40; the times ascend.
std::vector<std::pair<Duration, std::size_t>> parse_vary(std::string_view text);
/// "languages:120ms" → the data set languages, 120 ms.
std::pair<std::string, Duration> parse_latency_of(std::string_view text);
/// "7:404" → page 7 (counted from 1), status 404.
std::pair<std::size_t, int> parse_fail_page(std::string_view text);

/// 5127 → "5,127".
std::string with_commas(std::uint64_t number);

}  // namespace trawl::origin
