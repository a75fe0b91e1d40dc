/// Rows a line, as the array that they stand for.
#include "row_lines.hpp"

#include <gtest/gtest.h>

namespace trawl::fetch {
namespace {

TEST(RowLines, AreKnownByTheirType) {
    EXPECT_TRUE(is_lines_type("application/x-ndjson"));
    EXPECT_TRUE(is_lines_type("Application/JSONL ; charset=utf-8"));
    EXPECT_FALSE(is_lines_type("application/json"));
    EXPECT_FALSE(is_lines_type(""));
}

TEST(RowLines, AreKnownByTheirLooks) {
    EXPECT_TRUE(looks_like_lines("{\"a\":1}\n{\"a\":2}"));
    EXPECT_TRUE(looks_like_lines("\xEF\xBB\xBF{}\r\n\r\n {\"a\":2} \r\n"));
    EXPECT_FALSE(looks_like_lines("{\"a\":1}"));            // a page
    EXPECT_FALSE(looks_like_lines("{\n  \"a\": {}\n}\n"));  // a page that is laid out
    EXPECT_FALSE(looks_like_lines("<html>\n{\"a\":1}\n</html>"));
    EXPECT_FALSE(looks_like_lines("{\"a\":1}\n{\"a\":"));  // cut off
    EXPECT_FALSE(looks_like_lines(""));
}

TEST(RowLines, BecomeAnArrayWithALineForEach) {
    EXPECT_EQ(array_of_lines("{\"a\":1}\r\n\n{\"a\":2}\n"), "[{\"a\":1},\n{\"a\":2}]");
    EXPECT_EQ(array_of_lines("{\"a\":1}"), "[{\"a\":1}]");
    EXPECT_EQ(array_of_lines("\n \n"), "[]");
    EXPECT_EQ(array_of_lines(""), "[]");
}

}  // namespace
}  // namespace trawl::fetch
