#include "json_page.hpp"

#include <gtest/gtest.h>

#include "trawl/base/error.hpp"

namespace trawl::fetch {
namespace {

using Kind = JsonValue::Kind;

TEST(JsonPath, IsReadAsUsersWriteIt) {
    const struct {
        const char* text;
        JsonPath path;
    } cases[] = {
        {"$", {}},
        {"$[*]", {}},
        {"$.items", {"items"}},
        {"items", {"items"}},
        {"data.items[*]", {"data", "items"}},
        {"$.data['odd name'].x", {"data", "odd name", "x"}},
        {"$[\"a.b\"]", {"a.b"}},
    };
    for (const auto& c : cases) EXPECT_EQ(parse_json_path(c.text), c.path) << c.text;
    for (const char* bad : {"", ".", "$.", "$..a", "a[", "a[0]", "$x", "a['b"}) {
        EXPECT_THROW(parse_json_path(bad), UsageError) << bad;
    }
}

TEST(JsonPath, IsWrittenAsItIsRead) {
    for (const char* text : {"$", "$.items", "$.data['odd name'].x"}) {
        EXPECT_EQ(json_path_text(parse_json_path(text)), text);
    }
}

TEST(JsonPage, IsOutlined) {
    const JsonPage page(R"({"total": 3, "next": null, "ok": true, "s": "a\u0062", "items": [{"x": 1}, {"x": 2}, 5]})");
    EXPECT_EQ(page.find({"total"})->text, "3");
    EXPECT_TRUE(page.find({"next"})->is(Kind::null));
    EXPECT_EQ(page.find({"ok"})->text, "true");
    EXPECT_EQ(page.find({"s"})->text, "ab");
    EXPECT_EQ(page.find({"items"})->size, 3U);
    EXPECT_EQ(page.find({"items"})->objects, 2U);
    EXPECT_EQ(page.find({"items", "x"}), nullptr);
    EXPECT_EQ(page.find({"missing"}), nullptr);
}

TEST(JsonPage, CutsRecordsAsTheyWereWritten) {
    const JsonPage page(
        "{\"data\": {\"items\": [{\"a\":1.0, \"b\":123456789012345678901234567890},\n {\"c\":\n1e400}, [1, 2], "
        "null]}}");
    const CutRecords records = page.cut({"data", "items"});
    EXPECT_EQ(records.count, 4U);
    EXPECT_EQ(records.lines, "{\"a\":1.0, \"b\":123456789012345678901234567890}\n{\"c\":1e400}\n[1, 2]\nnull\n");
}

TEST(JsonPage, TheRootMayBeTheArrayOrTheRecord) {
    EXPECT_EQ(JsonPage("[{\"a\":1},{\"a\":2}]").cut({}).lines, "{\"a\":1}\n{\"a\":2}\n");
    EXPECT_EQ(JsonPage(" {\"a\":1} ").cut({}).lines, "{\"a\":1}\n");
    EXPECT_EQ(JsonPage("{\"x\":{\"a\":1}}").cut({"x"}).lines, "{\"a\":1}\n");
    EXPECT_EQ(JsonPage("[]").cut({}).count, 0U);
}

TEST(JsonPage, AByteOrderMarkIsSkipped) { EXPECT_EQ(JsonPage("\xEF\xBB\xBF[1]").cut({}).lines, "1\n"); }

TEST(JsonPage, DamageAnywhereIsAnError) {
    const char* pages[] = {
        "",
        "  ",
        "<html>",
        "{",
        "[1, 2",
        "{\"a\": tru}",
        "{\"a\": [nul]}",
        "[01]",
        "[1.]",
        "[.5]",
        "[1e]",
        "[+1]",
        "[-]",
        "[1] trailing",
        "[1]]",
        "{\"a\":1,}",
        "[1,]",
        "{\"a\" 1}",
        "[\"\x01\"]",
        "[\"\\x\"]",
        "[\"\xff\"]",
        "[\"\\ud800\"]",
        "{\"items\":[{\"a\":1}",
        "[NaN]",
        "['a']",
        "{a:1}",
    };
    for (const char* page : pages) EXPECT_THROW(JsonPage{page}, PageError) << page;
}

TEST(JsonPage, TheErrorSaysHowThePageBegins) {
    try {
        JsonPage page("<!DOCTYPE html>\n<html><body>Sorry, this page is for people</body></html>");
        FAIL();
    } catch (const PageError& error) {
        EXPECT_NE(std::string(error.what()).find("<!DOCTYPE html> <html>"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace trawl::fetch
