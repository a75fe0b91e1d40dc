/// The Set-Cookie algorithm, step by step as the standard has it: servers rely on each of its oddities.
#include "set_cookie.hpp"

#include <algorithm>

#include "cookie_date.hpp"
#include "trawl/base/ascii.hpp"
#include "url_text.hpp"

namespace trawl::http {
namespace {

namespace chrono = std::chrono;

constexpr std::size_t attribute_max = 1024;  // bytes of an attribute's value; a longer one is ignored
constexpr chrono::days lifetime_max{400};    // section 5.5
constexpr std::size_t age_digits_max = 12;   // beyond which a number of seconds is long enough anyhow

std::string_view trim(std::string_view text) noexcept {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

/// Takes what stands before the next ";" off the front.
std::string_view take_piece(std::string_view& text) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return piece;
}

/// Section 5.6.2. Nothing: the attribute is ignored.
std::optional<chrono::sys_seconds> parse_max_age(std::string_view value, chrono::sys_seconds now) {
    const bool negative = value.starts_with('-');
    if (negative) value.remove_prefix(1);
    if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    value.remove_prefix(std::min(value.find_first_not_of('0'), value.size()));
    if (negative || value.empty()) return SetCookie::time_min;
    if (value.size() > age_digits_max) return now + lifetime_max;
    chrono::seconds::rep seconds = 0;
    for (const char c : value) seconds = seconds * 10 + (c - '0');
    return now + std::min<chrono::seconds>(chrono::seconds(seconds), lifetime_max);
}

SameSite parse_same_site(std::string_view value) {
    if (equal_ignoring_case(value, "strict")) return SameSite::strict;
    if (equal_ignoring_case(value, "lax")) return SameSite::lax;
    if (equal_ignoring_case(value, "none")) return SameSite::none;
    return SameSite::unset;
}

/// What the attributes say so far: the last of a name counts, and Max-Age before Expires.
struct Attributes {
    SetCookie& cookie;
    chrono::sys_seconds now;
    std::optional<chrono::sys_seconds> expires{}, max_age{};

    void take(std::string_view piece) {
        const std::size_t equals = std::min(piece.find('='), piece.size());
        const std::string_view name = trim(piece.substr(0, equals));
        const std::string_view value = trim(piece.substr(std::min(equals + 1, piece.size())));
        if (value.size() > attribute_max) return;
        if (equal_ignoring_case(name, "secure")) cookie.secure = true;
        if (equal_ignoring_case(name, "httponly")) cookie.http_only = true;
        if (equal_ignoring_case(name, "samesite")) cookie.same_site = parse_same_site(value);
        if (equal_ignoring_case(name, "domain"))
            cookie.domain = lower_ascii(value.substr(value.starts_with('.') ? 1 : 0));
        if (equal_ignoring_case(name, "path")) take_path(value);
        if (equal_ignoring_case(name, "expires")) take_expires(value);
        if (equal_ignoring_case(name, "max-age")) {
            const auto age = parse_max_age(value, now);
            if (age) max_age = age;
        }
    }
    void take_path(std::string_view value) {
        cookie.path.reset();
        if (value.starts_with('/')) cookie.path = std::string(value);
    }
    void take_expires(std::string_view value) {
        const auto date = parse_cookie_date(value);
        if (date) expires = std::min<chrono::sys_seconds>(*date, now + lifetime_max);
    }
};

}  // namespace

std::optional<SetCookie> parse_set_cookie(std::string_view text, chrono::sys_seconds now) {
    if (std::ranges::any_of(text, is_control)) return std::nullopt;
    const std::string_view pair = take_piece(text);
    const std::size_t equals = pair.find('=');
    SetCookie cookie;
    if (equals != std::string_view::npos) cookie.name = trim(pair.substr(0, equals));
    cookie.value = trim(equals == std::string_view::npos ? pair : pair.substr(equals + 1));
    if (cookie.name.empty() && cookie.value.empty()) return std::nullopt;
    Attributes attributes{cookie, now};
    while (!text.empty()) attributes.take(take_piece(text));
    cookie.expires = attributes.max_age ? attributes.max_age : attributes.expires;
    return cookie;
}

}  // namespace trawl::http
