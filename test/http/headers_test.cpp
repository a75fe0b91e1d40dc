/// Headers: order, lookup without regard to case, several of a name, and nothing that could break out of its line.
#include "trawl/http/headers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "headers_builder.hpp"
#include "trawl/base/error.hpp"

namespace trawl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string text_of(const Headers& headers) {
    std::string out;
    for (const auto [name, value] : headers) out += std::string(name) + '=' + std::string(value) + ';';
    return out;
}

TEST(Headers, KeepOrderAndCaseAndIgnoreCaseInLookup) {
    const Headers headers{{"Accept", "text/html"}, {"x-a", "1"}, {"X-A", "2"}};
    EXPECT_EQ(text_of(headers), "Accept=text/html;x-a=1;X-A=2;");
    EXPECT_EQ(headers.get("ACCEPT"), "text/html");
    EXPECT_EQ(headers.get("X-a"), "1");
    EXPECT_THAT(headers.get_all("x-A"), ElementsAre("1", "2"));
    EXPECT_EQ(headers.count("x-a"), 2U);
    EXPECT_EQ(headers.get("missing"), std::nullopt);
    EXPECT_FALSE(headers.contains("Accep"));
    EXPECT_TRUE(headers.get_all("missing").empty());
}

TEST(Headers, SetReplacesTheFirstAndRemovesTheOthers) {
    Headers headers{{"a", "1"}, {"b", "2"}, {"A", "3"}, {"c", "4"}, {"a", "5"}};
    headers.set("A", "new");
    EXPECT_EQ(text_of(headers), "a=new;b=2;c=4;");
    headers.set("d", "6");
    EXPECT_EQ(text_of(headers), "a=new;b=2;c=4;d=6;");
    EXPECT_EQ(headers.remove("B"), 1U);
    EXPECT_EQ(headers.remove("B"), 0U);
    EXPECT_EQ(text_of(headers), "a=new;c=4;d=6;");
}

// Whatever was removed, set or cleared in between: a look-up finds what is there and nothing else.
TEST(Headers, FindNamesOfEqualSizeAndLetterApart) {
    Headers headers{{"etag", "1"}, {"Expo", "2"}};
    EXPECT_FALSE(headers.contains("echo"));
    EXPECT_EQ(headers.get("ETAG"), "1");
    EXPECT_EQ(headers.remove("etag"), 1U);
    EXPECT_FALSE(headers.contains("etag"));
    EXPECT_EQ(headers.get("expo"), "2");
    EXPECT_EQ(headers.remove("expo"), 1U);
    headers.set("Etag", "3");
    EXPECT_EQ(headers.get("etag"), "3");
    const Headers copy = headers;
    headers.clear();
    EXPECT_FALSE(headers.contains("etag"));
    EXPECT_EQ(copy.get("etag"), "3");
}

TEST(Headers, AreEqualByTheirFieldsHoweverTheyWereMade) {
    const Headers made{{"a", "1"}, {"b", "2"}};
    Headers changed{{"a", "old"}, {"b", "2"}, {"c", "3"}};
    EXPECT_FALSE(made == changed);
    changed.set("a", "1");
    changed.remove("c");
    EXPECT_TRUE(made == changed);
    EXPECT_FALSE(made == (Headers{{"b", "2"}, {"a", "1"}}));
    EXPECT_FALSE(made == (Headers{{"A", "1"}, {"b", "2"}}));
    EXPECT_FALSE(made == (Headers{{"a", "1"}}));
    EXPECT_TRUE(Headers() == Headers());
}

TEST(Headers, CopyAValueOfTheirOwn) {
    Headers short_text{{"a", "tiny"}};
    short_text.add("b", *short_text.get("a"));
    short_text.add("c", *short_text.get("b"));
    short_text.add("d", *short_text.get("c"));
    EXPECT_EQ(text_of(short_text), "a=tiny;b=tiny;c=tiny;d=tiny;");
    Headers headers{{"a", "some value that is longer than a small string"}};
    for (int i = 0; i < 5; ++i) headers.add("b", *headers.get("a"));
    headers.set("a", *headers.get("b"));
    for (const auto field : headers) EXPECT_EQ(field.value, "some value that is longer than a small string");
}

TEST(Headers, BlanksAroundAValueDoNotCount) {
    const Headers headers{{"a", " \t x y\t "}, {"b", "   "}, {"c", ""}};
    EXPECT_EQ(text_of(headers), "a=x y;b=;c=;");
}

TEST(Headers, RefuseWhatCouldBreakOutOfTheLine) {
    Headers headers;
    using namespace std::string_view_literals;
    for (const std::string_view value : {"a\r\nEvil: 1"sv, "a\nb"sv, "a\rb"sv, "a\0b"sv, "\x7f"sv, "\x01"sv})
        EXPECT_THROW(headers.add("x", value), UsageError);
    for (const std::string_view name : {""sv, "a b"sv, "a:"sv, "a\r\n"sv, "a\0"sv, "\xc3\xa9"sv, "(a)"sv, " a"sv})
        EXPECT_THROW(headers.add(name, "v"), UsageError);
    EXPECT_TRUE(headers.empty());
    headers.add("x", "caf\xc3\xa9\tok");  // obs-text and tab are allowed
    EXPECT_THROW(headers.set("x", "a\nb"), UsageError);
    EXPECT_EQ(text_of(headers), "x=caf\xc3\xa9\tok;");
}

TEST(Headers, AMessageNamesTheFieldAndNotItsValue) {
    Headers headers;
    try {
        headers.add("Authorization", "hunter2\n");
        headers.add("Authorization", "hunter2\nx");
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("Authorization"));
        EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
    }
}

TEST(Headers, TokensAreFoundInLists) {
    const Headers headers{{"Connection", "keep-alive ,\tClose"}, {"connection", "x,,"}};
    for (const char* token : {"close", "KEEP-ALIVE", "x"}) EXPECT_TRUE(headers.has_token("Connection", token)) << token;
    for (const char* token : {"clos", "keep", "keep-alive ,\tclose"})
        EXPECT_FALSE(headers.has_token("Connection", token)) << token;
}

TEST(HeadersBuilder, JoinsPiecesAndDropsBlanksBehindTheValue) {
    http::HeadersBuilder builder;
    builder.extend_name("Con");
    builder.extend_name("nection");
    builder.extend_value("clo");
    builder.extend_value("se \t");
    EXPECT_TRUE(builder.finish_field());
    builder.extend_name("empty");
    EXPECT_TRUE(builder.finish_field());
    builder.extend_name("blank");
    builder.extend_value("  ");
    EXPECT_TRUE(builder.finish_field());
    EXPECT_EQ(text_of(builder.headers()), "Connection=close;empty=;blank=;");
    builder.extend_value("v");
    EXPECT_FALSE(builder.finish_field());
    builder.clear();
    EXPECT_TRUE(builder.headers().empty());
}

}  // namespace
}  // namespace trawl
