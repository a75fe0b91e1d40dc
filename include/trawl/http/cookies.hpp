/// CookieJar: the cookies of a client, by RFC 6265bis as far as it is about HTTP without a browser around it.
///
///     CookieJar jar;
///     jar.store_all(response.url(), response.headers(), now);
///     std::string cookies = jar.header_for(url, now);  // "sid=abc; lang=en", or "" for none
///
/// Rules: a cookie without Domain goes to its host alone, one with Domain to the subdomains too, and no Domain may be a
/// public suffix ("co.uk"). Secure cookies come from and go to https only, and none from http may shadow one. Ports do
/// not separate cookies. SameSite is kept and not obeyed: there is no page that a request could come from. Lifetimes
/// end after 400 days. A jar belongs to one thread at a time; `now` is calendar time, given by the caller.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/http/headers.hpp"
#include "trawl/http/url.hpp"

namespace trawl {

enum class SameSite { unset, none, lax, strict };

struct Cookie {
    std::string name, value;
    std::string domain;                                 ///< in lower case, without a leading dot
    std::string path;                                   ///< starts with "/"
    std::optional<std::chrono::sys_seconds> expires{};  ///< nothing: it lasts as long as the jar
    SameSite same_site = SameSite::unset;
    bool host_only = true;  ///< for `domain` itself, not for what is below it
    bool secure = false;
    bool http_only = false;
};

/// What became of a Set-Cookie.
enum class CookieVerdict {
    stored,
    removed,         ///< it had expired already, which is how servers remove one
    malformed,       ///< control characters, or neither name nor value
    too_large,       ///< name and value together are over the limit
    public_suffix,   ///< its Domain is one under which anybody can have a name
    foreign_domain,  ///< its Domain is not the host nor above it
    insecure,        ///< Secure, but it came over http
    shadows_secure,  ///< it came over http and would replace or hide a Secure one
    prefix           ///< "__Secure-" or "__Host-" without what the prefix promises
};

/// The name of the enumerator.
[[nodiscard]] std::string_view to_string(CookieVerdict verdict) noexcept;

/// RFC 6265bis section 6.1: at least so many. Where there are too many, what has expired goes first, in a domain then
/// what is not Secure, then what has not been used for longest.
struct CookieLimits {
    std::size_t pair_max = 4096;  ///< bytes of name and value
    std::size_t per_domain_max = 50;
    std::size_t total_max = 3000;
    /// Bytes of all that one request is sent; what would be too much stays behind. As curl has it: with more, a
    /// neighbour who may set cookies for us could have servers refuse all that we ask (CVE-2022-32205).
    std::size_t header_max = 8190;
};

class CookieJar {
public:
    CookieJar() = default;
    explicit CookieJar(const CookieLimits& limits) : limits_(limits) {}

    /// Takes the value of one Set-Cookie field that came with an answer from `url`.
    CookieVerdict store(const Url& url, std::string_view set_cookie, std::chrono::sys_seconds now);
    /// All Set-Cookie fields, in order.
    void store_all(const Url& url, const Headers& headers, std::chrono::sys_seconds now);

    /// The value of the Cookie field of a request to `url`; "" if there is nothing to send. Longer paths first, then
    /// the older ones. Counts as a use of those cookies.
    [[nodiscard]] std::string header_for(const Url& url, std::chrono::sys_seconds now);

    /// Drops what has expired. Returns how many. Not necessary: expired cookies are never sent.
    std::size_t expire(std::chrono::sys_seconds now);
    void clear() noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// All of them, the oldest first; those that have expired meanwhile too.
    [[nodiscard]] std::vector<Cookie> cookies() const;

    /// One line a cookie, the oldest first, without its value, which is a secret:
    /// "sid example.com/app host-only secure http-only until 1767225600".
    [[nodiscard]] std::string describe() const;

private:
    struct Entry {
        Cookie cookie;
        std::uint64_t created = 0, used = 0;  // order of events: seconds would not tell two of one answer apart
    };
    using Domains = std::map<std::string, std::vector<Entry>, std::less<>>;

    [[nodiscard]] std::vector<const Entry*> in_order() const;
    [[nodiscard]] bool shadows_secure(const Cookie& cookie) const;
    void insert(Cookie cookie, std::chrono::sys_seconds now);
    bool erase_same(const Cookie& cookie, std::uint64_t* created);
    void evict(std::vector<Entry>& entries, std::chrono::sys_seconds now);
    void evict_anywhere(std::chrono::sys_seconds now);
    void collect(std::string_view domain, bool is_host, const Url& url, std::chrono::sys_seconds now,
                 std::vector<Entry*>& found);

    CookieLimits limits_;
    Domains domains_;
    std::size_t size_ = 0;
    std::uint64_t next_event_ = 1;
};

}  // namespace trawl
