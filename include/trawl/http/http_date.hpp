/// Dates as they stand in header fields: "Sun, 06 Nov 1994 08:49:37 GMT".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace trawl {

/// The three formats of RFC 9110 section 5.6.7; `now` places the two-digit year of the second one.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> parse_http_date(
    std::string_view text, std::chrono::system_clock::time_point now);

/// The first of them, which is the one that may be sent. Requires: a year of four digits.
[[nodiscard]] std::string format_http_date(std::chrono::sys_seconds moment);

}  // namespace trawl
