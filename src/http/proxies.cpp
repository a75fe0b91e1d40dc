#include "trawl/http/proxies.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "loopback.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// ---- A proxy's URL ----

bool names_port(std::string_view authority) {
    const std::size_t host_end = authority.rfind(']');
    return authority.find(':', host_end == std::string_view::npos ? 0 : host_end) != std::string_view::npos;
}

// A URL of ours has http or https for its scheme: what else it has to be is the same.
Proxy parse_proxy(std::string_view text) {
    text = trimmed(text);
    const std::size_t colon = text.find("://");
    const std::string scheme = colon == std::string_view::npos ? "http" : lower(text.substr(0, colon));
    const std::string_view rest = colon == std::string_view::npos ? text : text.substr(colon + 3);
    const bool is_socks = scheme == "socks5" || scheme == "socks5h";
    if (!is_socks && scheme != "http")
        throw UsageError(format("a proxy's URL begins with http:// or socks5h://, not with {}://", scheme));
    try {
        const Url url = Url::parse("http://" + std::string(rest));
        if (url.target_view() != "/") throw UsageError("a proxy's URL ends behind its port: a path has no meaning");
        const std::string_view authority = rest.substr(0, rest.find('/'));
        const bool has_port = names_port(authority.substr(authority.rfind('@') + 1));
        const std::uint16_t port = has_port || !is_socks ? url.port() : 1080;
        return {is_socks ? Proxy::Kind::kSocks5 : Proxy::Kind::kHttp, std::string(url.host()), port, url.userinfo()};
    } catch (const InvalidUrl& error) {
        throw UsageError(format("a proxy's URL is none: {}", error.what()));
    }
}

// ---- Exceptions ----

struct Ip {
    std::array<unsigned char, 16> bytes{};
    unsigned bits = 0;  // 32, 128, or 0 for what is no address
};

Ip parse_ip(const std::string& text) {
    Ip ip;
    if (inet_pton(AF_INET, text.c_str(), ip.bytes.data()) == 1) {
        ip.bits = 32;
    } else if (inet_pton(AF_INET6, text.c_str(), ip.bytes.data()) == 1) {
        ip.bits = 128;
    }
    return ip;
}

bool share_prefix(const Ip& a, const Ip& b, unsigned bits) {
    const unsigned whole = bits / 8;
    if (std::memcmp(a.bytes.data(), b.bytes.data(), whole) != 0) return false;
    const unsigned rest = bits % 8;
    return rest == 0 || ((a.bytes.at(whole) ^ b.bytes.at(whole)) >> (8 - rest)) == 0;
}

// "10.0.0.0/8", "10.0.0.1".
bool is_in_network(const std::string& host, const std::string& network) {
    const std::size_t slash = network.find('/');
    const Ip address = parse_ip(host);
    const Ip base = parse_ip(network.substr(0, slash));
    if (address.bits == 0 || address.bits != base.bits) return false;
    unsigned bits = base.bits;
    if (slash != std::string::npos) {
        const char* end = network.data() + network.size();
        const auto [stop, error] = std::from_chars(network.data() + slash + 1, end, bits);
        if (error != std::errc() || stop != end || bits > base.bits) return false;
    }
    return share_prefix(address, base, bits);
}

bool is_at_or_below(std::string_view host, std::string_view name) {
    if (name.starts_with("*.")) name.remove_prefix(1);
    if (name.starts_with('.')) name.remove_prefix(1);
    if (name.ends_with('.')) name.remove_suffix(1);  // the root's dot
    if (host.ends_with('.')) host.remove_suffix(1);
    if (name.empty() || !host.ends_with(name)) return false;
    return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

// Takes the port off "host:port" and "[::1]:port"; an address with colons and no brackets has none.
std::optional<std::string> take_port(std::string& entry) {
    const std::size_t colon = entry.rfind(':');
    const bool is_bare_ipv6 = entry.find(':') != colon && !entry.starts_with('[');
    std::optional<std::string> port;
    if (colon != std::string::npos && !is_bare_ipv6 && entry.find(']', colon) == std::string::npos) {
        port = entry.substr(colon + 1);
        entry.resize(colon);
    }
    if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
    return port;
}

bool covers(std::string entry, const Url& url) {
    if (entry == "*") return true;
    const auto port = take_port(entry);
    if (port && *port != std::to_string(url.port())) return false;
    return is_in_network(std::string(url.host()), entry) || is_at_or_below(url.host(), entry);
}

// ---- The environment ----

const char* environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
    return value == nullptr || *value == 0 ? nullptr : value;
}

// The first of `names` that is set.
template <class Use>
void use_first(std::initializer_list<const char*> names, Use&& use) {
    for (const char* name : names) {
        const char* value = environment(name);
        if (value == nullptr) continue;
        try {
            use(value);
        } catch (const UsageError& error) {
            throw UsageError(format("the environment's {}: {}", name, error.what()));
        }
        return;
    }
}

}  // namespace

std::string Proxy::str() const {
    const char* scheme = kind == Kind::kHttp ? "http" : "socks5h";
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return format("{}://{}{}{}:{}", scheme, is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port);
}

Proxies Proxies::from_environment() {
    Proxies proxies;
    use_first({"http_proxy", "all_proxy", "ALL_PROXY"}, [&](const char* url) { proxies.http(url); });
    use_first({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}, [&](const char* url) { proxies.https(url); });
    use_first({"no_proxy", "NO_PROXY"}, [&](const char* hosts) { proxies.except(hosts); });
    proxies.loopback_is_direct_ = true;
    return proxies;
}

Proxies& Proxies::http(std::string_view url) {
    http_ = parse_proxy(url);
    return *this;
}

Proxies& Proxies::https(std::string_view url) {
    https_ = parse_proxy(url);
    return *this;
}

Proxies& Proxies::except(std::string_view hosts) {
    while (!hosts.empty()) {
        const std::size_t end =
            std::min(hosts.find_first_of(", \t"), hosts.size());  // blanks divide as well, as for curl
        const std::string_view entry = hosts.substr(0, end);
        if (!entry.empty()) except_.push_back(lower(entry));
        hosts.remove_prefix(std::min(end + 1, hosts.size()));
    }
    return *this;
}

bool Proxies::is_excepted(const Url& url) const {
    if (loopback_is_direct_ && http::is_loopback(url.host())) return true;
    return std::ranges::any_of(except_, [&](const std::string& entry) { return covers(entry, url); });
}

const Proxy* Proxies::for_url(const Url& url) const {
    const std::optional<Proxy>& proxy = url.is_https() ? https_ : http_;
    return !proxy || is_excepted(url) ? nullptr : &*proxy;
}

}  // namespace trawl
