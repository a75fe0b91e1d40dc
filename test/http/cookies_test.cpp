/// Cookies: what a Set-Cookie says, who may set it, where it goes, what has to go; by the sections of RFC 6265bis.
#include "trawl/http/cookies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cookie_date.hpp"
#include "public_suffix.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using testing::HasSubstr;
using testing::Not;

constexpr sys_seconds now = sys_days(std::chrono::year_month_day(2026y, std::chrono::November, 21d));

struct Case {
    const char* from;        // URL of the answer
    const char* set_cookie;  // its Set-Cookie
    const char* verdict;
    const char* to;    // URL of a later request
    const char* sent;  // its Cookie field
};

void check(const Case& c) {
    CookieJar jar;
    EXPECT_EQ(to_string(jar.store(Url::parse(c.from), c.set_cookie, now)), c.verdict) << c.from << ' ' << c.set_cookie;
    EXPECT_EQ(jar.header_for(Url::parse(c.to), now), c.sent) << c.from << ' ' << c.set_cookie << " to " << c.to;
}

TEST(CookieJar, TakesNameAndValueAsTheyStand) {
    const char* const a = "http://a.example/";
    const Case cases[] = {
        {a, "sid=abc", "stored", a, "sid=abc"},
        {a, "  sid \t=  a b \t; Path=/", "stored", a, "sid=a b"},
        {a, "sid=", "stored", a, "sid="},
        {a, "=abc", "stored", a, "abc"},
        {a, "abc", "stored", a, "abc"},
        {a, "sid=a=b=c", "stored", a, "sid=a=b=c"},
        {a, "sid=\"a b\"", "stored", a, "sid=\"a b\""},
        {a, "sid=a,b", "stored", a, "sid=a,b"},
        {a, "sid=\xc3\xa9", "stored", a, "sid=\xc3\xa9"},
        {a, "SID=1; foo; bar=baz; =; ;", "stored", a, "SID=1"},
        {a, "", "malformed", a, ""},
        {a, "=", "malformed", a, ""},
        {a, "; Path=/", "malformed", a, ""},
        {a, " = ; Path=/", "malformed", a, ""},
        {a, "sid=a\x01", "malformed", a, ""},
        {a, "sid=a; Path=/\x7f", "malformed", a, ""},
        {a, "sid=a\nb", "malformed", a, ""},
        {a, "sid=a\tb", "stored", a, "sid=a\tb"},
    };
    for (const Case& c : cases) check(c);
    CookieJar jar;
    EXPECT_EQ(jar.store(Url::parse(a), std::string_view("a=\0b", 4), now), CookieVerdict::malformed);
}

