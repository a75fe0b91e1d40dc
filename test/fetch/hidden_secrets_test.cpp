#include "trawl/fetch/hidden_secrets.hpp"

#include <gtest/gtest.h>

#include "trawl/http/json_text.hpp"
#include "trawl/http/url.hpp"

namespace trawl {
namespace {

std::string hide(const std::vector<std::string>& secrets, std::string_view text) {
    return HiddenSecrets(secrets).hide(text);
}

TEST(HiddenSecrets, AreHiddenAsTheyAre) {
    EXPECT_EQ(hide({"s3cr3t"}, "a s3cr3t, s3cr3ts"), "a ***, ***s");
    EXPECT_EQ(hide({}, "a s3cr3t"), "a s3cr3t");
    EXPECT_EQ(hide({"s3cr3t"}, ""), "");
}

TEST(HiddenSecrets, AreHiddenAsUrlsFormsAndJsonSpellThem) {
    const std::string secret = "AbC+dEf/G \"h\\I==\xc3\xa9\xf0\x9f\x98\x80";
    const std::string in_query = Url::parse("http://h/").with_query("key", secret).str();
    EXPECT_EQ(hide({secret}, in_query), "http://h/?key=***");
    EXPECT_EQ(hide({secret}, "key=AbC%2bdEf%2fG+%22h%5cI%3d%3d%c3%a9%f0%9f%98%80&x"), "key=***&x");
    EXPECT_EQ(
        hide({secret}, "?to=http%3A//h%3Fk=AbC%252BdEf%252FG%2520%2522h%255CI%253D%253D%25C3%25A9%25F0%259F%2598%2580"),
        "?to=http%3A//h%3Fk=***");
    EXPECT_EQ(hide({secret}, quote_json(secret)), "\"***\"");
    EXPECT_EQ(hide({secret}, R"(AbC+dEf\/G \"h\\I==\u00e9\ud83d\ude00)"), "***");
    EXPECT_EQ(hide({secret}, R"(\u0041bC\u002BdEf/G \u0022h\u005cI==\u00E9\uD83D\uDE00)"), "***");
    EXPECT_EQ(hide({secret}, Url::parse("http://h/x/" + secret + "/y").str()), "http://h/x/***/y");
}

TEST(HiddenSecrets, MayHoldWhatEncodingsAreMadeOf) {
    EXPECT_EQ(hide({"100%2B%25"}, "a 100%2B%25 b 100%252B%2525 c"), "a *** b *** c");
    EXPECT_EQ(hide({R"(a\u0041b)"}, R"(a\u0041b and a\\u0041b)"), "*** and ***");
}

TEST(HiddenSecrets, AreHiddenWhereAMessageMadeThemFitForATerminal) {
    EXPECT_EQ(hide({"-----KEY\nMII\xc3\xa9"}, "near '-----KEY?MII?\?', -----KEY MII\xc3\xa9"), "near '***', ***");
}

TEST(HiddenSecrets, ThatOverlapAreHiddenWhole) {
    EXPECT_EQ(hide({"abcde", "cdefgh"}, "abcdefgh"), "***");
    EXPECT_EQ(hide({"abcde", "abcdefgh"}, "abcdefgh abcdef"), "*** ***f");
}

TEST(HiddenSecrets, ThatAnExcerptCutsAreHiddenInPart) {
    EXPECT_EQ(hide({"s3cr3tTOKENvalue"}, "near '<p>Bearer s3cr3tTOKENval...'"), "near '<p>Bearer ***...'");
    EXPECT_EQ(hide({"s3cr3t+value"}, "key=s3cr3t%2..."), "key=***...");
    EXPECT_EQ(hide({"s3cr3t+value"}, "key=s3cr3t%2 "), "key=s3cr3t%2 ");
    EXPECT_EQ(hide({"s3cr3tTOKENvalue"}, "key=s3c..."), "key=s3c...");
}

TEST(HiddenSecrets, TooShortToBeToldFromOtherWordsAreLeftAlone) {
    EXPECT_EQ(hide({"a", "page", ""}, "a page"), "a page");
    EXPECT_EQ(hide({"pages"}, "a page of pages"), "a page of ***");
}

TEST(HiddenSecrets, MayBeNoUtf8) { EXPECT_EQ(hide({"\xff\xfe\xc3zz"}, "a \xff\xfe\xc3zz %FF%fe%C3zz"), "a *** ***"); }

}  // namespace
}  // namespace trawl
