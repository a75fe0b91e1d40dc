#include "trawl/base/log.hpp"

#include <gtest/gtest.h>

namespace trawl {
namespace {

using namespace std::chrono_literals;

TEST(LogLine, IsAWordAndKeysWithValues) {
    EXPECT_EQ(LogLine("request").add("method", "GET").add("status", 200).add("ms", 1500us).text(),
              "request method=GET status=200 ms=1.500");
}

TEST(LogLine, QuotesWhatWouldNotBeOneValue) {
    EXPECT_EQ(LogLine("retry").add("reason", "status 503").text(), R"(retry reason="status 503")");
    EXPECT_EQ(LogLine("a").add("b", "").text(), R"(a b="")");
    EXPECT_EQ(LogLine("a").add("url", "http://h/x?a=b").text(), R"(a url="http://h/x?a=b")");
    EXPECT_EQ(LogLine("a").add("b", R"(say "no\")").text(), R"(a b="say \"no\\\"")");
}

TEST(LogLine, StaysALineWhateverASourceSays) {
    EXPECT_EQ(LogLine("a").add("b", "one\ntwo\x1b[2J").text(), R"(a b="one\u000atwo\u001b[2J")");
}

}  // namespace
}  // namespace trawl