TEST(CookieJar, ADomainSpansItsSubdomainsAndNoneSpansOnlyItsHost) {
    const Case cases[] = {
        {"http://a.example/", "k=v", "stored", "http://a.example/", "k=v"},
        {"http://a.example/", "k=v", "stored", "http://www.a.example/", ""},
        {"http://a.example/", "k=v", "stored", "http://b.example/", ""},
        {"http://a.example/", "k=v", "stored", "http://a.example:8080/", "k=v"},
        {"http://a.example/", "k=v", "stored", "https://a.example/", "k=v"},
        {"http://www.a.example/", "k=v; Domain=a.example", "stored", "http://a.example/", "k=v"},
        {"http://www.a.example/", "k=v; Domain=a.example", "stored", "http://x.y.a.example/", "k=v"},
        {"http://www.a.example/", "k=v; Domain=a.example", "stored", "http://ba.example/", ""},
        {"http://www.a.example/", "k=v; Domain=.A.Example", "stored", "http://a.example/", "k=v"},
        {"http://www.a.example/", "k=v; Domain=..a.example", "foreign_domain", "http://a.example/", ""},
        {"http://www.a.example/", "k=v; DOMAIN = a.example ", "stored", "http://a.example/", "k=v"},
        {"http://www.a.example/", "k=v; Domain=", "stored", "http://www.a.example/", "k=v"},
        {"http://www.a.example/", "k=v; Domain", "stored", "http://x.www.a.example/", ""},
        {"http://www.a.example/", "k=v; Domain=.", "stored", "http://www.a.example/", "k=v"},
        {"http://www.a.example/", "k=v; Domain=b.example; Domain=a.example", "stored", "http://a.example/", "k=v"},
        {"http://www.a.example/", "k=v; Domain=a.example; Domain=b.example", "foreign_domain", "http://a.example/", ""},
        {"http://www.a.example/", "k=v; Domain=a.example; Domain=", "stored", "http://a.example/", ""},
        {"http://a.example/", "k=v; Domain=www.a.example", "foreign_domain", "http://www.a.example/", ""},
        {"http://a.example/", "k=v; Domain=b.example", "foreign_domain", "http://b.example/", ""},
        {"http://ba.example/", "k=v; Domain=a.example", "foreign_domain", "http://a.example/", ""},
        {"http://a.example/", "k=v; Domain=a.example.", "foreign_domain", "http://a.example/", ""},
        {"http://a.example/", "k=v; Domain=a.example:80", "foreign_domain", "http://a.example/", ""},
        {"http://a.example/", "k=v; Domain=\xc3\xa4.example", "foreign_domain", "http://a.example/", ""},
    };
    for (const Case& c : cases) check(c);
}

TEST(CookieJar, NoDomainIsAPublicSuffix) {
    const Case cases[] = {
        {"http://shop.co.uk/", "k=v; Domain=co.uk", "public_suffix", "http://bank.co.uk/", ""},
        {"http://shop.co.uk/", "k=v; Domain=uk", "public_suffix", "http://bank.co.uk/", ""},
        {"http://shop.co.uk/", "k=v; Domain=shop.co.uk", "stored", "http://www.shop.co.uk/", "k=v"},
        {"http://a.com/", "k=v; Domain=com", "public_suffix", "http://b.com/", ""},
        {"http://a.com./", "k=v; Domain=com.", "public_suffix", "http://b.com./", ""},
        {"http://a.co.uk./", "k=v; Domain=co.uk.", "public_suffix", "http://b.co.uk./", ""},
        {"http://me.github.io/", "k=v; Domain=github.io", "public_suffix", "http://you.github.io/", ""},
        {"http://me.github.io/", "k=v; Domain=me.github.io", "stored", "http://x.me.github.io/", "k=v"},
        {"http://www.city.kawasaki.jp/", "k=v; Domain=city.kawasaki.jp", "stored", "http://city.kawasaki.jp/", "k=v"},
        {"http://a.b.kawasaki.jp/", "k=v; Domain=b.kawasaki.jp", "public_suffix", "http://c.b.kawasaki.jp/", ""},
        {"http://a.no-such-tld/", "k=v; Domain=no-such-tld", "public_suffix", "http://b.no-such-tld/", ""},
        {"http://github.io/", "k=v; Domain=github.io", "stored", "http://github.io/", "k=v"},
        {"http://github.io/", "k=v; Domain=github.io", "stored", "http://me.github.io/", ""},
        {"http://localhost/", "k=v; Domain=localhost", "stored", "http://localhost:8080/", "k=v"},
        {"http://localhost/", "k=v; Domain=localhost", "stored", "http://x.localhost/", ""},
        {"http://a.com/", "k=v; Domain=co.uk", "foreign_domain", "http://a.co.uk/", ""},
    };
    for (const Case& c : cases) check(c);
    EXPECT_TRUE(http::is_public_suffix("com"));
    EXPECT_FALSE(http::is_public_suffix("example.com"));
}

