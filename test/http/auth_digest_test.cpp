/// Challenges and digest authentication: the lists of WWW-Authenticate, the examples of the RFCs, refusals and
/// renewals.
#include "auth_digest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trawl::http {
namespace {

using testing::HasSubstr;
using testing::Not;

/// "scheme(token) name=value;..." for each.
std::string text_of(const std::vector<Challenge>& challenges) {
    std::string out;
    for (const Challenge& challenge : challenges) {
        out += (out.empty() ? "" : " | ") + challenge.scheme;
        if (!challenge.token.empty()) out += '(' + challenge.token + ')';
        for (const auto& [name, value] : challenge.params) out += ' ' + name + '=' + value + ';';
    }
    return out;
}

std::vector<Challenge> challenges_of(std::string_view field) {
    Headers headers;
    headers.add("WWW-Authenticate", field);
    return parse_challenges(headers);
}

TEST(Challenges, AreSeveralInOneField) {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"Negotiate", "negotiate"},
        {"Basic realm=\"x\"", "basic realm=x;"},
        {"Basic realm = \"x\" , charset=\"UTF-8\"", "basic realm=x; charset=UTF-8;"},
        {"BASIC Realm=x", "basic realm=x;"},
        {"Negotiate, Basic realm=\"x\"", "negotiate | basic realm=x;"},
        {"Digest realm=\"a, b\", nonce=\"n\", Basic realm=\"x\"", "digest realm=a, b; nonce=n; | basic realm=x;"},
        // RFC 9110 section 11.6.1
        {"Basic realm=\"simple\", Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\"",
         "basic realm=simple; | newauth realm=apps; type=1; title=Login to \"apps\";"},
        {"Negotiate YII+/a==, Basic realm=x", "negotiate(YII+/a==) | basic realm=x;"},
        {"Negotiate a=", "negotiate(a=)"},
        {"Bearer", "bearer"},
        {"Bearer error=\"invalid_token\", error_description=\"\"", "bearer error=invalid_token; error_description=;"},
        {" , ,Basic realm=x,, ,Digest nonce=n , ", "basic realm=x; | digest nonce=n;"},
        {"Digest qop=\"auth,auth-int\",stale=TRUE", "digest qop=auth,auth-int; stale=TRUE;"},
        {"Digest opaque=\"\\\\\\\"\"", "digest opaque=\\\";"},
        {"Basic realm=\"never closed", "basic"},
        {"Basic realm=\"", "basic"},
        {"Basic realm=\"x\\", "basic"},
        {"Basic realm=x y, Digest nonce=n", "basic realm=x;"},
        {"=x", ""},
        {"\"x\"", ""},
        {"realm=\"x\"", "realm"},
    };
    for (const auto& [field, text] : cases) EXPECT_EQ(text_of(challenges_of(field)), text) << field;
}

TEST(Challenges, AreInSeveralFields) {
    const Headers headers{{"WWW-Authenticate", "Basic realm=\"cut"},
                          {"x", "y"},
                          {"www-authenticate", "Digest nonce=n"},
                          {"Proxy-Authenticate", "Basic realm=p"}};
    EXPECT_EQ(text_of(parse_challenges(headers)), "basic | digest nonce=n;");
    EXPECT_EQ(text_of(parse_challenges(headers, "proxy-authenticate")), "basic realm=p;");
    EXPECT_EQ(challenges_of("Basic a=1, a=2")[0].get("a"), "1");
    EXPECT_EQ(challenges_of("Basic a=1")[0].get("b"), std::nullopt);
}

/// The algorithm and the nonce that are chosen, or the reason.
std::string choice(std::string_view field) {
    const auto digest = choose_digest(challenges_of(field));
    if (!digest) return digest.error();
    return digest->algorithm + ' ' + digest->nonce + (digest->qop_auth ? " auth" : "") +
           (digest->stale ? " stale" : "");
}

