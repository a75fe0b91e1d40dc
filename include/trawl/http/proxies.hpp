/// Proxies: who stands between us and a server, for which URLs.
///
///     ClientOptions options;
///     options.proxies = Proxies().all("socks5h://127.0.0.1:1080").except("localhost,.example.com,10.0.0.0/8");
///
/// Rules: an HTTP proxy is asked to connect us through (CONNECT) to https servers, whose TLS it cannot read, and sent
/// the requests to http ones. SOCKS 5 proxies resolve the host's name themselves. A user and password in the proxy's
/// URL are for the proxy and go nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/http/url.hpp"

namespace trawl {

struct Proxy {
    enum class Kind : unsigned char { kHttp, kSocks5 };
    Kind kind = Kind::kHttp;
    std::string host;  ///< an IPv6 address without its brackets
    std::uint16_t port = 0;
    std::optional<std::string> userinfo;  ///< "user:password", decoded

    /// "http://proxy:3128", without secrets.
    [[nodiscard]] std::string str() const;
};

class Proxies {
public:
    /// None.
    Proxies() = default;
    /// What the environment says, in lower case first: https_proxy and http_proxy for URLs of these schemes, all_proxy
    /// for both, no_proxy for exceptions. HTTP_PROXY in capitals does not count: a web server sets it to what a client
    /// sent as "Proxy:". Loopback addresses and localhost are reached directly. Throws UsageError, which names the
    /// variable, for what is no proxy.
    static Proxies from_environment();

    /// `url` is "http://[user:password@]host:port" or "socks5h://..." ("socks5://" is the same); without a scheme it is
    /// http. Ports: 80 and 1080 where it names none. Throws UsageError.
    Proxies& http(std::string_view url);
    Proxies& https(std::string_view url);
    Proxies& all(std::string_view url) { return http(url).https(url); }
    /// Hosts to reach directly, divided by commas or blanks: names, which stand for what is below them too
    /// ("example.com", ".example.com", "*.example.com"); addresses and networks ("10.0.0.1", "10.0.0.0/8", "fd00::/8");
    /// each with ":port" for that port alone; "*" for all.
    Proxies& except(std::string_view hosts);

    [[nodiscard]] const Proxy* for_url(const Url& url) const;
    [[nodiscard]] bool empty() const noexcept { return !http_ && !https_; }

private:
    [[nodiscard]] bool is_excepted(const Url& url) const;

    std::optional<Proxy> http_;
    std::optional<Proxy> https_;
    std::vector<std::string> except_;
    bool loopback_is_direct_ = false;
};

}  // namespace trawl
