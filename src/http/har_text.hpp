/// Text for a HAR file: strings of any bytes, moments, names of cookies, URLs without secrets.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace trawl::http {

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// As a JSON string. What is not UTF-8 is taken for Latin-1, which is what other bytes in header fields once meant (RFC
/// 9110 section 5.5).
[[nodiscard]] std::string har_string(std::string_view bytes);

/// ISO 8601 in UTC, to the millisecond: "2026-11-22T04:05:06.789Z".
[[nodiscard]] std::string har_moment(std::chrono::system_clock::time_point moment);

/// Of a Cookie field ("a=1; b=2") or of a Set-Cookie field ("a=1; Path=/"): [{"name":"a","value":"***"},...]
[[nodiscard]] std::string har_cookies(std::string_view field, bool is_set_cookie);

/// The value of a field that holds URLs (Location, Link, Referer, ...), without their secrets.
[[nodiscard]] std::string redact_urls(std::string_view value);

}  // namespace trawl::http