TEST(Digest, TheBestChallengeIsChosen) {
    const std::pair<const char*, const char*> cases[] = {
        {"Digest realm=r, nonce=n", " n"},
        {"Digest realm=r, nonce=n, qop=auth", " n auth"},
        {"Digest realm=r, nonce=n, qop=\"auth-int, AUTH\", stale=True", " n auth stale"},
        {"Digest realm=r, nonce=n, stale=false", " n"},
        {"Digest realm=r, nonce=n, algorithm=md5-SESS, qop=auth", "md5-SESS n auth"},
        {"Digest realm=r, nonce=1, algorithm=MD5, Digest realm=r, nonce=2, algorithm=SHA-256", "SHA-256 2"},
        {"Digest realm=r, nonce=1, algorithm=SHA-256, Digest realm=r, nonce=2, algorithm=MD5", "SHA-256 1"},
        {"Digest realm=r, nonce=1, algorithm=SHA-512-256, Digest realm=r, nonce=2, algorithm=MD5", "MD5 2"},
        {"Basic realm=r, Digest realm=r, nonce=2", " 2"},
        {"Digest realm=\"\", nonce=n", " n"},
        {"", "it does not offer digest authentication"},
        {"Basic realm=r", "it does not offer digest authentication"},
        {"Digest realm=r", "its digest challenge has no nonce or no realm"},
        {"Digest realm=r, nonce=\"\"", "its digest challenge has no nonce or no realm"},
        {"Digest nonce=n", "its digest challenge has no nonce or no realm"},
        {"Digest realm=r, nonce=n, qop=auth-int", "it wants digests of bodies (auth-int)"},
        {"Digest realm=r, nonce=n, algorithm=MD5-sess", "its digest challenge has a session, but no qop"},
        {"Digest realm=r, nonce=n, algorithm=SHA-512-256",
         "its digest is made by an algorithm other than MD5 and SHA-256"},
        {"Digest realm=r, nonce=n, algorithm=-sess", "its digest is made by an algorithm other than MD5 and SHA-256"},
    };
    for (const auto& [field, text] : cases) EXPECT_EQ(choice(field), text) << field;
}

constexpr std::string_view rfc_challenge =  // RFC 7616 section 3.9.1, with the algorithm to be filled in
    "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", "
    "algorithm=";
constexpr const char* rfc_cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

std::string response_of(std::string_view field) {
    const std::size_t begin = field.find("response=\"") + 10;
    return std::string(field.substr(begin, field.find('"', begin) - begin));
}

TEST(Digest, AnswersAsTheExamplesOfTheRfcsDo) {
    struct Case {
        std::string challenge;
        const char* cnonce;
        const char* password;
        const char* first;   // GET /dir/index.html
        const char* second;  // then POST /x?y
    };
    const std::string rfc(rfc_challenge);
    // Those of "-sess" and the second ones were computed by another program from the formulas of section 3.4.
    const Case cases[] = {
        {rfc + "MD5", rfc_cnonce, "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec",
         "ecfdd80caeb1cada27846694a4d03379"},
        {rfc + "SHA-256", rfc_cnonce, "Circle of Life",
         "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
         "6e37dcd1c36050d3e3c10b4bf301f6e843f65e0a1acad94a9ae224bd01cb5171"},
        {rfc + "MD5-sess", rfc_cnonce, "Circle of Life", "e783283f46242139c486a698fec7211d",
         "85fcc2bf3433c57d441e39397c11da2a"},
        {rfc + "SHA-256-sess", rfc_cnonce, "Circle of Life",
         "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7",
         "8e237b2a8cf2e6e949b14af0e3af06905d0c7b35fd228b09927185aea39e61fd"},
        // RFC 2617 section 3.5
        {"Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
         "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
         "0a4f113b", "Circle Of Life", "6629fae49393a05397450978507c4ef1", nullptr},
        // RFC 2069 section 2.4, as its erratum 749 has it
        {"Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
         "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
         "", "CircleOfLife", "1949323746fe6a43ef61f9606e7febea", nullptr},
    };
    for (const Case& c : cases) {
        DigestLogin login("Mufasa", c.password);
        EXPECT_FALSE(login.ready());
        ASSERT_TRUE(login.challenged(challenges_of(c.challenge), c.cnonce));
        EXPECT_TRUE(login.ready());
        EXPECT_EQ(response_of(login.authorization("GET", "/dir/index.html")), c.first) << c.challenge;
        if (c.second == nullptr) continue;
        EXPECT_EQ(response_of(login.authorization("POST", "/x?y")), c.second) << c.challenge;
    }
}

