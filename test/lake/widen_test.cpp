/// Columns whose type grows while rows are in them: the types that all rows at once would have had, the values exact.
#include "widen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log.hpp"
#include "table_test.hpp"
#include "temp_dir.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// One of each kind, alone and nested.
const std::vector<std::string>& values() {
    static const std::vector<std::string> all = {"null",
                                                 "true",
                                                 "1",
                                                 "9007199254740993",
                                                 "9223372036854775808",
                                                 "-99999999999999999999999999999999999999",
                                                 "100000000000000000000000000000000000000",
                                                 "0.1",
                                                 R"("a\"\u0000\n")",
                                                 "[]",
                                                 "[1,null]",
                                                 "[1.5]",
                                                 R"(["a"])",
                                                 "[[],[1]]",
                                                 R"([{"a":1},null])",
                                                 R"([{"a":"x","it's":[2.5]}])",
                                                 "{}",
                                                 R"({"a":1})",
                                                 R"({"a":"x"})",
                                                 R"({"a":1.5,"b":{}})",
                                                 R"({"b":{"c d":[{"e":1}]}})",
                                                 R"({"a":[1],"b":null})"};
    return all;
}

/// A record with every value once for each value, so that two records bring every pair together: "p<i>_<j>".
std::string pairs(bool second) {
    std::string record = "{\"id\":" + std::to_string(second ? 2 : 1);
    for (std::size_t i = 0; i < values().size(); ++i) {
        for (std::size_t j = 0; j < values().size(); ++j) {
            record += trawl::format(",\"p{}_{}\":{}", i, j, values()[second ? j : i]);
        }
    }
    return record + "}";
}

std::vector<std::string> types_in(const fs::path& lake) {
    std::vector<std::string> out;
    for (const QueryColumn& column : Lake(lake).query("FROM t").columns) out.push_back(column.name + " " + column.type);
    return out;
}

TEST(Widen, GivesTheTypesAndValuesOfAllRowsWrittenAtOnce) {
    ASSERT_LT(values().size() * values().size(), kMaxFields);
    const TempDir parts;
    write(parts.path(), pairs(false));
    write(parts.path(), pairs(true), appending());
    const TempDir whole;
    write(whole.path(), pairs(false) + "\n" + pairs(true));
    const auto found = types_in(parts.path());
    const auto wanted = types_in(whole.path());
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], wanted[i]);
    EXPECT_EQ(normal_forms(json_rows(parts.path())), normal_forms({pairs(false), pairs(true)}));
    EXPECT_EQ(read_table(parts.path(), "t")->schema, read_table(whole.path(), "t")->schema);
}

struct Growth {
    const char* before;
    const char* after;
    const char* type;
    std::vector<std::optional<std::string>> values;
};

TEST(Widen, KeepsOldValuesExactly) {
    const Growth table[] = {
        {"1", "1.5", "DOUBLE", {"1.0", "1.5"}},
        {"9007199254740993", "1.5", "VARCHAR", {"9007199254740993", "1.5"}},
        {"-7", "9223372036854775808", "DECIMAL(38,0)", {"-7", "9223372036854775808"}},
        {"1.5", "9007199254740993", "VARCHAR", {"1.5", "9007199254740993"}},
        {"7", R"("7")", "VARCHAR", {"7", "\"7\""}},
        {R"("a\"b")", "7", "VARCHAR", {R"("a\"b")", "7"}},
        {"true", "0", "VARCHAR", {"true", "0"}},
        {"null", "7", "BIGINT", {std::nullopt, "7"}},
        {"{}", R"({"a":1})", "STRUCT(a BIGINT)", {"{'a': NULL}", "{'a': 1}"}},
        {R"({"a":1})",
         R"({"a":1.5,"b":true})",
         "STRUCT(a DOUBLE, b BOOLEAN)",
         {"{'a': 1.0, 'b': NULL}", "{'a': 1.5, 'b': true}"}},
        {R"({"a":1,"b":[null,{"c":"x"}]})", "7", "VARCHAR", {R"({"a":1,"b":[null,{"c":"x"}]})", "7"}},
        {"[1,null,2]", "[1.5]", "DOUBLE[]", {"[1.0, NULL, 2.0]", "[1.5]"}},
        {"[[],[1]]", R"([["x"]])", "VARCHAR[][]", {"[[], [1]]", "[['\"x\"']]"}},
        {"[]", "[true]", "BOOLEAN[]", {"[]", "[true]"}},
    };
    for (const Growth& each : table) {
        const TempDir dir;
        write(dir.path(), trawl::format("{{\"n\":1,\"v\":{}}}", each.before));
        write(dir.path(), trawl::format("{{\"n\":2,\"v\":{}}}", each.after), appending());
        EXPECT_EQ(type_in(dir.path(), "v"), each.type) << each.before << " and " << each.after;
        EXPECT_THAT(rows(dir.path(), "SELECT v FROM t ORDER BY n"),
                    ElementsAre(Row{each.values[0]}, Row{each.values[1]}))
            << each.before << " and " << each.after;
    }
}

