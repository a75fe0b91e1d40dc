/// Url: the text is cut at its delimiters (RFC 3986 appendix B), path and query are repaired as browsers do, the
/// authority is checked and never repaired, and the whole is put together again in normal form.
#include "trawl/http/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "loopback.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "url_text.hpp"

namespace trawl {

using http::UrlPart;

/// The pieces of a URL or of a reference to one, encoded; `has_*` tells an empty piece from none (RFC 3986
/// section 5.3).
struct Url::Parts {
    std::string scheme, userinfo, host, path, query, fragment;
    std::uint16_t port = 0;
    bool has_query = false, has_fragment = false;
};

namespace {

/// As long as the whole header block may be (64 KB): a longer one could not be sent.
constexpr std::size_t url_size_max = 65'536;
constexpr std::size_t shown_size_max = 200;  // of a bad URL in a message
constexpr std::size_t host_size_max = 253;   // RFC 1035 section 2.3.4, without the root's dot
constexpr std::size_t label_size_max = 63;   // the same

/// Without its secrets.
std::string shortened(std::string_view text) {
    const std::string shown = http::redact_url_text(http::without_userinfo(text));
    return shown.size() > shown_size_max ? shown.substr(0, shown_size_max) + "..." : shown;
}

[[noreturn]] void fail(std::string_view text, std::string_view problem) {
    throw InvalidUrl(
        format("'{}' is not a URL that can be fetched: {}; use one like http://host/path", shortened(text), problem));
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const std::size_t begin = std::min(text.find_first_not_of(blank), text.size());
    return text.substr(begin, text.find_last_not_of(blank) + 1 - begin);
}

void check_size(std::string_view text) {
    if (text.size() > url_size_max)
        fail(text, format("it has {} bytes, at most {} are allowed", text.size(), url_size_max));
}

void check_bytes(std::string_view text) {
    check_size(text);
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            fail(text, format("it contains the control character 0x{:02x}; remove it or write it as %{:02X}",
                              static_cast<unsigned>(c), static_cast<unsigned>(c)));
}

/// The length of "scheme" in "scheme:...", or 0 if the text has none (RFC 3986 section 3.1).
std::size_t scheme_size(std::string_view text) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr std::string_view more = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.";
    if (text.empty() || letters.find(text.front()) == std::string_view::npos) return 0;
    const std::size_t end = text.find_first_not_of(more);
    return end != std::string_view::npos && text[end] == ':' ? end : 0;
}

void check_label(std::string_view label, std::string_view original) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    if (label.empty()) fail(original, "the host has an empty part between two dots");
    if (label.size() > label_size_max) fail(original, "a part of the host is longer than 63 characters");
    const std::size_t bad = label.find_first_not_of(allowed);
    if (bad != std::string_view::npos) fail(original, format("the host contains '{}'", label[bad]));
}

/// `host` is in lower case. Underscores are no part of host names, but of many names in private networks.
void check_name(std::string_view host, std::string_view original) {
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.size() > host_size_max) fail(original, "the host is longer than 253 characters");
    std::size_t last = 0;
    for (std::size_t begin = 0; begin <= host.size();
         last = begin, begin = std::min(host.find('.', begin), host.size()) + 1)
        check_label(host.substr(begin, host.find('.', begin) - begin), original);
    if (host.find_first_not_of("0123456789", last) == std::string_view::npos)
        fail(original, "the host looks like an IPv4 address and is none; it needs four numbers from 0 to 255");
}

/// The canonical text of an IPv6 address (RFC 5952), so that equal addresses are equal hosts. Zones are not supported.
std::string canonical_ipv6(const std::string& address, std::string_view original) {
    in6_addr bytes{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1)
        fail(original, "the host in brackets is not an IPv6 address");
    return inet_ntop(AF_INET6, &bytes, text.data(), text.size());
}

std::string checked_host(std::string_view host, std::string_view original) {
    if (host.empty()) fail(original, "the host is missing");
    if (host.starts_with('[')) return canonical_ipv6(std::string(host.substr(1, host.size() - 2)), original);
    const auto is_not_ascii = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    if (std::ranges::any_of(host, is_not_ascii))
        fail(original, "international host names are not supported; write the host in its ASCII form (xn--...)");
    std::string name = http::lower_ascii(host);
    in_addr bytes{};
    if (inet_pton(AF_INET, name.c_str(), &bytes) != 1) check_name(name, original);
    return name;
}

std::uint16_t checked_port(std::string_view digits, bool https, std::string_view original) {
    if (digits.empty()) return https ? 443 : 80;
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) fail(original, "the port is not a number");
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    unsigned port = 0;
    for (const char c : digits.substr(0, 6)) port = port * 10 + static_cast<unsigned>(c - '0');
    if (port == 0 || port > 65'535) fail(original, "the port must be a number from 1 to 65535");
    return static_cast<std::uint16_t>(port);
}

