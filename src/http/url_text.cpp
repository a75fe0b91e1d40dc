/// Percent-encoding, query pieces, dot segments and redaction.
#include "url_text.hpp"

#include <algorithm>
#include <array>

namespace trawl::http {
namespace {

constexpr std::string_view unreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";  // RFC 3986 section 2.3
constexpr std::string_view sub_delims = "!$&'()*+,;=";                     // section 2.2

using CharSet = std::array<bool, 256>;

constexpr CharSet char_set(std::initializer_list<std::string_view> parts) {
    CharSet set{};
    for (const std::string_view part : parts)
        for (const char c : part) set[static_cast<unsigned char>(c)] = true;
    return set;
}

constexpr CharSet component_chars = char_set({unreserved});
constexpr CharSet userinfo_chars = char_set({unreserved, sub_delims, ":"});
constexpr CharSet path_chars = char_set({unreserved, sub_delims, ":@/"});
constexpr CharSet query_chars = char_set({unreserved, sub_delims, ":@/?[]"});

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_escape(std::string_view text, std::size_t at) {
    return text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0;
}

void append_escape(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

std::string decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_escape(text, i)) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

const CharSet& allowed_in(UrlPart part) {
    switch (part) {
        case UrlPart::userinfo:
            return userinfo_chars;
        case UrlPart::path:
            return path_chars;
        case UrlPart::query:
            break;
    }
    return query_chars;
}

std::string redact_query(std::string_view query) {
    std::string out;
    while (!query.empty()) {
        const QueryPiece piece = next_query_piece(query);
        if (!out.empty()) out += '&';
        const bool hide = !piece.value.empty() && is_secret_key(decode_form(piece.key));
        out += hide ? std::string(piece.key) + "=***" : std::string(piece.whole);
    }
    return out;
}

}  // namespace

std::string encode_component(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (component_chars[static_cast<unsigned char>(c)])
            out += c;
        else
            append_escape(out, c);
    }
    return out;
}

std::string encode_part(std::string_view text, UrlPart part) {
    const CharSet& allowed = allowed_in(part);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (allowed[static_cast<unsigned char>(text[i])] || is_escape(text, i))
            out += text[i];
        else
            append_escape(out, text[i]);
    }
    return out;
}

std::string decode_percent(std::string_view text) { return decode(text, false); }
std::string decode_form(std::string_view text) { return decode(text, true); }

QueryPiece next_query_piece(std::string_view& query) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view whole = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = whole.find('=');
    if (equals == std::string_view::npos) return {whole, whole, {}};
    return {whole, whole.substr(0, equals), whole.substr(equals + 1)};
}

std::string remove_dot_segments(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/', 1), path.size());
        const std::string_view segment = path.substr(0, end);  // "/name"
        path.remove_prefix(end);
        if (segment == "/..") out.erase(std::min(out.rfind('/'), out.size()));
        if (segment != "/." && segment != "/..")
            out += segment;
        else if (path.empty())
            out += '/';
    }
    return out;
}

bool is_plain_target(std::string_view text) noexcept {
    if (!text.starts_with('/') || text.starts_with("//")) return false;
    const CharSet* allowed = &path_chars;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins_query = text[i] == '?' && allowed == &path_chars;
        if (begins_query) allowed = &query_chars;
        if (!begins_query && !(*allowed)[static_cast<unsigned char>(text[i])]) return false;
        if (text[i] == '.' && text[i - 1] == '/' && allowed == &path_chars) return false;  // perhaps a dot segment
    }
    return true;
}

bool is_secret_key(std::string_view decoded_key) {
    std::string key;
    for (const char c : lower_ascii(decoded_key))
        if (std::string_view("_-.[]").find(c) == std::string_view::npos) key += c;  // "user[password]", too
    if (key.starts_with("xamz") || key.starts_with("xgoog")) return true;           // presigned S3 and GCS URLs
    // Whole names: as endings they would hide `primary_key` and `page_token`, which one needs to see.
    constexpr std::array<std::string_view, 11> names = {"token", "key",    "pass",    "pwd",       "sig",   "auth",
                                                        "jwt",   "bearer", "session", "sessionid", "appkey"};
    constexpr std::array<std::string_view, 18> endings = {
        "apikey",     "apitoken", "accesskey",    "accesskeyid",  "secretkey",       "privatekey",
        "secret",     "password", "passwd",       "signature",    "accesstoken",     "authtoken",
        "credential", "idtoken",  "refreshtoken", "sessiontoken", "subscriptionkey", "privatetoken"};
    const auto ends_key = [&key](std::string_view ending) { return key.ends_with(ending); };
    return std::ranges::find(names, key) != names.end() || std::ranges::any_of(endings, ends_key);
}

std::string redact_url_text(std::string_view text) {
    text = text.substr(0, text.find('#'));
    const std::size_t question = std::min(text.find('?'), text.size());
    std::string out(text.substr(0, question));
    const std::size_t slashes = out.find("//");
    const std::size_t authority = slashes == std::string::npos ? 0 : slashes + 2;
    const std::size_t at = out.substr(0, std::min(out.find_first_of("/\\", authority), out.size())).rfind('@');
    if (at != std::string::npos && at >= authority) out.erase(authority, at + 1 - authority);
    if (question < text.size()) out += '?' + redact_query(text.substr(question + 1));
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return out;
}

std::string without_userinfo(std::string_view text) {
    const std::size_t slashes = text.find("//");
    const std::size_t authority = slashes == std::string_view::npos ? 0 : slashes + 2;
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || at < authority) return std::string(text);
    return std::string(text.substr(0, authority)) + std::string(text.substr(at + 1));
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

}  // namespace trawl::http