TEST(CookieJar, AddressesHaveNoDomains) {
    const Case cases[] = {
        {"http://127.0.0.1:8000/", "k=v", "stored", "http://127.0.0.1/", "k=v"},
        {"http://127.0.0.1/", "k=v; Domain=127.0.0.1", "stored", "http://127.0.0.1/", "k=v"},
        {"http://127.0.0.1/", "k=v; Domain=0.0.1", "foreign_domain", "http://1.0.0.1/", ""},
        {"http://127.0.0.1/", "k=v; Domain=1", "foreign_domain", "http://127.0.0.1/", ""},
        {"http://[::1]/", "k=v", "stored", "http://[::1]:81/", "k=v"},
        {"http://[::1]/", "k=v; Domain=[::1]", "foreign_domain", "http://[::1]/", ""},
    };
    for (const Case& c : cases) check(c);
}

TEST(CookieJar, APathCoversWhatIsBelowIt) {
    const Case cases[] = {
        {"http://a.example/", "k=v", "stored", "http://a.example/x/y", "k=v"},
        {"http://a.example/x", "k=v", "stored", "http://a.example/y", "k=v"},
        {"http://a.example/x/y", "k=v", "stored", "http://a.example/x", "k=v"},
        {"http://a.example/x/y", "k=v", "stored", "http://a.example/x/z?q=/", "k=v"},
        {"http://a.example/x/y", "k=v", "stored", "http://a.example/xz", ""},
        {"http://a.example/x/y", "k=v", "stored", "http://a.example/", ""},
        {"http://a.example/x/", "k=v", "stored", "http://a.example/x", "k=v"},
        {"http://a.example/?q=/x/y", "k=v", "stored", "http://a.example/", "k=v"},
        {"http://a.example/x/y?q=/z/z", "k=v", "stored", "http://a.example/x/z", "k=v"},
        {"http://a.example/x/y", "k=v; Path=/", "stored", "http://a.example/", "k=v"},
        {"http://a.example/", "k=v; Path=/x", "stored", "http://a.example/x", "k=v"},
        {"http://a.example/", "k=v; Path=/x", "stored", "http://a.example/x/", "k=v"},
        {"http://a.example/", "k=v; Path=/x", "stored", "http://a.example/x?q", "k=v"},
        {"http://a.example/", "k=v; Path=/x", "stored", "http://a.example/X", ""},
        {"http://a.example/", "k=v; Path=/x/", "stored", "http://a.example/x", ""},
        {"http://a.example/", "k=v; Path=/x/", "stored", "http://a.example/x/y", "k=v"},
        {"http://a.example/x/y", "k=v; Path=z", "stored", "http://a.example/x/", "k=v"},
        {"http://a.example/x/y", "k=v; Path", "stored", "http://a.example/x/", "k=v"},
        {"http://a.example/x/y", "k=v; Path=/; Path=", "stored", "http://a.example/", ""},
        {"http://a.example/x/y", "k=v; Path=/x; Path=/", "stored", "http://a.example/", "k=v"},
    };
    for (const Case& c : cases) check(c);
}

TEST(CookieJar, SecureCookiesComeFromAndGoToHttpsOnly) {
    const Case cases[] = {
        {"https://a.example/", "k=v; Secure", "stored", "https://a.example/", "k=v"},
        {"https://a.example/", "k=v; Secure", "stored", "http://a.example/", ""},
        {"https://a.example/", "k=v; SECURE=no", "stored", "http://a.example/", ""},
        {"https://a.example/", "k=v; HttpOnly; SameSite=Strict", "stored", "http://a.example/", "k=v"},
        {"http://a.example/", "k=v; Secure", "insecure", "https://a.example/", ""},
        {"http://localhost/", "k=v; Secure", "insecure", "https://localhost/", ""},
        {"http://a.example/", "k=v; SameSite=None", "stored", "http://a.example/", "k=v"},
    };
    for (const Case& c : cases) check(c);
}

