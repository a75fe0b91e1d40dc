#include "har_text.hpp"

#include <algorithm>

#include "trawl/base/ascii.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"
#include "url_text.hpp"

namespace trawl::http {
namespace {

using Byte = unsigned char;

// How many bytes a character of UTF-8 has that begins so (RFC 3629 section 4); 0 for none.
std::size_t size_of_character(Byte first) noexcept {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return 2;
    if (first >= 0xe0 && first <= 0xef) return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

// Neither longer than it needs to be, nor a surrogate, nor beyond U+10FFFF.
bool is_good_second(Byte first, Byte second) noexcept {
    if (first == 0xe0) return second >= 0xa0;
    if (first == 0xed) return second <= 0x9f;
    if (first == 0xf0) return second >= 0x90;
    return first != 0xf4 || second <= 0x8f;
}

std::string from_latin_1(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<Byte>(c);
        if (byte < 0x80) {
            text += c;
        } else {
            text += static_cast<char>(0xc0 | (byte >> 6));
            text += static_cast<char>(0x80 | (byte & 0x3f));
        }
    }
    return text;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<Byte>(text[at]);
        const std::size_t size = size_of_character(first);
        if (size == 0 || size > text.size() - at) return false;
        if (size > 1 && !is_good_second(first, static_cast<Byte>(text[at + 1]))) return false;
        const auto goes_on = [](char c) { return (static_cast<Byte>(c) & 0xc0) == 0x80; };
        if (!std::ranges::all_of(text.substr(at + 1, size - 1), goes_on)) return false;
        at += size;
    }
    return true;
}

std::string har_string(std::string_view bytes) {
    return quote_json(is_utf8(bytes) ? std::string(bytes) : from_latin_1(bytes));
}

std::string har_moment(std::chrono::system_clock::time_point moment) {
    const auto exact = std::chrono::floor<std::chrono::milliseconds>(moment);
    const auto day = std::chrono::floor<std::chrono::days>(exact);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(exact - day);
    return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                  time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::string har_cookies(std::string_view field, bool is_set_cookie) {
    std::string json;
    while (!field.empty()) {
        const std::size_t end = is_set_cookie ? field.size() : std::min(field.find(';'), field.size());
        // Without a "=" it is a value that has no name (RFC 6265bis section 5.6).
        const std::size_t equals = field.substr(0, std::min(field.find(';'), end)).find('=');
        const std::string_view name = trim(field.substr(0, equals == std::string_view::npos ? 0 : equals));
        field.remove_prefix(std::min(end + 1, field.size()));
        if (!json.empty()) json += ',';
        json += format(R"({{"name":{},"value":"***"}})", har_string(name));
    }
    return json;
}

// A Link has its URLs in angle brackets, the others are one.
std::string redact_urls(std::string_view value) {
    if (!trim(value).starts_with('<')) return redact_url_text(value);
    std::string shown;
    while (true) {
        const std::size_t open = value.find('<');
        const std::size_t close = value.find('>', open == std::string_view::npos ? 0 : open);
        if (open == std::string_view::npos || close == std::string_view::npos) break;
        shown += redact_url_text(value.substr(0, open)) + '<' +
                 redact_url_text(value.substr(open + 1, close - open - 1)) + '>';
        value.remove_prefix(close + 1);
    }
    return shown + redact_url_text(value);
}

}  // namespace trawl::http