void check_absolute(std::string_view text) {
    if (text.empty()) fail(text, "it is empty; write one such as https://example.com/items");
    const std::size_t size = scheme_size(text);
    const std::string scheme = http::lower_ascii(text.substr(0, size));
    const bool has_slashes = text.substr(std::min(size + 1, text.size())).starts_with("//");
    const bool is_http = scheme == "http" || scheme == "https";
    if (is_http && !has_slashes) fail(text, format("'//' is missing after '{}:'", scheme));
    if (is_http) return;
    if (size > 0 && has_slashes)
        fail(text, format("the scheme '{}' is not supported, only http and https are", scheme));
    const std::string_view rest = text.substr(text.starts_with("//") ? 2 : 0);
    if (rest.empty() || rest.front() == '/') fail(text, "it has no scheme and no host; write the whole URL");
    const std::string host = http::lower_ascii(rest.substr(0, rest.find_first_of(":/?#")));
    const std::string_view meant = http::is_loopback(host) ? "http" : "https";  // nobody has a certificate for it
    fail(text, format("it has no scheme; did you mean '{}://{}'?", meant, shortened(rest)));
}

/// RFC 3986 section 5.2.3.
std::string merge_paths(std::string_view base, std::string_view reference) {
    return std::string(base.substr(0, base.rfind('/') + 1)) + std::string(reference);
}

/// Takes what stands before the first of `delimiters` off the front of `text`.
std::string_view take_until(std::string_view& text, std::string_view delimiters) {
    const std::string_view taken = text.substr(0, text.find_first_of(delimiters));
    text.remove_prefix(taken.size());
    return taken;
}

