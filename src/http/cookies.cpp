/// The jar: who may set what (RFC 6265bis section 5.7), what goes where (section 5.8.3), what has to go.
#include "trawl/http/cookies.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "public_suffix.hpp"
#include "set_cookie.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

using std::chrono::sys_seconds;

/// A Url's host whose last part is a number is an IPv4 address: other such hosts do not parse.
bool is_ip_address(std::string_view host) {
    const std::string_view last = host.substr(host.rfind('.') + 1);
    const bool is_number = !last.empty() && last.find_first_not_of("0123456789") == std::string_view::npos;
    return is_number || host.find(':') != std::string_view::npos;
}

/// Section 5.1.3. Both in lower case.
bool domain_matches(std::string_view host, std::string_view domain) {
    if (host == domain) return true;
    return host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.' && !is_ip_address(host);
}

std::string_view path_of(const Url& url) {
    const std::string_view target = url.target_view();
    return target.substr(0, target.find('?'));
}

/// Section 5.1.4: the folder of the request's path.
std::string_view default_path(const Url& url) {
    const std::string_view path = path_of(url);
    return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

/// The same section.
bool path_matches(std::string_view path, std::string_view cookie_path) {
    if (!path.starts_with(cookie_path)) return false;
    return path.size() == cookie_path.size() || cookie_path.ends_with('/') || path[cookie_path.size()] == '/';
}

bool has_prefix(std::string_view text, std::string_view prefix) {
    return equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

/// Section 4.1.3, in any case; a nameless cookie must not look like a prefixed one on its way back.
bool breaks_prefix(const Cookie& cookie, bool has_root_path) {
    constexpr std::string_view secure = "__Secure-", host = "__Host-";
    if (cookie.name.empty()) return has_prefix(cookie.value, secure) || has_prefix(cookie.value, host);
    if (has_prefix(cookie.name, host)) return !cookie.secure || !cookie.host_only || !has_root_path;
    return has_prefix(cookie.name, secure) && !cookie.secure;
}

bool is_expired(const Cookie& cookie, sys_seconds now) { return cookie.expires && *cookie.expires <= now; }

bool is_same(const Cookie& left, const Cookie& right) {
    return std::tie(left.name, left.path, left.host_only, left.domain) ==
           std::tie(right.name, right.path, right.host_only, right.domain);
}

/// Fills in the domain, or says why it may not be (section 5.7, steps 8 to 10).
CookieVerdict take_domain(Cookie& cookie, const Url& url, std::string domain) {
    const bool is_public = !domain.empty() && http::is_public_suffix(domain);
    if (is_public && domain != url.host())
        return domain_matches(url.host(), domain) ? CookieVerdict::public_suffix : CookieVerdict::foreign_domain;
    if (!domain.empty() && !domain_matches(url.host(), domain)) return CookieVerdict::foreign_domain;
    cookie.host_only = domain.empty() || is_public;
    cookie.domain = cookie.host_only ? std::string(url.host()) : std::move(domain);
    return CookieVerdict::stored;
}

}  // namespace

std::string_view to_string(CookieVerdict verdict) noexcept {
    constexpr std::array<std::string_view, 9> names = {"stored",    "removed",        "malformed",
                                                       "too_large", "public_suffix",  "foreign_domain",
                                                       "insecure",  "shadows_secure", "prefix"};
    return names[static_cast<std::size_t>(verdict)];
}

CookieVerdict CookieJar::store(const Url& url, std::string_view set_cookie, sys_seconds now) {
    std::optional<http::SetCookie> parsed = http::parse_set_cookie(set_cookie, now);
    if (!parsed) return CookieVerdict::malformed;
    if (parsed->name.size() + parsed->value.size() > limits_.pair_max) return CookieVerdict::too_large;
    Cookie cookie{
        std::move(parsed->name), std::move(parsed->value), {},   parsed->path.value_or(std::string(default_path(url))),
        parsed->expires,         parsed->same_site,        true, parsed->secure,
        parsed->http_only};
    const CookieVerdict verdict = take_domain(cookie, url, std::move(parsed->domain));
    if (verdict != CookieVerdict::stored) return verdict;
    if (cookie.secure && !url.is_https()) return CookieVerdict::insecure;
    if (!url.is_https() && shadows_secure(cookie)) return CookieVerdict::shadows_secure;
    if (breaks_prefix(cookie, parsed->path == "/")) return CookieVerdict::prefix;
    if (is_expired(cookie, now)) {
        erase_same(cookie, nullptr);
        return CookieVerdict::removed;
    }
    insert(std::move(cookie), now);
    return CookieVerdict::stored;
}

void CookieJar::store_all(const Url& url, const Headers& headers, sys_seconds now) {
    for (const std::string_view value : headers.get_all("set-cookie")) store(url, value, now);
}

/// Step 16: whoever can answer for a host over http must not plant a cookie in front of one that https protects.
bool CookieJar::shadows_secure(const Cookie& cookie) const {
    for (const auto& [domain, entries] : domains_) {
        if (!domain_matches(domain, cookie.domain) && !domain_matches(cookie.domain, domain)) continue;
        for (const Entry& entry : entries)
            if (entry.cookie.secure && entry.cookie.name == cookie.name && path_matches(cookie.path, entry.cookie.path))
                return true;
    }
    return false;
}

/// Removes the cookie that this one replaces. `created`, if given, gets its place in the order.
bool CookieJar::erase_same(const Cookie& cookie, std::uint64_t* created) {
    const auto domain = domains_.find(cookie.domain);
    if (domain == domains_.end()) return false;
    auto& entries = domain->second;
    const auto found = std::ranges::find_if(entries, [&](const Entry& entry) { return is_same(entry.cookie, cookie); });
    if (found == entries.end()) return false;
    if (created != nullptr) *created = found->created;
    entries.erase(found);
    --size_;
    if (entries.empty()) domains_.erase(domain);
    return true;
}

void CookieJar::insert(Cookie cookie, sys_seconds now) {
    if (limits_.per_domain_max == 0 || limits_.total_max == 0) return;
    const std::uint64_t event = next_event_++;
    std::uint64_t created = event;
    erase_same(cookie, &created);
    const auto neighbours = domains_.find(cookie.domain);
    if (neighbours != domains_.end() && neighbours->second.size() >= limits_.per_domain_max)
        evict(neighbours->second, now);
    if (size_ >= limits_.total_max) evict_anywhere(now);
    auto& entries = domains_[cookie.domain];
    entries.push_back({std::move(cookie), created, event});
    ++size_;
}

namespace {

/// Who goes first: the smallest.
auto eviction_rank(const Cookie& cookie, std::uint64_t used, sys_seconds now) {
    return std::tuple(!is_expired(cookie, now), cookie.secure, used);
}

}  // namespace

void CookieJar::evict(std::vector<Entry>& entries, sys_seconds now) {
    const auto rank = [now](const Entry& entry) { return eviction_rank(entry.cookie, entry.used, now); };
    entries.erase(std::ranges::min_element(entries, {}, rank));
    --size_;
}

void CookieJar::evict_anywhere(sys_seconds now) {
    if (expire(now) > 0) return;
    Domains::iterator oldest = domains_.end();
    std::uint64_t used = UINT64_MAX;
    for (auto domain = domains_.begin(); domain != domains_.end(); ++domain)
        for (const Entry& entry : domain->second)
            if (entry.used < used) used = entry.used, oldest = domain;
    std::erase_if(oldest->second, [used](const Entry& entry) { return entry.used == used; });
    --size_;
    if (oldest->second.empty()) domains_.erase(oldest);
}

/// Adds what one domain has for the request.
void CookieJar::collect(std::string_view domain, bool is_host, const Url& url, sys_seconds now,
                        std::vector<Entry*>& found) {
    const auto entries = domains_.find(domain);
    if (entries == domains_.end()) return;
    for (Entry& entry : entries->second) {
        const Cookie& cookie = entry.cookie;
        if ((cookie.host_only && !is_host) || (cookie.secure && !url.is_https())) continue;
        if (!is_expired(cookie, now) && path_matches(path_of(url), cookie.path)) found.push_back(&entry);
    }
}

std::string CookieJar::header_for(const Url& url, sys_seconds now) {
    std::vector<Entry*> found;
    const std::string_view host = url.host();
    collect(host, true, url, now, found);
    for (std::size_t dot = host.find('.'); dot != std::string_view::npos && !is_ip_address(host);
         dot = host.find('.', dot + 1))
        collect(host.substr(dot + 1), false, url, now, found);
    std::ranges::sort(found, {}, [](const Entry* entry) {
        return std::pair(~entry->cookie.path.size(), entry->created);  // ~: the longest path first
    });
    std::string header;
    for (Entry* entry : found) {
        const Cookie& cookie = entry->cookie;
        std::string pair = header.empty() ? "" : "; ";
        if (!cookie.name.empty()) pair += cookie.name + '=';
        pair += cookie.value;
        if (pair.size() > limits_.header_max - std::min(header.size(), limits_.header_max)) continue;
        entry->used = next_event_++;
        header += pair;
    }
    return header;
}

std::size_t CookieJar::expire(sys_seconds now) {
    std::size_t expired = 0;
    for (auto& [domain, entries] : domains_)
        expired += std::erase_if(entries, [now](const Entry& entry) { return is_expired(entry.cookie, now); });
    std::erase_if(domains_, [](const auto& domain) { return domain.second.empty(); });
    size_ -= expired;
    return expired;
}

void CookieJar::clear() noexcept {
    domains_.clear();
    size_ = 0;
}

std::vector<const CookieJar::Entry*> CookieJar::in_order() const {
    std::vector<const Entry*> all;
    for (const auto& [domain, entries] : domains_)
        for (const Entry& entry : entries) all.push_back(&entry);
    std::ranges::sort(all, {}, [](const Entry* entry) { return entry->created; });
    return all;
}

std::vector<Cookie> CookieJar::cookies() const {
    std::vector<Cookie> all;
    for (const Entry* entry : in_order()) all.push_back(entry->cookie);
    return all;
}

std::string CookieJar::describe() const {
    std::string text;
    for (const Entry* entry : in_order()) {
        const Cookie& cookie = entry->cookie;
        text += format("{} {}{}{}{}{}", cookie.name, cookie.domain, cookie.path, cookie.host_only ? " host-only" : "",
                       cookie.secure ? " secure" : "", cookie.http_only ? " http-only" : "");
        if (cookie.expires) text += format(" until {}", cookie.expires->time_since_epoch().count());
        text += '\n';
    }
    return text;
}

}  // namespace trawl
