/// Url: what is accepted and how it is normalised, what is refused and with which words, RFC 3986's own examples.
#include "trawl/http/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "trawl/base/error.hpp"

namespace trawl {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Pair {
    const char* in;
    const char* out;
};

std::string error_of(std::string_view text) {
    try {
        return "parsed as " + Url::parse(text).str();
    } catch (const InvalidUrl& error) {
        return error.what();
    }
}

TEST(Url, IsNormalisedWhenParsed) {
    const Pair cases[] = {
        {"http://example.com", "http://example.com/"},
        {"HTTPS://EXAMPLE.Com/A/b", "https://example.com/A/b"},
        {"  https://example.com/x\n", "https://example.com/x"},
        {"http://example.com?a=1", "http://example.com/?a=1"},
        {"http://example.com#f", "http://example.com/#f"},
        {"http://example.com?", "http://example.com/?"},
        {"http://example.com:80/", "http://example.com/"},
        {"https://example.com:443/", "https://example.com/"},
        {"https://example.com:80/", "https://example.com:80/"},
        {"http://example.com:/", "http://example.com/"},
        {"http://example.com:00080/", "http://example.com/"},
        {"http://example.com:65535/", "http://example.com:65535/"},
        {"http://[::1]:8080/x", "http://[::1]:8080/x"},
        {"http://[2001:DB8::A]", "http://[2001:db8::a]/"},
        {"http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"},
        {"http://127.0.0.1:5000/x", "http://127.0.0.1:5000/x"},
        {"http://my_service.internal/", "http://my_service.internal/"},
        {"http://example.com./", "http://example.com./"},
        {"http://xn--mnchen-3ya.de/", "http://xn--mnchen-3ya.de/"},
        {"http://h/a b", "http://h/a%20b"},
        {"http://h/caf\xc3\xa9?q=\xc3\xbc", "http://h/caf%C3%A9?q=%C3%BC"},
        {"http://h/?q=\"<>`{}|\\^", "http://h/?q=%22%3C%3E%60%7B%7D%7C%5C%5E"},
        {"http://h/a[1]", "http://h/a%5B1%5D"},
        {"http://h/?filter[name]=x", "http://h/?filter[name]=x"},
        {"http://h/100%", "http://h/100%25"},
        {"http://h/%zz?%4", "http://h/%25zz?%254"},
        {"http://h/%7euser/%2F", "http://h/%7euser/%2F"},
        {"http://h/a/./b/../c", "http://h/a/c"},
        {"http://h/../../x", "http://h/x"},
        {"http://h/a/..", "http://h/"},
        {"http://h/a/.", "http://h/a/"},
        {"http://h//a//b", "http://h//a//b"},
        {"http://h/a?b/../c", "http://h/a?b/../c"},
        {"http://h/a\\b", "http://h/a%5Cb"},
        {"http://h/?a=1#x y", "http://h/?a=1#x%20y"},
        {"http://user:p w@h/", "http://user:p%20w@h/"},
        {"http://@h/", "http://h/"},
        {"http://h/?u=http://other/?x=1", "http://h/?u=http://other/?x=1"},
    };
    for (const Pair& c : cases) {
        EXPECT_EQ(Url::parse(c.in).str(), c.out) << c.in;
        EXPECT_EQ(Url::parse(Url::parse(c.in).str()).str(), c.out) << "parsing again changes " << c.in;
    }
}

TEST(Url, RefusesWithTheReasonAndTheWayOut) {
    const Pair cases[] = {
        {"", "it is empty"},
        {"   ", "it is empty"},
        {"example.com", "did you mean 'https://example.com'?"},
        {"example.com:8080/items", "did you mean 'https://example.com:8080/items'?"},
        {"localhost:8000", "did you mean 'http://localhost:8000'?"},
        {"127.0.0.1:8000/x", "did you mean 'http://127.0.0.1:8000/x'?"},
        {"//example.com/x", "did you mean 'https://example.com/x'?"},
        {"/items", "no scheme and no host"},
        {"://x", "no scheme"},
        {"ftp://example.com/", "the scheme 'ftp' is not supported"},
        {"file:///etc/passwd", "the scheme 'file' is not supported"},
        {"http:example.com", "'//' is missing after 'http:'"},
        {"http:/example.com", "'//' is missing after 'http:'"},
        {"http://", "the host is missing"},
        {"http:///path", "the host is missing"},
        {"http://:80/", "the host is missing"},
        {"http://user@/", "the host is missing"},
        {"http://h:0/", "from 1 to 65535"},
        {"http://h:65536/", "from 1 to 65535"},
        {"http://h:99999999999999999999/", "from 1 to 65535"},
        {"http://h:80a/", "the port is not a number"},
        {"http://h:-1/", "the port is not a number"},
        {"http://::1/", "needs brackets"},
        {"http://[::1/", "']' behind the IPv6 address is missing"},
        {"http://[::1]x/", "only a port may stand behind"},
        {"http://[::1]x:80/", "only a port may stand behind"},
        {"http://[fe80::1%25eth0]/", "not an IPv6 address"},
        {"http://x[::1]/", "brackets"},
        {"http://[zz]/", "not an IPv6 address"},
        {"http://[v1.x]/", "not an IPv6 address"},
        {"http://exa mple.com/", "the host contains ' '"},
        {"http://good.com\\@evil.com/", "write those of a password as %40 and %5C"},
        {"http://good.com\\evil.com/", "the host contains '\\'"},
        {"http://a%41.com/", "the host contains '%'"},
        {"http://a..b/", "empty part"},
        {"http://.a/", "empty part"},
        {"http://a!b/", "the host contains '!'"},
        {"http://256.1.1.1/", "IPv4"},
        {"http://1.2.3/", "IPv4"},
        {"http://m\xc3\xbcnchen.de/", "international host names are not supported"},
        {"http://a@b@c/", "another '@'"},
        {"http://h/a\r\nHost: evil", "control character 0x0d"},
        {"http://h/a\tb", "control character 0x09"},
        {"http://h/\x7f", "control character 0x7f"},
    };
    for (const Pair& c : cases) EXPECT_THAT(error_of(c.in), HasSubstr(c.out)) << c.in;
    EXPECT_THAT(error_of(std::string_view("http://h/\0x", 11)), HasSubstr("control character 0x00"));
    EXPECT_THAT(error_of("http://" + std::string(64, 'a') + "/"), HasSubstr("longer than 63"));
    std::string long_name;
    for (int i = 0; i < 64; ++i) long_name += "abc.";
    EXPECT_THAT(error_of("http://" + long_name + "de/"), HasSubstr("longer than 253"));
    EXPECT_THAT(error_of("http://h/" + std::string(70'000, 'a')), HasSubstr("at most 65536"));
    EXPECT_THAT(error_of("http://h/" + std::string(30'000, '"')), HasSubstr("at most 65536"));
    EXPECT_THROW((void)Url::parse("http://h/").with_query("k", std::string(70'000, 'a')), InvalidUrl);
}

TEST(Url, MessagesStayShortAndSecretFree) {
    EXPECT_LT(error_of("http://h/" + std::string(70'000, 'a')).size(), 400U);
    for (const char* text : {"http://u:hunter2@h:x/", "http://u:hunter2/x@h/", "http://u:hunter2#x@h/", "u:hunter2@h/",
                             "ftp://h/?token=hunter2", "h?api_key=hunter2", "http://u:hunter2@m\xc3\xbcnchen.de/"})
        EXPECT_THAT(error_of(text), Not(HasSubstr("hunter2"))) << text;
    EXPECT_THAT(error_of("http://h/\n"), HasSubstr("parsed as"));  // white space around it is no error
    EXPECT_THAT(error_of("http://h/a\nb"), Not(HasSubstr("\n")));
}

TEST(Url, ItsPartsAreThoseOfTheText) {
    const Url url = Url::parse("HTTPS://ann%40x:p%3Aw@API.example.com:8443/v1/items?page=2#top");
    EXPECT_EQ(url.scheme(), "https");
    EXPECT_TRUE(url.is_https());
    EXPECT_EQ(url.host(), "api.example.com");
    EXPECT_EQ(url.port(), 8443);
    EXPECT_EQ(url.target(), "/v1/items?page=2");
    EXPECT_EQ(url.origin(), "https://api.example.com:8443");
    EXPECT_EQ(url.host_header(), "api.example.com:8443");
    EXPECT_EQ(url.userinfo(), "ann@x:p:w");

    const Url v6 = Url::parse("http://[::1]");
    EXPECT_EQ(v6.host(), "::1");
    EXPECT_EQ(v6.port(), 80);
    EXPECT_FALSE(v6.is_https());
    EXPECT_EQ(v6.target(), "/");
    EXPECT_EQ(v6.origin(), "http://[::1]:80");
    EXPECT_EQ(v6.host_header(), "[::1]");
    EXPECT_EQ(v6.userinfo(), std::nullopt);
    EXPECT_EQ(Url::parse("https://h").origin(), "https://h:443");
    EXPECT_EQ(Url::parse("http://h/?").target(), "/?");
}

TEST(Url, EqualMeansTheSameNormalisedText) {
    EXPECT_EQ(Url::parse("HTTP://H:80"), Url::parse("http://h/"));
    EXPECT_NE(Url::parse("http://h/a"), Url::parse("http://h/A"));
}

// RFC 3986 sections 5.4.1 and 5.4.2, with the examples' "http:" and "g:h" left to the next test.
TEST(Url, ResolvesTheExamplesOfTheRfc) {
    const Url base = Url::parse("http://a/b/c/d;p?q");
    const Pair cases[] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
    };
    for (const Pair& c : cases) EXPECT_EQ(base.resolve(c.in).str(), c.out) << "'" << c.in << "'";
}

TEST(Url, ResolvesWhatPaginationMeets) {
    const Url base = Url::parse("https://u:p@api.example.com:8443/v1/items?page=1#x");
    const Pair cases[] = {
        {"?page=2", "https://u:p@api.example.com:8443/v1/items?page=2"},
        {"?", "https://u:p@api.example.com:8443/v1/items?"},
        {"/v1/items?cursor=a b", "https://u:p@api.example.com:8443/v1/items?cursor=a%20b"},
        {"HTTP://Other.example/x", "http://other.example/x"},
        {"//other.example", "https://other.example/"},
        {" next \n", "https://u:p@api.example.com:8443/v1/next"},
        {"10:30", "https://u:p@api.example.com:8443/v1/10:30"},
        {"./a:b", "https://u:p@api.example.com:8443/v1/a:b"},
        {"/a//b", "https://u:p@api.example.com:8443/a//b"},
    };
    for (const Pair& c : cases) EXPECT_EQ(base.resolve(c.in).str(), c.out) << "'" << c.in << "'";
    EXPECT_EQ(Url::parse("http://h").resolve("x").str(), "http://h/x");
}

TEST(Url, ResolvesToHttpOnly) {
    const Url base = Url::parse("http://a/b/c/d;p?q");
    for (const char* reference : {"g:h", "http:g", "mailto:x@y", "javascript:alert(1)", "file:///etc/passwd", "http://",
                                  "//", "a\r\nb", "//a b/"})
        EXPECT_THROW((void)base.resolve(reference), InvalidUrl) << reference;
}

TEST(Url, QueryParametersAreDecoded) {
    const Url url = Url::parse("http://h/?a=1&b=x+y%26z&&c&=e&a=2&%64=\xc3\xbc");
    using Params = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(url.query_params(),
              (Params{{"a", "1"}, {"b", "x y&z"}, {"c", ""}, {"", "e"}, {"a", "2"}, {"d", "\xc3\xbc"}}));
    EXPECT_EQ(url.query("a"), "1");
    EXPECT_EQ(url.query("c"), "");
    EXPECT_EQ(url.query("d"), "\xc3\xbc");
    EXPECT_EQ(url.query("A"), std::nullopt);
    EXPECT_TRUE(Url::parse("http://h/?").query_params().empty());
}

TEST(Url, WithQueryOfSeveralKeepsEachValueOfANameThatComesAgain) {
    const Url url = Url::parse("http://h/?ids=9&x=1#f");
    EXPECT_EQ(url.with_query({{"ids", "1"}, {"a b", "c&d"}, {"ids", "2"}, {"ids", ""}}).str(),
              "http://h/?ids=1&x=1&a%20b=c%26d&ids=2&ids=#f");
    EXPECT_EQ(Url::parse("http://h/").with_query({{"e", "a"}, {"e", "b"}}).str(), "http://h/?e=a&e=b");
    EXPECT_EQ(url.with_query(std::vector<std::pair<std::string, std::string>>()).str(), url.str());
}

TEST(Url, WithQueryChangesOneParameterAndNothingElse) {
    struct Case {
        const char *in, *key, *value, *out;
    };
    const Case cases[] = {
        {"http://h/", "page", "2", "http://h/?page=2"},
        {"http://h/?", "page", "2", "http://h/?page=2"},
        {"http://h/?a=1", "page", "2", "http://h/?a=1&page=2"},
        {"http://h/?a=1&", "page", "2", "http://h/?a=1&page=2"},
        {"http://h/?page=1&a=%7e+x&&b", "page", "2", "http://h/?page=2&a=%7e+x&&b"},
        {"http://h/?a&page=1&page=7&b&", "page", "2", "http://h/?a&page=2&b&"},
        {"http://h/?page=1&page=7", "page", "2", "http://h/?page=2"},
        {"http://h/?&page=1", "page", "2", "http://h/?&page=2"},
        {"http://h/?page", "page", "2", "http://h/?page=2"},
        {"http://h/?Page=1", "page", "2", "http://h/?Page=1&page=2"},
        {"http://h/?page%5Bn%5D=1", "page[n]", "2", "http://h/?page%5Bn%5D=2"},
        {"http://h/?page[n]=1", "page[n]", "2", "http://h/?page[n]=2"},
        {"http://h/?c=x", "c", "a+b/=&c #%\xc3\xbc", "http://h/?c=a%2Bb%2F%3D%26c%20%23%25%C3%BC"},
        {"http://h/", "c\r\n", "\r\n", "http://h/?c%0D%0A=%0D%0A"},
        {"http://u@h:81/p?a=1#f", "a", "", "http://u@h:81/p?a=#f"},
    };
    for (const Case& c : cases) EXPECT_EQ(Url::parse(c.in).with_query(c.key, c.value).str(), c.out) << c.in;
    for (const Case& c : cases)
        EXPECT_EQ(Url::parse(c.in).with_query(c.key, c.value).query(c.key), std::string(c.value)) << c.in;
}

TEST(Url, RedactedHidesUserinfoAndSecrets) {
    const Pair cases[] = {
        {"http://u:p@h/a?b=1", "http://h/a?b=1"},
        {"http://h/@me/a@b", "http://h/@me/a@b"},
        {"http://h/?token=x&a=1", "http://h/?token=***&a=1"},
        {"http://h/?API_KEY=x&api-key=y&apikey=z", "http://h/?API_KEY=***&api-key=***&apikey=***"},
        {"http://h/?X-Amz-Signature=x&X-Amz-Credential=y", "http://h/?X-Amz-Signature=***&X-Amz-Credential=***"},
        {"http://h/?access_token=x&client_secret=y&password=z",
         "http://h/?access_token=***&client_secret=***&password=***"},
        {"http://h/?%74oken=x&sig=y&auth=z&key=w", "http://h/?%74oken=***&sig=***&auth=***&key=***"},
        {"http://h/?page_token=x&primary_key=id", "http://h/?page_token=x&primary_key=id"},
        {"http://h/?user[password]=x&token[]=y&auth.token=z",
         "http://h/?user[password]=***&token[]=***&auth.token=***"},
        {"http://h/?filter[key]=x&page[token]=y&a.key=z", "http://h/?filter[key]=x&page[token]=y&a.key=z"},
        {"http://h/?token&secret=", "http://h/?token&secret="},
        {"http://h/?a=1#access_token=x", "http://h/?a=1"},
    };
    for (const Pair& c : cases) EXPECT_EQ(Url::parse(c.in).redacted(), c.out) << c.in;
}

/// Whatever comes in: a refusal, or a URL that survives another parse and cannot break out of a request line.
TEST(Url, RandomTextIsRefusedOrSafe) {
    std::mt19937 random(1);
    const auto pick = [&random](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    using namespace std::string_view_literals;
    constexpr std::string_view alphabet = "a1./:@?#&=%[]\\ \r\n-_+\0\xc3\xbc\x7f"sv;
    const Url base = Url::parse("https://example.com/a/b?c=d");
    int accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = pick(2) == 0 ? "http://h" : pick(2) == 0 ? "/" : "";
        for (std::size_t length = pick(12); length > 0; --length) text += alphabet[pick(alphabet.size())];
        try {
            const Url url = pick(2) == 0 ? base.resolve(text) : Url::parse(text);
            ++accepted;
            if (text.starts_with('/') && !text.starts_with("//")) {
                ASSERT_EQ(base.resolve(text), Url::parse("https://example.com" + text)) << text;
            }
            ASSERT_EQ(Url::parse(url.str()), url) << text;
            ASSERT_EQ(Url::parse(url.str()).host(), url.host()) << text;
            ASSERT_TRUE(url.target().starts_with('/')) << text;
            for (const char c : url.str()) ASSERT_TRUE(c > 0x20 && c < 0x7f) << text;
            ASSERT_EQ(url.with_query("k", text).query("k"), text);
            ASSERT_EQ(url.with_query("k", text).host(), url.host());
        } catch (const InvalidUrl&) {
        }
    }
    EXPECT_GT(accepted, 1'000);
}

}  // namespace
}  // namespace trawl
