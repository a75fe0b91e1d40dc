/// Bodies of many records, cut into pieces at every byte.
#include "json_splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::http {
namespace {

constexpr auto kLines = JsonSplitter::Form::kLines;
constexpr auto kItems = JsonSplitter::Form::kItems;

void take_all(JsonSplitter& splitter, std::string& seen) {
    while (const auto text = splitter.next()) {
        seen += format("<{} {}>", splitter.place().substr(splitter.place().rfind(' ') + 1), trim_json(*text));
    }
}

/// "<0 1><2 2>": offset and text of each record; behind them the error.
std::string split(JsonSplitter::Form form, std::string_view body, std::size_t piece, std::size_t record_max = 100) {
    JsonSplitter splitter(form, record_max);
    std::string seen;
    try {
        for (std::size_t at = 0; at < body.size(); at += piece) {
            splitter.feed(body.substr(at, piece));
            take_all(splitter, seen);
        }
        splitter.finish();
        take_all(splitter, seen);
    } catch (const JsonError& error) {
        seen += error.what();
    }
    return seen;
}

void expect(JsonSplitter::Form form, std::string_view body, const std::string& expected) {
    for (std::size_t piece = 1; piece <= body.size() + 1; ++piece) {
        EXPECT_EQ(split(form, body, piece), expected) << body << " in pieces of " << piece;
    }
}

TEST(JsonSplitter, GivesTheLines) {
    expect(kLines, "", "");
    expect(kLines, "1\n22\n", "<0 1><2 22>");
    expect(kLines, "1\r\n 22 ", "<0 1><4 22>");
    expect(kLines, "\n\n{}\n \r\n[]\n\n", "<2 {}><8 []>");
    expect(kLines, R"({"a":"\n"})", R"(<0 {"a":"\n"}>)");
}

TEST(JsonSplitter, GivesTheItems) {
    expect(kItems, "[]", "");
    expect(kItems, " [ ] \n", "");
    expect(kItems, "[1,22]", "<1 1><3 22>");
    expect(kItems, "\n[ {\"a\": [1, 2]} , [[], {}] ]\n", "<3 {\"a\": [1, 2]}><19 [[], {}]>");
    expect(kItems, R"(["]", ",", "\"]", "\\", "[{"])", R"(<1 "]"><6 ","><11 "\"]"><18 "\\"><24 "[{">)");
}

TEST(JsonSplitter, RefusesWhatIsNoArrayOfValues) {
    expect(kItems, "", "record 1, at byte 0: the body is empty where an array should be");
    expect(kItems, " ", "record 1, at byte 1: the body is empty where an array should be");
    expect(kItems, " {\"a\": 1}", "record 1, at byte 1: the body is no array");
    expect(kItems, "[,1]", "record 1, at byte 1: a value is missing");
    expect(kItems, "[1,]", "<1 1>record 2, at byte 3: a value is missing");
    expect(kItems, "[1,,2]", "<1 1>record 2, at byte 3: a value is missing");
    expect(kItems, "[1] 2", "<1 1>record 2, at byte 4: the body goes on behind the end of the array");
    expect(kItems, "[][]", "record 1, at byte 2: the body goes on behind the end of the array");
}

TEST(JsonSplitter, RefusesAnArrayThatIsNotClosed) {
    const std::string why = ": the body ends before the array does";
    expect(kItems, "[", "record 1, at byte 1" + why);
    expect(kItems, "[1", "record 1, at byte 1" + why);
    expect(kItems, "[1,", "<1 1>record 2, at byte 3" + why);
    expect(kItems, "[1,[2]", "<1 1>record 2, at byte 3" + why);
    expect(kItems, "[1,\"]", "<1 1>record 2, at byte 3" + why);
}

TEST(JsonSplitter, RefusesRecordsThatAreTooLong) {
    for (const std::size_t piece : {1U, 3U, 100U}) {
        EXPECT_EQ(split(kLines, "1\n22\n333\n", piece, 2), "<0 1><2 22>record 3, at byte 5: it is longer than 2 bytes");
        EXPECT_EQ(split(kItems, "[1,22,333]", piece, 2), "<1 1><3 22>record 3, at byte 6: it is longer than 2 bytes");
    }
}

}  // namespace
}  // namespace trawl::http
