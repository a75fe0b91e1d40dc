/// Scanners for single JSON tokens.
#include "trawl/http/json_text.hpp"

#include <algorithm>

#include "trawl/base/format.hpp"

namespace trawl {
namespace {

std::size_t skip_digits(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at;
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// The first hexadecimal digits of the halves of a surrogate pair (RFC 8259 section 7): d8 to db, then dc to df.
bool is_half(std::string_view escape, std::string_view second_digits) {
    constexpr std::size_t size = 6;
    return escape.size() >= size && escape.starts_with("\\u") && (escape[2] == 'd' || escape[2] == 'D') &&
           second_digits.find(escape[3]) != std::string_view::npos;
}

}  // namespace

// Written out: this runs once for each value of a page, where find_first_not_of costs more than all else together.
std::string_view trim_json(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

bool is_json_number(std::string_view token) {
    std::size_t at = token.starts_with('-') ? 1 : 0;
    const std::size_t whole = skip_digits(token, at);
    if (whole == at || (token[at] == '0' && whole != at + 1)) return false;
    at = whole;
    if (at < token.size() && token[at] == '.') {
        const std::size_t fraction = skip_digits(token, at + 1);
        if (fraction == at + 1) return false;
        at = fraction;
    }
    if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
        ++at;
        if (at < token.size() && (token[at] == '+' || token[at] == '-')) ++at;
        const std::size_t exponent = skip_digits(token, at);
        if (exponent == at) return false;
        at = exponent;
    }
    return at == token.size();
}

std::size_t closing_quote(std::string_view token) {
    std::size_t at = 1;
    for (;;) {
        const std::size_t quote = token.find('"', at);
        if (quote == std::string_view::npos) return quote;
        std::size_t backslashes = 0;
        while (token[quote - 1 - backslashes] == '\\') ++backslashes;
        if (backslashes % 2 == 0) return quote;
        at = quote + 1;
    }
}

bool has_good_escapes(std::string_view inside) {
    constexpr std::string_view short_escapes = "\"\\/bfnrt";
    for (std::size_t at = inside.find('\\'); at != std::string_view::npos; at = inside.find('\\', at)) {
        const std::string_view rest = inside.substr(at + 1);
        if (rest.empty()) return false;
        if (rest.front() == 'u') {
            if (rest.size() < 5 || !std::all_of(rest.begin() + 1, rest.begin() + 5, is_hex)) return false;
            at += 6;
        } else {
            if (short_escapes.find(rest.front()) == std::string_view::npos) return false;
            at += 2;
        }
    }
    return true;
}

std::size_t find_lone_surrogate(std::string_view json) {
    constexpr std::string_view high = "89abAB", low = "cdefCDEF";
    for (std::size_t at = json.find('\\'); at != std::string_view::npos; at = json.find('\\', at)) {
        const std::string_view escape = json.substr(at);
        if (is_half(escape, low)) return at;
        const bool is_high = is_half(escape, high);
        if (is_high && !is_half(escape.substr(6), low)) return at;
        at += is_high ? 12 : 2;  // behind "\u" are digits, no backslash
    }
    return std::string_view::npos;
}

std::string quote_json(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace trawl