TEST(Digest, WritesWhatTheServerNeedsAndNoMore) {
    DigestLogin login("Mufasa", "Circle of Life");
    ASSERT_TRUE(login.challenged(challenges_of(std::string(rfc_challenge) + "SHA-256"), rfc_cnonce));
    EXPECT_EQ(login.authorization("GET", "/dir/index.html"),
              "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", "
              "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", uri=\"/dir/index.html\", "
              "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\", algorithm=SHA-256, "
              "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", qop=auth, nc=00000001, "
              "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\"");
    EXPECT_THAT(login.authorization("GET", "/"), HasSubstr("nc=00000002"));
    for (int i = 0; i < 13; ++i) (void)login.authorization("GET", "/");
    EXPECT_THAT(login.authorization("GET", "/"), HasSubstr("nc=00000010"));
    DigestLogin old("a", "p");
    ASSERT_TRUE(old.challenged(challenges_of("Digest realm=r, nonce=n"), "c"));
    EXPECT_THAT(old.authorization("GET", "/"), Not(testing::ContainsRegex("algorithm|opaque|qop|nc=|cnonce|userhash")));
}

TEST(Digest, NamesAreQuotedHashedOrEncoded) {
    DigestLogin quoted("a\"b\\c", "p");
    ASSERT_TRUE(quoted.challenged(challenges_of("Digest realm=\"r\\\"x\", nonce=n, qop=auth"), "c"));
    const std::string field = quoted.authorization("GET", "/");
    EXPECT_THAT(field, HasSubstr(R"(username="a\"b\\c", realm="r\"x")"));
    EXPECT_EQ(response_of(field), "85c16a7a0502277aa4b8ee59effbc4cc");

    DigestLogin umlaut("J\xc3\xa4s", "p");
    const std::string utf8 = "Digest realm=r, nonce=n, qop=auth, algorithm=SHA-256, charset=UTF-8";
    ASSERT_TRUE(umlaut.challenged(challenges_of(utf8), "c"));
    EXPECT_THAT(umlaut.authorization("GET", "/"), HasSubstr("Digest username*=UTF-8''J%C3%A4s, "));
    ASSERT_TRUE(umlaut.challenged(challenges_of(utf8 + ", userhash=true"), "c"));
    const std::string hashed = umlaut.authorization("GET", "/");
    EXPECT_THAT(hashed, HasSubstr("username=\"33875292f6c7d97b867492e1e9436358620b10f272b553cd7e7fd5fa62e73af4\""));
    EXPECT_THAT(hashed, HasSubstr(", userhash=true"));
    EXPECT_EQ(response_of(hashed), "c138ccbcbceccdf497747fcef548efc879cd88b751e68c019c8a9387732e50d3");
}

TEST(Digest, AStaleNonceIsRenewedAndAWrongPasswordIsNotTriedAgain) {
    DigestLogin login("u", "p");
    ASSERT_TRUE(login.challenged(challenges_of("Digest realm=r, nonce=1, qop=auth"), "c1"));
    (void)login.authorization("GET", "/");
    const std::string used = login.nonce();
    ASSERT_TRUE(login.challenged(challenges_of("Digest realm=r, nonce=2, qop=auth, stale=true"), "c2", used));
    EXPECT_EQ(login.nonce(), "2");
    EXPECT_THAT(login.authorization("GET", "/"), HasSubstr("nc=00000001, cnonce=\"c2\""));

    // A second request that was refused for the old nonce: it is sent again with the new one, which stays.
    ASSERT_TRUE(login.challenged(challenges_of("Digest realm=r, nonce=3, qop=auth, stale=true"), "c3", used));
    EXPECT_THAT(login.authorization("GET", "/"), HasSubstr("nonce=\"2\""));

    const auto refused =
        login.challenged(challenges_of("Digest realm=\"my r\", nonce=4, qop=auth"), "c4", login.nonce());
    EXPECT_EQ(refused.error(), "the source refuses the user's name or password for 'my r'");
    const auto other = login.challenged(challenges_of("Basic realm=r"), "c5");
    EXPECT_EQ(other.error(), "the source wants a login that cannot be given: it does not offer digest authentication");
}

}  // namespace
}  // namespace trawl::http
