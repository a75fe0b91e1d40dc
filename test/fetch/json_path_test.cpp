/// Paths into JSON: their forms, what they lead to in pages and in rows, and the conditions in them.
#include "trawl/fetch/json_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "json_select.hpp"
#include "scalar_order.hpp"
#include "trawl/base/error.hpp"
#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/row_filter.hpp"

namespace trawl {
namespace {

using testing::HasSubstr;

TEST(JsonPaths, HaveOneCanonicalForm) {
    const std::pair<const char*, const char*> table[] = {
        {"$", "$"},
        {"", "$"},
        {"items", "$.items"},
        {"$.a.b", "$.a.b"},
        {"$['a b']", "$['a b']"},
        {"$[\"x\"][0][*]", "$.x[0][*]"},
        {"a[2].b", "$.a[2].b"},
        {"$['it\\'s']", "$['it\\'s']"},
        {"_embedded.x-y", "$._embedded.x-y"},
        {"a[-1]", "$.a[-1]"},
        {"a[1:2]", "$.a[1:2]"},
        {"a[:]", "$.a[:]"},
        {"a[-3:]", "$.a[-3:]"},
        {"a[::2].b", "$.a[::2].b"},
        {"a[?(@.b)]", "$.a[?(@.b)]"},
        {"a[?@.b]", "$.a[?(@.b)]"},
        {"a[?@ == 1]", "$.a[?(@ == 1)]"},
        {"a[?(@.b=='it\\'s')].c", "$.a[?(@.b == 'it\\'s')].c"},
        {"a[?(@['x y'] != \"z\")]", "$.a[?(@['x y'] != 'z')]"},
        {"a[?(@.b.c[0]>=-1.5e3)]", "$.a[?(@.b.c[0] >= -1.5e3)]"},
        {"a[?(@.b == null || @.c == true && !@.d)]", "$.a[?(@.b == null || (@.c == true && !(@.d)))]"},
        {"a[?((@.b || @.c) && @.d < 3)]", "$.a[?((@.b || @.c) && @.d < 3)]"},
        {"a[?(@.b[?(@.c == 1)])]", "$.a[?(@.b[?(@.c == 1)])]"},
    };
    for (const auto& [text, canonical] : table) {
        EXPECT_EQ(JsonPath::parse(text).str(), canonical);
        EXPECT_EQ(JsonPath::parse(canonical), JsonPath::parse(text)) << text;
    }
}

std::string refusal(const std::string& text) {
    try {
        return "read as " + JsonPath::parse(text).str();
    } catch (const UsageError& error) {
        return error.what();
    }
}

TEST(JsonPaths, TellWhatIsWrongAndWhere) {
    const std::pair<const char*, const char*> table[] = {
        {"$..a", "a name is missing ('..' is not supported) (at character 3)"},
        {"a..b", "a name is missing"},
        {"a.", "a name is missing"},
        {"$a", "'.' or '[' must stand before the next name (at character 2)"},
        {"a[0]b", "'.' or '[' must stand before the next name (at character 5)"},
        {"a[", "in brackets stands '*', a number, a slice, a filter or a quoted name (at character 3)"},
        {"a[x]", "in brackets stands"},
        {"a[1", "']' is missing"},
        {"a[1,2]", "']' is missing"},
        {"a['x", "the quoted name does not end"},
        {"a['x'", "']' is missing"},
        {"$.*", "write '[*]' for every element"},
        {"a[9007199254740992]", "the number is too large"},
        {"a[99999999999999999999]", "the number is too large"},
        {"a[::0]", "a slice's step must be at least 1"},
        {"a[::-1]", "a slice's step must be at least 1"},
        {"a[?(b == 1)]", "a condition begins with '@'"},
        {"a[?(@.b = 1)]", "equal is written '=='"},
        {"a[?(@.b == x)]", "behind an operator stands a quoted text, a number, true, false or null"},
        {"a[?(@.b == 01)]", "behind an operator stands"},
        {"a[?(@.b == @.c)]", "behind an operator stands"},
        {"a[?(@.b == 1]", "')' is missing"},
        {"a[?(@.b == 1)", "']' is missing"},
        {"a[?(@.b & @.c)]", "')' is missing"},
        {"a[?]", "a condition begins with '@'"},
    };
    for (const auto& [text, says] : table) EXPECT_THAT(refusal(text), HasSubstr(says)) << text;
    EXPECT_THAT(refusal("a[?" + std::string(100'000, '(') + "@)]"), HasSubstr("the filter is nested too deeply"));
    EXPECT_THAT(refusal("a[?" + std::string(100'000, '!') + "@)]"), HasSubstr("the filter is nested too deeply"));
}

constexpr const char* kDocument =
    R"({"a":[{"n":1,"t":"x"},{"n":2,"t":"y","z":null},{"n":3.5,"t":"x","in":[7,8]},{"t":"x"},{"n":"2"}],)"
    R"("b":[[1,2],[3],[]],"e":[],"groups":[{"items":[{"i":1},{"i":2}]},{"items":[]},{"other":1},{"items":[{"i":3}]}]})";

/// The records of the page at `path`, with commas between them; the error's name if there are none.
std::string page_records(const char* path) {
    try {
        std::string lines = JsonPage::parse(kDocument).records(JsonPath::parse(path)).ndjson;
        if (!lines.empty()) lines.pop_back();
        std::ranges::replace(lines, '\n', ';');
        return lines;
    } catch (const NoRecordsError&) {
        return "no records";
    }
}

/// The same path, followed through a record.
std::string selected(const char* path) {
    JsonReader reader;
    std::string values;
    for (const JsonView& value : fetch::select_all(reader.parse(kDocument), JsonPath::parse(path)))
        values += (values.empty() ? "" : ";") + std::string(value->raw);
    return values;
}

TEST(JsonPaths, LeadToTheSameInPagesAndInRows) {
    const std::pair<const char*, const char*> table[] = {
        {"a[0:2]", R"({"n":1,"t":"x"};{"n":2,"t":"y","z":null})"},
        {"a[-1:]", R"({"n":"2"})"},
        {"a[::3]", R"({"n":1,"t":"x"};{"t":"x"})"},
        {"a[3:1]", ""},
        {"a[-100:1]", R"({"n":1,"t":"x"})"},
        {"b[0:2]", "[1,2];[3]"},
        {"b[*][0:1]", "1;3"},
        {"e[*]", ""},
        {"e[?(@.x)]", ""},
        {"a[?(@.n == 2)]", R"({"n":2,"t":"y","z":null})"},
        {"a[?(@.n == 2.0e0)]", R"({"n":2,"t":"y","z":null})"},
        {"a[?(@.n == '2')]", R"({"n":"2"})"},
        {"a[?(@.n > 1 && @.t == 'x')]", R"({"n":3.5,"t":"x","in":[7,8]})"},
        {"a[?(@.n >= 3.5 || @.t == 'y')]", R"({"n":2,"t":"y","z":null};{"n":3.5,"t":"x","in":[7,8]})"},
        {"a[?(!@.n)]", R"({"t":"x"})"},
        {"a[?(@.n != 1)]", R"({"n":2,"t":"y","z":null};{"n":3.5,"t":"x","in":[7,8]};{"t":"x"};{"n":"2"})"},
        {"a[?(@.z == null)]", R"({"n":2,"t":"y","z":null})"},
        {"a[?(@.t < 'y')]", R"({"n":1,"t":"x"};{"n":3.5,"t":"x","in":[7,8]};{"t":"x"})"},
        {"a[?(@.in[1] == 8)]", R"({"n":3.5,"t":"x","in":[7,8]})"},
        {"a[?(@.n == true)]", ""},
        {"a[?(@.in[?(@ > 7)])]", R"({"n":3.5,"t":"x","in":[7,8]})"},
    };
    for (const auto& [path, values] : table) {
        EXPECT_EQ(page_records(path), values) << path;
        EXPECT_EQ(selected(path), values) << path;
    }
}

TEST(JsonPaths, GoThroughEveryElementInTheMiddle) {
    EXPECT_EQ(page_records("groups[*].items"), R"({"i":1};{"i":2};{"i":3})");
    EXPECT_EQ(page_records("groups[*].items[*]"), R"({"i":1};{"i":2};{"i":3})");
    EXPECT_EQ(page_records("groups[-1].items"), R"({"i":3})");
    EXPECT_EQ(page_records("groups[?(@.items)].items[0:1]"), R"({"i":1};{"i":3})");
    EXPECT_EQ(selected("groups[*].items[*].i"), "1;2;3");
}

TEST(JsonPaths, AnArrayOfWhichNothingIsTakenHasNoRecordsAndIsNoMistake) {
    EXPECT_EQ(page_records("e[*].items"), "");
    EXPECT_EQ(page_records("groups[?(@.no)].items"), "");
    EXPECT_EQ(page_records("groups[1].items[*].deeper"), "");
    EXPECT_EQ(page_records("nothing[*].items"), "no records");
    EXPECT_EQ(page_records("groups[*].nothing"), "no records");
    EXPECT_EQ(page_records("groups[9].items"), "no records");
    EXPECT_EQ(page_records("a[-9]"), "no records");
}

TEST(JsonPaths, NegativeIndexesCountFromTheEnd) {
    const JsonPage page = JsonPage::parse(R"({"l":["a","b","c"]})");
    EXPECT_EQ(page.scalar(JsonPath::parse("l[-1]"))->text, "c");
    EXPECT_EQ(page.scalar(JsonPath::parse("l[-3]"))->text, "a");
    EXPECT_FALSE(page.scalar(JsonPath::parse("l[-4]")));
}

TEST(ScalarOrder, ComparesNumbersByTheirDigits) {
    // Each is above the one before it.
    const std::vector<const char*> ascending = {"-1e400",
                                                "-10",
                                                "-9.5",
                                                "-1e-400",
                                                "0",
                                                "1e-400",
                                                "0.1",
                                                "0.11",
                                                "1",
                                                "9007199254740992",
                                                "9007199254740993",
                                                "1e17",
                                                "123456789012345678901",
                                                "1e400",
                                                "1e99999999999999999999"};
    for (std::size_t i = 0; i < ascending.size(); ++i)
        for (std::size_t j = 0; j < ascending.size(); ++j)
            EXPECT_TRUE(fetch::compare_numbers(ascending[i], ascending[j]) == (i <=> j))
                << ascending[i] << ' ' << ascending[j];
    const std::pair<const char*, const char*> equal[] = {
        {"0", "-0.0e7"}, {"1", "1.000"}, {"100", "1E+2"}, {"0.00120", "12e-4"}, {"10", "10.0"}};
    for (const auto& [left, right] : equal)
        EXPECT_TRUE(fetch::compare_numbers(left, right) == 0) << left << ' ' << right;
}

TEST(RowFilters, KeepRowsForWhichAllHold) {
    using Kind = JsonScalar::Kind;
    struct Case {
        const char* path;
        CompareOp op;
        std::vector<JsonScalar> values;
        bool holds;
    };
    const std::vector<Case> table = {
        {"n", CompareOp::eq, {{Kind::number, "7"}}, true},
        {"n", CompareOp::eq, {{Kind::string, "7"}}, false},
        {"n", CompareOp::in, {{Kind::string, "7"}, {Kind::number, "7.0"}}, true},
        {"n", CompareOp::in, {}, false},
        {"n", CompareOp::lt, {{Kind::number, "10"}}, true},
        {"n", CompareOp::gt, {{Kind::string, "a"}}, false},
        {"d", CompareOp::ge, {{Kind::string, "2024-01-01"}}, true},
        {"ok", CompareOp::eq, {{Kind::boolean, "true"}}, true},
        {"ok", CompareOp::ne, {{Kind::boolean, "false"}}, true},
        {"ok", CompareOp::lt, {{Kind::boolean, "false"}}, false},
        {"gone", CompareOp::eq, {}, false},
        {"gone", CompareOp::ne, {{Kind::number, "1"}}, true},
        {"gone", CompareOp::exists, {}, false},
        {"gone", CompareOp::exists, {{Kind::boolean, "false"}}, true},
        {"none", CompareOp::exists, {}, true},
        {"none", CompareOp::eq, {}, true},
        {"list", CompareOp::eq, {{Kind::number, "1"}}, false},
        {"list", CompareOp::ne, {{Kind::number, "1"}}, true},
    };
    JsonReader reader;
    const JsonView row = reader.parse_record(R"({"n":7,"d":"2024-02-01","ok":true,"none":null,"list":[1]})");
    for (const auto& [path, op, values, holds] : table) {
        const RowFilter filter{JsonPath::parse(path), op, values};
        EXPECT_EQ(filter.holds(row), holds) << path << ' ' << static_cast<int>(op);
        EXPECT_EQ(keeps({filter}, row), holds);
        EXPECT_FALSE(keeps({filter, {JsonPath::parse("gone"), CompareOp::exists, {}}}, row));
    }
    EXPECT_TRUE(keeps({}, row));
}

}  // namespace
}  // namespace trawl
