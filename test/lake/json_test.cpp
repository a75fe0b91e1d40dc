#include "json.hpp"

#include <gtest/gtest.h>

#include "number.hpp"

namespace trawl::lake {
namespace {

TEST(JsonReader, KeepsTheRawTextOfEveryValue) {
    JsonReader reader;
    const auto record = reader.parse(
        "  {\"n\" : 1e400 , \"s\":\"a\\u0000\\\"\\ud83d\\ude00\", \"l\":[ 1 , [ ] ] ,\"o\": { \"x\" :null } }\r");
    EXPECT_EQ((*record.find("n"))->raw, "1e400");
    EXPECT_EQ((*record.find("s"))->text, std::string("a\0\"\xf0\x9f\x98\x80", 7));
    EXPECT_EQ((*record.find("s"))->raw, R"("a\u0000\"\ud83d\ude00")");
    EXPECT_EQ((*record.find("l"))->raw, "[ 1 , [ ] ]");
    EXPECT_EQ((*record.find("o"))->raw, "{ \"x\" :null }");
    EXPECT_EQ(record->raw.back(), '}');
    EXPECT_TRUE(record.find("o")->find("x")->is(JsonNode::What::null));
}

TEST(JsonReader, RefusesWhatIsNotJson) {
    const std::string bad[] = {"{",
                               "}",
                               "{\"a\"}",
                               "{\"a\":}",
                               "{\"a\":1,}",
                               "{\"a\":1}}",
                               "{\"a\":1} {\"b\":2}",
                               "{\"a\":1}x",
                               "{a:1}",
                               "{'a':1}",
                               "{\"a\":01}",
                               "{\"a\":+1}",
                               "{\"a\":1.}",
                               "{\"a\":.5}",
                               "{\"a\":1e}",
                               "{\"a\":NaN}",
                               "{\"a\":Infinity}",
                               "{\"a\":tru}",
                               "{\"a\":nul}",
                               "{\"a\":nullx}",
                               "{\"a\":trueish}",
                               "{\"a\":1 2}",
                               "{\"a\":\"x\"\"y\"}",
                               "{\"a\":\"\n\"}",
                               "{\"a\":\"\\x\"}",
                               "{\"a\":\"\\ud800\"}",
                               "{\"a\":\"\\udc00\"}",
                               "{\"\\udc00\":1}",
                               "{\"a\":\"\xff\"}",
                               "{\"a\":[1,]}",
                               "{\"a\":[1 2]}",
                               "{\"a\":[1}",
                               "{\"a\":{]}",
                               "",
                               "x",
                               "1 2",
                               "1}",
                               "1,\"b\":2",
                               "[1],2",
                               "{\"a\" 1}",
                               "{,}",
                               "[,]",
                               "{\"a\":1",
                               "{1:2}",
                               "{\"a\":1 \"b\":2}",
                               "\"unclosed",
                               "{\"a\":[}",
                               "{\"a\":-}",
                               "{\"a\":1-2}",
                               "{\"a\":0x1}"};
    for (const std::string& text : bad) {
        JsonReader reader;
        EXPECT_THROW(reader.parse(text), JsonError) << text;
    }
}

TEST(JsonReader, GoesOnAfterAnError) {
    JsonReader reader;
    EXPECT_THROW(reader.parse("{\"a\":"), JsonError);
    EXPECT_EQ(reader.parse("{\"a\":1}").text("a"), "1");
}

TEST(JsonReader, RefusesNestingThatWouldExhaustTheStack) {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    JsonReader reader;
    EXPECT_THROW(reader.parse(deep), JsonError);
}

TEST(NumberKind, KnowsTheLimits) {
    const std::pair<std::string, Kind> table[] = {{"0", Kind::int53},
                                                  {"-1", Kind::int53},
                                                  {"9007199254740992", Kind::int53},
                                                  {"9007199254740993", Kind::int64},
                                                  {"9223372036854775807", Kind::int64},
                                                  {"9223372036854775808", Kind::decimal},
                                                  {"-9223372036854775808", Kind::int64},
                                                  {"-9223372036854775809", Kind::decimal},
                                                  {"-99999999999999999999999999999999999999", Kind::decimal},
                                                  {"-100000000000000000000000000000000000000", Kind::json},
                                                  {"-0", Kind::real},
                                                  {"-0.0", Kind::real},
                                                  {"1e22", Kind::real},
                                                  {"1e23", Kind::real},
                                                  {"1E+308", Kind::real},
                                                  {"1E309", Kind::json},
                                                  {"2.2250738585072014e-308", Kind::real},
                                                  {"4.9e-324", Kind::real},
                                                  {"1e99999999999999999999", Kind::json},
                                                  {"0e99999999999999999999", Kind::real},
                                                  {"0.1000000000000000055511151231257827", Kind::real},
                                                  {"0.1000000000000000055511151231257828", Kind::json},
                                                  {"3.14159265358979323846", Kind::json}};
    for (const auto& [text, kind] : table) EXPECT_EQ(to_string(number_kind(text)), to_string(kind)) << text;
}

TEST(ParseWhole, CoversThirtyEightDigitsAndTheSign) {
    const Int128 minus_one = parse_whole("-1");
    EXPECT_EQ(minus_one.upper, -1);
    EXPECT_EQ(minus_one.lower, ~std::uint64_t{0});
    const Int128 two_to_64 = parse_whole("18446744073709551616");
    EXPECT_EQ(two_to_64.upper, 1);
    EXPECT_EQ(two_to_64.lower, 0U);
}

}  // namespace
}  // namespace trawl::lake
