/// The grammar of cookie dates: tokens, each tried as what has not been found yet.
#include "cookie_date.hpp"

#include <algorithm>
#include <array>

#include "trawl/base/ascii.hpp"

namespace trawl::http {
namespace {

namespace chrono = std::chrono;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_delimiter(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x09 || (byte >= 0x20 && byte <= 0x2f) || (byte >= 0x3b && byte <= 0x40) ||
           (byte >= 0x5b && byte <= 0x60) || (byte >= 0x7b && byte <= 0x7e);
}

/// Takes a number of `min` to `max` digits off the front. More digits are none: "2026" is no day.
std::optional<int> take_number(std::string_view& text, std::size_t min, std::size_t max) {
    const auto size = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    if (size < min || size > max) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(0, size)) value = value * 10 + (c - '0');
    text.remove_prefix(size);
    return value;
}

/// "hms-time": what follows the last digit does not count. A time out of range is a day or more: it is the token meant.
std::optional<chrono::seconds> parse_time(std::string_view token) {
    std::array<int, 3> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0 && !token.starts_with(':')) return std::nullopt;
        if (i > 0) token.remove_prefix(1);
        const std::optional<int> number = take_number(token, 1, 2);
        if (!number) return std::nullopt;
        parts[i] = *number;
    }
    if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return chrono::days(1);
    return chrono::hours(parts[0]) + chrono::minutes(parts[1]) + chrono::seconds(parts[2]);
}

std::optional<unsigned> parse_month(std::string_view token) {
    constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    const auto is_it = [&](std::string_view month) { return equal_ignoring_case(token.substr(0, 3), month); };
    const auto* found = std::ranges::find_if(months, is_it);
    if (found == months.end()) return std::nullopt;
    return static_cast<unsigned>(found - months.begin()) + 1;
}

struct Found {
    std::optional<chrono::seconds> time;
    std::optional<int> day, year;
    std::optional<unsigned> month;

    /// A token is the first of these that it can be and that is still missing.
    void take(std::string_view token) {
        std::string_view number = token;
        if (!time && (time = parse_time(token))) return;
        if (!day && (day = take_number(number, 1, 2))) return;
        if (!month && (month = parse_month(token))) return;
        if (!year) year = take_number(number, 2, 4);
    }
};

}  // namespace

std::optional<chrono::sys_seconds> parse_cookie_date(std::string_view text) {
    Found found;
    while (!text.empty()) {
        const auto size = static_cast<std::size_t>(std::ranges::find_if(text, is_delimiter) - text.begin());
        if (size > 0) found.take(text.substr(0, size));
        text.remove_prefix(std::min(size + 1, text.size()));
    }
    if (!found.time || !found.day || !found.month || !found.year) return std::nullopt;
    int year = *found.year;
    if (year < 100) year += year >= 70 ? 1900 : 2000;
    const chrono::year_month_day date{chrono::year(year), chrono::month(*found.month),
                                      chrono::day(static_cast<unsigned>(*found.day))};
    if (year < 1601 || !date.ok() || *found.time >= chrono::days(1)) return std::nullopt;
    return chrono::sys_days(date) + *found.time;
}

}  // namespace trawl::http
