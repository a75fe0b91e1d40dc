#include "trawl/http/json_tape.hpp"

#include <gtest/gtest.h>

#include "trawl/base/error.hpp"

namespace trawl {
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

}  // namespace
}  // namespace trawl