TEST(CookieJar, PrefixesPromiseWhatTheySay) {
    const char* const a = "https://a.example/";
    const Case cases[] = {
        {a, "__Secure-k=v; Secure", "stored", a, "__Secure-k=v"},
        {a, "__Secure-k=v; Secure; Domain=a.example; Path=/x", "stored", "https://www.a.example/x", "__Secure-k=v"},
        {a, "__Secure-k=v", "prefix", a, ""},
        {a, "__SECURE-k=v", "prefix", a, ""},
        {"http://a.example/", "__Secure-k=v; Secure", "insecure", a, ""},
        {"http://a.example/", "__Secure-k=v", "prefix", a, ""},
        {a, "__Host-k=v; Secure; Path=/", "stored", a, "__Host-k=v"},
        {a, "__host-k=v; Secure; Path=/x", "prefix", a, ""},
        {a, "__Host-k=v; Secure", "prefix", a, ""},
        {a, "__Host-k=v; Path=/", "prefix", a, ""},
        {a, "__Host-k=v; Secure; Path=/; Domain=a.example", "prefix", a, ""},
        {a, "__Host-k=v; Secure; Path=/; Domain=", "stored", a, "__Host-k=v"},
        {a, "=__Host-k=v; Secure; Path=/", "prefix", a, ""},
        {a, "__Secure-", "prefix", a, ""},
        {a, "__Secur=v", "stored", a, "__Secur=v"},
    };
    for (const Case& c : cases) check(c);
}

TEST(CookieJar, HttpCannotShadowASecureCookie) {
    struct Shadow {
        const char* secure_from;
        const char* secure;
        const char* from;
        const char* set_cookie;
        const char* verdict;
    };
    const Shadow cases[] = {
        {"https://a.example/", "k=s; Secure", "http://a.example/", "k=v", "shadows_secure"},
        {"https://a.example/", "k=s; Secure", "https://a.example/", "k=v", "stored"},
        {"https://a.example/", "k=s; Secure", "http://a.example/", "other=v", "stored"},
        {"https://a.example/", "k=s", "http://a.example/", "k=v", "stored"},
        {"https://a.example/", "k=s; Secure", "http://a.example/", "k=v; Max-Age=0", "shadows_secure"},
        {"https://a.example/", "k=s; Secure", "http://www.a.example/", "k=v; Domain=a.example", "shadows_secure"},
        {"https://a.example/", "k=s; Secure", "http://www.a.example/", "k=v", "shadows_secure"},
        {"https://www.a.example/", "k=s; Secure", "http://x.a.example/", "k=v; Domain=a.example", "shadows_secure"},
        {"https://www.a.example/", "k=s; Secure", "http://x.a.example/", "k=v", "stored"},
        {"https://a.example/", "k=s; Secure; Path=/x", "http://a.example/", "k=v; Path=/x/y", "shadows_secure"},
        {"https://a.example/", "k=s; Secure; Path=/x", "http://a.example/", "k=v; Path=/", "stored"},
    };
    for (const Shadow& c : cases) {
        CookieJar jar;
        ASSERT_EQ(jar.store(Url::parse(c.secure_from), c.secure, now), CookieVerdict::stored);
        EXPECT_EQ(to_string(jar.store(Url::parse(c.from), c.set_cookie, now)), c.verdict) << c.secure << c.set_cookie;
    }
}

