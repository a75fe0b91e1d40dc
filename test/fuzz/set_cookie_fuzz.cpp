/// Any lines as Set-Cookie fields of one answer, and as dates. What is stored can be sent, to where it may go; a jar
/// keeps its limits.
#include <algorithm>
#include <chrono>

#include "cookie_date.hpp"
#include "fuzz.hpp"
#include "public_suffix.hpp"
#include "trawl/http/cookies.hpp"

namespace trawl {
namespace {

using fuzz::require;

constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'800'000'000)};
constexpr CookieLimits limits{.pair_max = 60, .per_domain_max = 3, .total_max = 5};

std::chrono::sys_seconds year(int number) {
    return std::chrono::sys_days(std::chrono::year(number) / std::chrono::January / 1);
}

const Url& url_of(std::size_t number) {
    static const Url urls[] = {Url::parse("http://www.example.co.uk/a/b"), Url::parse("https://me.github.io/"),
                               Url::parse("http://127.0.0.1/"), Url::parse("https://www.example.co.uk/a/")};
    return urls[number % std::size(urls)];
}

void check_cookie(const Cookie& cookie) {
    require(cookie.host_only || !http::is_public_suffix(cookie.domain));
    require(cookie.path.starts_with('/') && cookie.name.size() + cookie.value.size() <= limits.pair_max);
    require(!cookie.expires || (*cookie.expires > now && *cookie.expires <= now + std::chrono::days(400)));
}

void store(CookieJar& jar, const Url& url, std::string_view line) {
    const std::size_t before = jar.size();
    if (jar.store(url, line, now) != CookieVerdict::stored) {
        require(jar.size() <= before);
        return;
    }
    const std::vector<Cookie> cookies = jar.cookies();
    require(cookies.size() == jar.size() && jar.size() <= limits.total_max);
    std::ranges::for_each(cookies, check_cookie);
    require(std::ranges::any_of(cookies, [&](const Cookie& cookie) {
        return url.host().ends_with(cookie.domain) && (!cookie.secure || url.is_https());
    }));
}

/// The first byte says where the first line comes from, and how to get from there to the next one's.
void check(std::string_view input) {
    if (input.empty()) return;
    const auto choice = static_cast<unsigned char>(input.front());
    std::string_view lines = input.substr(1);
    CookieJar jar(limits);
    for (std::size_t number = choice & 3; !lines.empty(); number += choice >> 2 & 3) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        store(jar, url_of(number), line);
        if (const auto date = http::parse_cookie_date(line)) require(*date >= year(1601) && *date < year(10'000));
    }
    Headers headers;
    for (std::size_t number = 0; number < 4; ++number)
        headers.set("cookie", jar.header_for(url_of(number), now));  // throws if it could break out of its line
    require(jar.expire(now + std::chrono::days(401)) <= limits.total_max);
}

}  // namespace
}  // namespace trawl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    trawl::check(trawl::fuzz::text_of(data, size));
    return 0;
}