TEST(Widen, RewritesOnlyFilesThatHoldTheColumn) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    const auto first = read_table(dir.path(), "t");
    write(dir.path(), R"({"id":2,"v":1})", appending());
    const Committed done = write(dir.path(), R"({"id":3,"v":"x"})", appending());
    EXPECT_EQ(done.rewritten, 1);
    EXPECT_THAT(done.notes, Contains("v: was int, is JSON text from now on; old values were rewritten"));
    EXPECT_TRUE(read_table(dir.path(), "t")->files.contains(first->files.begin()->first));
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"),
                ElementsAre(Row{"1", std::nullopt}, Row{"2", "1"}, Row{"3", "\"x\""}));
}

TEST(Widen, TellsWhichPlaceChanged) {
    const TempDir dir;
    write(dir.path(), R"({"id":1,"o":{"p":1,"q":[1]},"s":"x","n":null})");
    const Committed done = write(dir.path(), R"({"id":2,"o":{"p":2.5,"q":["x"],"r":1},"s":"y","n":"z"})", appending());
    EXPECT_THAT(done.notes, ElementsAre("o.p: was int, is double from now on; old values were rewritten",
                                        "o.q[]: was int, is JSON text from now on; old values were rewritten",
                                        HasSubstr("o.q[]: kept as JSON text")));
}

TEST(Widen, TouchesNothingWhenOnlyColumnsAreAdded) {
    const TempDir dir;
    write(dir.path(), R"({"id":1,"o":{"p":1},"n":null,"e":{}})");
    const Committed done = write(dir.path(), R"({"new":1,"o":{"q":1},"n":"x","e":{}})", appending());
    EXPECT_EQ(done.rewritten, 0);
    EXPECT_EQ(type_in(dir.path(), "o"), "STRUCT(p BIGINT, q BIGINT)");
}

TEST(Widen, LooksAtEveryFileForNumbersThatADoubleCannotHold) {
    const TempDir dir;
    write(dir.path(), R"({"v":[{"w":[1,null]}]})");
    write(dir.path(), R"({"v":[{"w":[2]},{"w":[3,9007199254740993]}]})", appending());
    write(dir.path(), R"({"v":[{"w":[0.5]}]})", appending());
    EXPECT_EQ(type_in(dir.path(), "v"), "STRUCT(w VARCHAR[])[]");
    EXPECT_EQ(normal_forms(json_rows(dir.path())),
              normal_forms({R"({"v":[{"w":[1,null]}]})", R"({"v":[{"w":[2]},{"w":[3,9007199254740993]}]})",
                            R"({"v":[{"w":[0.5]}]})"}));
}

TEST(Widen, KeepsRecordsWholeOnceThereAreTooManyKeys) {
    const TempDir dir;
    const std::string narrow = R"({"id":1,"a b":"x","o":{"p":[1.5]},"none":null})";
    write(dir.path(), narrow);
    std::string wide = R"({"id":2)";
    for (std::size_t i = 0; i < kMaxFields; ++i) wide += ",\"k" + std::to_string(i) + "\":0";
    wide += "}";
    write(dir.path(), wide, appending());
    EXPECT_EQ(types_in(dir.path()), std::vector<std::string>{"value VARCHAR"});
    EXPECT_EQ(normal_forms(json_rows(dir.path())), normal_forms({narrow, wide}));
}

TEST(Widen, KeepsColumnsInTheirPlaceAndByTheirName) {
    const TempDir dir;
    write(dir.path(), R"({"b":1,"a b":2})");
    write(dir.path(), R"({"a_b":1,"A B":"x","b":"y","a b":"z"})", appending());
    EXPECT_THAT(types_in(dir.path()), ElementsAre("b VARCHAR", "a_b VARCHAR", "a_b_2 BIGINT", "A_B_3 VARCHAR"));
}

TEST(Widen, RefusesNumbersThatJsonHasNoTextFor) {
    Type real = Kind::real;
    EXPECT_THAT(json_text(real, "v"), HasSubstr("error('the table holds the number '"));
    const TempDir dir;
    write(dir.path(), R"({"v":1.5})");
    Lake lake(dir.path());
    EXPECT_THROW(lake.query("SELECT " + json_text(real, "v") + " FROM (SELECT 'nan'::DOUBLE AS v)"), QueryError);
    EXPECT_THAT(lake.query("SELECT " + json_text(real, "v") + " FROM t").rows, ElementsAre(Row{"1.5"}));
}

TEST(Widen, LeavesAnAppendOnlyTableAlone) {
    const TempDir dir;
    write(dir.path(), R"({"v":1})");
    auto table = read_table(dir.path(), "t");
    table->configuration["delta.appendOnly"] = "true";
    Entry entry;
    entry.metadata = *table;
    ASSERT_TRUE(put_if_absent(dir.path() / "t" / "_delta_log", entry_name(1), to_text(entry)));
    EXPECT_THROW(write(dir.path(), R"({"v":"x"})", appending()), LakeError);
    EXPECT_THROW(write(dir.path(), R"({"v":1})", merging({"v"})), LakeError);
    EXPECT_THROW(write(dir.path(), R"({"v":1})"), LakeError);
    EXPECT_EQ(write(dir.path(), R"({"v":2,"w":1})", appending()).version, 2);
}

}  // namespace
}  // namespace trawl::lake