TEST(CookieJar, ACookieLastsAsLongAsItSays) {
    struct Life {
        const char* set_cookie;
        std::optional<std::chrono::seconds> lasts;  // nothing: as long as the jar; 0: it is removed at once
    };
    const Life cases[] = {
        {"k=v", std::nullopt},
        {"k=v; Max-Age=60", 60s},
        {"k=v; Max-Age=060", 60s},
        {"k=v; Max-Age=0", 0s},
        {"k=v; Max-Age=-1", 0s},
        {"k=v; Max-Age=-99999999999999999999", 0s},
        {"k=v; Max-Age=99999999999999999999", 400 * 24h},
        {"k=v; Max-Age=34560001", 400 * 24h},
        {"k=v; Max-Age=", std::nullopt},
        {"k=v; Max-Age=-", std::nullopt},
        {"k=v; Max-Age=+60", std::nullopt},
        {"k=v; Max-Age=1.5", std::nullopt},
        {"k=v; Max-Age=1 0", std::nullopt},
        {"k=v; Max-Age=60; Max-Age=x", 60s},
        {"k=v; Max-Age=60; Max-Age=90", 90s},
        {"k=v; Expires=Sat, 21 Nov 2026 00:01:00 GMT", 60s},
        {"k=v; Expires=Sat, 21 Nov 2026 00:00:00 GMT", 0s},
        {"k=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0s},
        {"k=v; Expires=Fri, 31 Dec 9999 23:59:59 GMT", 400 * 24h},
        {"k=v; Expires=never", std::nullopt},
        {"k=v; Expires=Sat, 21 Nov 2026 00:01:00 GMT; Max-Age=90", 90s},
        {"k=v; Max-Age=0; Expires=Sat, 21 Nov 2026 00:01:00 GMT", 0s},
        {"k=v; Max-Age=x; Expires=Sat, 21 Nov 2026 00:01:00 GMT", 60s},
    };
    const Url url = Url::parse("http://a.example/");
    for (const Life& c : cases) {
        CookieJar jar;
        const bool removed = c.lasts == 0s;
        EXPECT_EQ(jar.store(url, c.set_cookie, now), removed ? CookieVerdict::removed : CookieVerdict::stored)
            << c.set_cookie;
        const std::chrono::seconds last = c.lasts.value_or(10'000h) - 1s;
        EXPECT_EQ(jar.header_for(url, now + last), removed ? "" : "k=v") << c.set_cookie;
        EXPECT_EQ(jar.header_for(url, now + last + 1s), c.lasts ? "" : "k=v") << c.set_cookie;
        EXPECT_EQ(jar.expire(now + last + 1s), c.lasts && !removed ? 1U : 0U) << c.set_cookie;
    }
}

TEST(CookieJar, LongAttributesAreIgnoredAndLongPairsRefused) {
    const Url url = Url::parse("http://a.example/x/");
    CookieJar jar;
    EXPECT_EQ(jar.store(url, "k=" + std::string(4095, 'v'), now), CookieVerdict::stored);
    EXPECT_EQ(jar.store(url, "k=" + std::string(4096, 'v'), now), CookieVerdict::too_large);
    EXPECT_EQ(jar.store(url, std::string(4097, 'v'), now), CookieVerdict::too_large);
    jar.clear();
    EXPECT_EQ(jar.store(url, "k=v; Path=/" + std::string(1024, 'x'), now), CookieVerdict::stored);
    EXPECT_EQ(jar.describe(), "k a.example/x host-only\n");
    EXPECT_EQ(jar.store(url, "k=v; Domain=" + std::string(1025, 'x'), now), CookieVerdict::stored);
}

TEST(CookieJar, TheSameNameDomainAndPathIsTheSameCookie) {
    const Url url = Url::parse("http://www.a.example/");
    CookieJar jar;
    jar.store(url, "a=1", now);
    jar.store(url, "b=1", now);
    jar.store(url, "a=2; HttpOnly", now);
    EXPECT_EQ(jar.header_for(url, now), "a=2; b=1");
    jar.store(url, "A=3", now);
    jar.store(url, "a=4; Path=/x", now);
    jar.store(url, "a=5; Domain=www.a.example", now);
    EXPECT_EQ(jar.header_for(url, now), "a=2; b=1; A=3; a=5");
    EXPECT_EQ(jar.size(), 5U);
    EXPECT_EQ(jar.store(url, "a=; Max-Age=0", now), CookieVerdict::removed);
    EXPECT_EQ(jar.header_for(url, now), "b=1; A=3; a=5");
    EXPECT_EQ(jar.store(url, "gone=; Max-Age=0", now), CookieVerdict::removed);
    EXPECT_EQ(jar.size(), 4U);
}

TEST(CookieJar, LongerPathsGoFirstThenOlderCookies) {
    const Url url = Url::parse("http://www.a.example/x/y");
    CookieJar jar;
    jar.store(url, "a=1; Path=/", now);
    jar.store(url, "b=2; Path=/x/y", now);
    jar.store(url, "c=3; Path=/; Domain=a.example", now);
    jar.store(url, "d=4; Path=/x", now);
    jar.store(url, "e=5; Path=/x/y", now);
    EXPECT_EQ(jar.header_for(url, now), "b=2; e=5; d=4; a=1; c=3");
}

TEST(CookieJar, PrintsWithoutValues) {
    const Url url = Url::parse("https://www.a.example/");
    CookieJar jar;
    jar.store_all(
        url, Headers{{"Set-Cookie", "sid=hunter2; Secure; HttpOnly; Max-Age=10"}, {"x", "y"}, {"set-cookie", "k=v"}},
        now);
    jar.store(url, "all=1; Domain=a.example; Path=/x; SameSite=Lax", now);
    EXPECT_EQ(jar.describe(),
              "sid www.a.example/ host-only secure http-only until 1795219210\nk www.a.example/ host-only\nall "
              "a.example/x\n");
    EXPECT_EQ(jar.cookies().back().same_site, SameSite::lax);
    EXPECT_EQ(jar.cookies().front().value, "hunter2");
}

std::string names(const CookieJar& jar) {
    std::string all;
    for (const Cookie& cookie : jar.cookies()) all += cookie.name;
    return all;
}

TEST(CookieJar, AFullDomainLosesExpiredThenInsecureThenUnusedCookies) {
    const Url url = Url::parse("https://a.example/");
    CookieJar jar(CookieLimits{.per_domain_max = 3});
    jar.store(url, "a=1; Secure; Path=/x", now);
    jar.store(url, "b=1; Secure; Max-Age=5", now);
    jar.store(url, "c=1", now);
    jar.store(url, "d=1; Secure; Path=/y", now + 5s);
    EXPECT_EQ(names(jar), "acd") << "the expired one goes";
    jar.store(url, "e=1; Secure; Path=/y", now + 5s);
    EXPECT_EQ(names(jar), "ade") << "the insecure one goes";
    (void)jar.header_for(Url::parse("https://a.example/x"), now + 5s);
    jar.store(url, "f=1; Secure", now + 5s);
    EXPECT_EQ(names(jar), "aef")
        << "longer paths were sent first, so that d is the one that was used before the others";
    jar.store(url, "a=2; Secure; Path=/x", now + 5s);
    EXPECT_EQ(names(jar), "aef") << "a replaced cookie takes no room";
    jar.store(Url::parse("https://b.example/"), "g=1", now + 5s);
    EXPECT_EQ(names(jar), "aefg");
}

TEST(CookieJar, AFullJarLosesExpiredThenUnusedCookies) {
    CookieJar jar(CookieLimits{.total_max = 3});
    jar.store(Url::parse("http://a.example/"), "a=1", now);
    jar.store(Url::parse("http://b.example/"), "b=1; Max-Age=5", now);
    jar.store(Url::parse("http://c.example/"), "c=1", now);
    jar.store(Url::parse("http://d.example/"), "d=1", now + 5s);
    EXPECT_EQ(names(jar), "acd");
    (void)jar.header_for(Url::parse("http://a.example/"), now);
    jar.store(Url::parse("http://e.example/"), "e=1", now + 5s);
    EXPECT_EQ(names(jar), "ade");
    EXPECT_EQ(jar.size(), 3U);
    CookieJar none(CookieLimits{.total_max = 0});
    none.store(Url::parse("http://a.example/"), "a=1", now);
    EXPECT_EQ(none.size(), 0U);
}

TEST(CookieJar, KeepsItsLimitsUnderManyCookies) {
    CookieJar jar;
    for (int i = 0; i < 4000; ++i)
        jar.store(Url::parse("http://h" + std::to_string(i % 100) + ".example/"), "n" + std::to_string(i) + "=v", now);
    EXPECT_EQ(jar.size(), 3000U);
    EXPECT_EQ(jar.cookies().size(), 3000U);
    for (int i = 0; i < 80; ++i) jar.store(Url::parse("http://a.example/"), "n" + std::to_string(i) + "=v", now);
    const std::string header = jar.header_for(Url::parse("http://a.example/"), now);
    EXPECT_EQ(std::ranges::count(header, '='), 50);
    EXPECT_TRUE(header.ends_with("n79=v"));
}

/// CVE-2022-32205: a neighbour's cookies for all of example.com made every request too large.
TEST(CookieJar, SendsNoMoreThanServersTake) {
    CookieJar jar;
    const Url url = Url::parse("https://api.site.example/");
    jar.store(url, "sid=mine", now);
    for (const char* name : {"a", "b", "c"})
        jar.store(Url::parse("https://evil.site.example/"),
                  std::string(name) + '=' + std::string(4'000, 'x') + "; Domain=site.example", now);
    jar.store(url, "small=1", now);
    const std::string header = jar.header_for(url, now);
    EXPECT_LE(header.size(), CookieLimits().header_max);
    EXPECT_TRUE(header.starts_with("sid=mine; a=x"));
    EXPECT_TRUE(header.ends_with("; small=1"));
    EXPECT_EQ(std::ranges::count(header, '='), 4);
    CookieJar none(CookieLimits{.header_max = 0});
    none.store(url, "sid=mine", now);
    EXPECT_EQ(none.header_for(url, now), "");
}

TEST(CookieDate, IsReadInAllTheWaysServersWriteIt) {
    struct Date {
        const char* text;
        long long seconds;  // since 1970; -1: no date
    };
    const Date cases[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"Sun Nov  6 08:49:37 1994", 784111777},
        {"06 Nov 1994 08:49:37", 784111777},
        {"6-nov-94 8:49:37 whatever", 784111777},
        {"08:49:37 NOVEMBER 6 1994", 784111777},
        {"1994 6 Nov 08:49:37", 784111777},
        {"Nov/6/1994/08:49:37", 784111777},
        {"Sun, 06 Nov 1994 08:49:37 PST", 784111777},
        {"Sun, 06 Nov 1994 08:49:37.123 GMT", 784111777},
        {"Sun, 06 Nov 1994 08:49:37GMT", 784111777},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Thu, 01-Jan-70 00:00:00 GMT", 0},
        {"Fri, 01-Jan-69 00:00:00 GMT", 3124224000},
        {"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800},
        {"Wed, 29 Feb 2023 00:00:00 GMT", -1},
        {"31 Apr 2024 00:00:00", -1},
        {"00 Apr 2024 00:00:00", -1},
        {"32 Apr 2024 00:00:00", -1},
        {"1 Apr 2024 24:00:00", -1},
        {"1 Apr 2024 00:60:00", -1},
        {"1 Apr 2024 00:00:60", -1},
        {"1 Apr 2024 00:00", -1},
        {"1 Apr 1600 00:00:00", -1},
        {"1 Apr 123 00:00:00", -1},
        {"1 Apr 12345 00:00:00", -1},
        {"1 Foo 2024 00:00:00", -1},
        {"Apr 2024 00:00:00", -1},
        {"1 Apr 00:00:00", -1},
        {"1 Apr 2024", -1},
        {"", -1},
        {"Mon", -1},
    };
    for (const Date& c : cases) {
        const auto date = http::parse_cookie_date(c.text);
        EXPECT_EQ(date ? date->time_since_epoch().count() : -1, c.seconds) << c.text;
    }
}

}  // namespace
}  // namespace trawl
