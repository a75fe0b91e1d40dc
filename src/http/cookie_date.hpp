/// The dates of cookies: not HTTP's three formats but whatever servers have written (RFC 6265bis section 5.1.1).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace trawl::http {

/// A time, a day of the month, a month and a year, each once, in any order, between anything; the zone is taken for
/// GMT whatever it says. Nothing if one of them is missing or the date does not exist.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text);

}  // namespace trawl::http