std::uint32_t end_of(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

void append_number(std::string& out, std::uint16_t number) {
    std::array<char, 5> digits{};
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

/// ":8080"; nothing for the scheme's own.
void append_port(std::string& out, std::uint16_t port, bool is_https) {
    if (port != (is_https ? 443 : 80)) append_number(out.append(":"), port);
}

bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

}  // namespace

/// "user:pass@host:80" (RFC 3986 section 3.2). The host is only checked: a repaired host would be another one.
void Url::split_authority(std::string_view authority, std::string_view original, Parts& parts) {
    const std::size_t at = authority.rfind('@');
    if (at != std::string_view::npos) {
        const std::string_view user = authority.substr(0, at);
        if (user.find_first_of("@\\") != std::string_view::npos)
            fail(original,
                 "before the host's '@' stands another '@' or a '\\'; write those of a password as %40 and %5C");
        parts.userinfo = http::encode_part(user, UrlPart::userinfo);
        authority.remove_prefix(at + 1);
    }
    const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
    if (bracket == std::string_view::npos) fail(original, "the ']' behind the IPv6 address is missing");
    const std::size_t colon = std::min(authority.find(':', bracket), authority.size());
    if (bracket > 0 && colon != bracket + 1) fail(original, "only a port may stand behind the host in brackets");
    const std::string_view port = authority.substr(std::min(colon + 1, authority.size()));
    if (port.find(':') != std::string_view::npos) fail(original, "an IPv6 address needs brackets: http://[::1]:8080/");
    parts.host = checked_host(authority.substr(0, colon), original);
    parts.port = checked_port(port, parts.scheme == "https", original);
}

Url::Parts Url::split(std::string_view text) {
    const std::string_view original = text;
    Parts parts;
    parts.scheme = http::lower_ascii(text.substr(0, scheme_size(text)));
    if (!parts.scheme.empty()) text.remove_prefix(parts.scheme.size() + 1);
    if (take(text, "//")) split_authority(take_until(text, "/?#"), original, parts);
    parts.path = http::encode_part(take_until(text, "?#"), UrlPart::path);
    parts.has_query = take(text, "?");
    if (parts.has_query) parts.query = http::encode_part(take_until(text, "#"), UrlPart::query);
    parts.has_fragment = take(text, "#");
    if (parts.has_fragment) parts.fragment = http::encode_part(text, UrlPart::query);
    return parts;
}

Url::Url(const Parts& parts) : port_(parts.port), scheme_size_(static_cast<std::uint8_t>(parts.scheme.size())) {
    text_ = parts.scheme + "://";
    if (!parts.userinfo.empty()) text_ += parts.userinfo + '@';
    const bool is_ipv6 = parts.host.find(':') != std::string::npos;
    if (is_ipv6) text_ += '[';
    host_begin_ = end_of(text_);
    text_ += parts.host;
    host_size_ = end_of(text_) - host_begin_;
    if (is_ipv6) text_ += ']';
    append_port(text_, port_, is_https());
    target_begin_ = end_of(text_);
    const std::string path = http::remove_dot_segments(parts.path);
    text_ += path.empty() ? "/" : path;
    if (parts.has_query) text_ += '?';
    query_begin_ = end_of(text_);
    text_ += parts.query;
    target_end_ = end_of(text_);
    if (parts.has_fragment) text_ += '#' + parts.fragment;
    check_size(text_);  // encoding can treble it
}

/// This URL with another path and query, which are in normal form already, and a fragment ("" or "#...").
Url Url::with_target(std::string_view target, std::string_view fragment) const {
    Url url;
    url.text_.reserve(target_begin_ + target.size() + fragment.size());
    url.text_.append(text_, 0, target_begin_).append(target).append(fragment);
    check_size(url.text_);
    url.host_begin_ = host_begin_;
    url.host_size_ = host_size_;
    url.target_begin_ = target_begin_;
    url.target_end_ = target_begin_ + end_of(target);
    url.query_begin_ = target_begin_ + static_cast<std::uint32_t>(std::min(target.find('?'), target.size() - 1) + 1);
    url.port_ = port_;
    url.scheme_size_ = scheme_size_;
    return url;
}

Url Url::parse(std::string_view text) {
    text = trim(text);
    check_bytes(text);
    check_absolute(text);
    return Url(split(text));
}

Url Url::resolve(std::string_view reference) const {
    reference = trim(reference);
    if (http::is_plain_target(reference)) return with_target(reference, {});
    check_bytes(reference);
    if (scheme_size(reference) > 0) return parse(reference);
    if (reference.starts_with("//")) return parse(format("{}:{}", scheme(), reference));
    Parts found = split(reference);
    Parts result = split(text_);
    if (found.path.empty()) {
        if (!found.has_query) found.query = result.query, found.has_query = result.has_query;
    } else {
        result.path = found.path.starts_with('/') ? found.path : merge_paths(result.path, found.path);
    }
    result.query = found.query;
    result.has_query = found.has_query;
    result.fragment = found.fragment;
    result.has_fragment = found.has_fragment;
    return Url(result);
}

Url Url::with_query(std::string_view key, std::string_view value) const {
    const std::string_view raw = raw_query();
    std::string target(target_view().substr(0, target_view().find('?')));
    target += '?';
    const std::size_t query_begin = target.size();
    bool found = false;
    for (std::size_t begin = 0; begin <= raw.size() && !raw.empty();) {
        std::string_view rest = raw.substr(begin);
        const http::QueryPiece piece = http::next_query_piece(rest);
        const bool same = !piece.whole.empty() && http::decode_form(piece.key) == key;
        if (!same || !found) {
            if (begin > 0) target += '&';
            if (same) {
                target.append(piece.key).append("=").append(http::encode_component(value));
            } else {
                target += piece.whole;
            }
        }
        found = found || same;
        begin += piece.whole.size() + 1;
    }
    if (!found) {
        if (target.size() > query_begin && !target.ends_with('&')) target += '&';
        target.append(http::encode_component(key)).append("=").append(http::encode_component(value));
    }
    return with_target(target, std::string_view(text_).substr(target_end_));
}

Url Url::with_query(const std::vector<std::pair<std::string, std::string>>& params) const {
    Url result = *this;
    for (auto param = params.begin(); param != params.end(); ++param) {
        const bool is_further =
            std::any_of(params.begin(), param, [&](const auto& p) { return p.first == param->first; });
        if (!is_further) {
            result = result.with_query(param->first, param->second);
            continue;
        }
        std::string target(result.target_view());  // it has a query: the one before
        target.append("&").append(http::encode_component(param->first));
        target.append("=").append(http::encode_component(param->second));
        result = result.with_target(target, std::string_view(result.text_).substr(result.target_end_));
    }
    return result;
}

std::optional<std::string> Url::query(std::string_view key) const {
    for (std::string_view rest = raw_query(); !rest.empty();) {
        const http::QueryPiece piece = http::next_query_piece(rest);
        if (!piece.whole.empty() && http::decode_form(piece.key) == key) return http::decode_form(piece.value);
    }
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> Url::query_params() const {
    std::vector<std::pair<std::string, std::string>> params;
    for (std::string_view rest = raw_query(); !rest.empty();) {
        const http::QueryPiece piece = http::next_query_piece(rest);
        if (!piece.whole.empty()) params.emplace_back(http::decode_form(piece.key), http::decode_form(piece.value));
    }
    return params;
}

std::string Url::redacted() const { return http::redact_url_text(text_); }

std::string_view Url::target_view() const noexcept {
    return std::string_view(text_).substr(target_begin_, target_end_ - target_begin_);
}

std::string Url::origin() const {
    std::string out;
    out.reserve(text_.size() + 6);
    out.append(scheme()).append("://").append(host_header());
    if (port_ == (is_https() ? 443 : 80)) append_number(out.append(":"), port_);
    return out;
}

std::string_view Url::host_header() const noexcept {
    const std::size_t begin = host_begin_ - (text_[host_begin_ - 1] == '[' ? 1 : 0);
    return std::string_view(text_).substr(begin, target_begin_ - begin);
}

std::optional<std::string> Url::userinfo() const {
    const std::size_t begin = scheme_size_ + std::size_t{3};
    const std::string_view authority = std::string_view(text_).substr(begin, target_begin_ - begin);
    const std::size_t at = authority.find('@');
    if (at == std::string_view::npos) return std::nullopt;
    return http::decode_percent(authority.substr(0, at));
}

std::string_view Url::raw_query() const noexcept {
    return std::string_view(text_).substr(query_begin_, target_end_ - query_begin_);
}

}  // namespace trawl
