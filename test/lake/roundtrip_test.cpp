/// Records through Parquet and back, compared exactly: every trap that readers of JSON are known to fall into.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temp_dir.hpp"
#include "trawl/base/format.hpp"
#include "trawl/lake/query.hpp"
#include "trawl/lake/writer.hpp"

namespace trawl {
namespace {

using lake::TempDir;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Row = std::vector<std::optional<std::string>>;

struct Trip {
    const char* what;
    std::vector<std::string> values;  ///< of the key "v", one record each
    std::string type;                 ///< DuckDB's, of the column
    std::vector<std::optional<std::string>> read_back;
};

const std::optional<std::string> null;

std::vector<Trip> number_trips() {
    return {
        {"late fraction in a whole column", {"1", "2", "1.75"}, "DOUBLE", {"1.0", "2.0", "1.75"}},
        {"big and fraction", {"9007199254740993", "0.5"}, "VARCHAR", {"9007199254740993", "0.5"}},
        {"limits of 64 bits",
         {"-9223372036854775808", "9223372036854775807"},
         "BIGINT",
         {"-9223372036854775808", "9223372036854775807"}},
        {"unsigned 64 bits", {"18446744073709551615", "-1"}, "DECIMAL(38,0)", {"18446744073709551615", "-1"}},
        {"thirty digits", {"123456789012345678901234567890"}, "DECIMAL(38,0)", {"123456789012345678901234567890"}},
        {"thirty-eight nines",
         {"-99999999999999999999999999999999999999"},
         "DECIMAL(38,0)",
         {"-99999999999999999999999999999999999999"}},
        {"thirty-nine digits",
         {"100000000000000000000000000000000000000"},
         "VARCHAR",
         {"100000000000000000000000000000000000000"}},
        {"beyond double", {"1e400", "1"}, "VARCHAR", {"1e400", "1"}},
        {"more digits than a double has", {"0.12345678901234567890"}, "VARCHAR", {"0.12345678901234567890"}},
        {"negative zero", {"-0", "0"}, "DOUBLE", {"-0.0", "0.0"}},
        {"exponents", {"1E5", "1.0", "1", "2.5e-7"}, "DOUBLE", {"100000.0", "1.0", "1.0", "2.5e-07"}},
        {"smallest and largest double",
         {"5e-324", "1.7976931348623157e308"},
         "DOUBLE",
         {"5e-324", "1.7976931348623157e+308"}},
        {"number and string", {"7", "\"7\""}, "VARCHAR", {"7", "\"7\""}},
        {"bool and number", {"true", "1"}, "VARCHAR", {"true", "1"}},
    };
}

std::vector<Trip> text_trips() {
    return {
        {"dates stay text",
         {R"("2024-01-01T00:00:00+02:00")", R"("2024-01-01")"},
         "VARCHAR",
         {"2024-01-01T00:00:00+02:00", "2024-01-01"}},
        {"numbers in quotes",
         {R"("007")", R"("1e5")", R"("true")", R"("null")", R"("")"},
         "VARCHAR",
         {"007", "1e5", "true", "null", ""}},
        {"a zero byte", {R"("a\u0000b")"}, "VARCHAR", {std::string("a\0b", 3)}},
        {"escapes", {R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")"}, "VARCHAR", {"\"\\/\b\f\n\r\t\u00e9\U0001F600"}},
        {"missing and null", {"null", R"("x")"}, "VARCHAR", {null, "x"}},
        {"never a value", {"null", "null"}, "VARCHAR", {null, null}},
    };
}

std::vector<Trip> nested_trips() {
    return {
        {"empty objects", {"{}", "null"}, "VARCHAR", {"{}", null}},
        {"empty and full objects", {"{}", R"({"a":1})", "null"}, "STRUCT(a BIGINT)", {"{'a': NULL}", "{'a': 1}", null}},
        {"empty lists", {"[]", "null"}, "VARCHAR[]", {"[]", null}},
        {"lists of nothing", {"[null,null]", "[]"}, "VARCHAR[]", {"[NULL, NULL]", "[]"}},
        {"lists", {"[1,null,2.5]", "[]", "null"}, "DOUBLE[]", {"[1.0, NULL, 2.5]", "[]", null}},
        {"lists in lists", {"[[1],[],null]", "[]", "[[2,3]]"}, "BIGINT[][]", {"[[1], [], NULL]", "[]", "[[2, 3]]"}},
        {"a late key",
         {R"([{"a":1}])", R"([{"b":[true]},null])"},
         "STRUCT(a BIGINT, b BOOLEAN[])[]",
         {"[{'a': 1, 'b': NULL}]", "[{'a': NULL, 'b': [true]}, NULL]"}},
        {"object and scalar",
         {R"({ "a" : [1, 2.50] })", "7", R"("x")", "null"},
         "VARCHAR",
         {R"({ "a" : [1, 2.50] })", "7", "\"x\"", null}},
        {"conflict within a list", {R"([1,"a",{}])"}, "VARCHAR[]", {R"([1, '"a"', '{}'])"}},
        {"duplicate keys with lists",
         {R"({"a":[1,2],"b":1,"a":[3]})", R"({"a":[4]})"},
         "STRUCT(a BIGINT[], b BIGINT)",
         {"{'a': [3], 'b': 1}", "{'a': [4], 'b': NULL}"}},
        {"duplicate key, then null",
         {R"({"a":[1,2],"a":null})", R"({"a":null,"a":[4]})"},
         "STRUCT(a BIGINT[])",
         {"{'a': NULL}", "{'a': [4]}"}},
    };
}

void expect_round_trip(const Trip& trip) {
    SCOPED_TRACE(trip.what);
    const TempDir dir;
    TableWriter writer(dir.path(), "t");
    for (std::size_t i = 0; i < trip.values.size(); ++i) {
        writer.append("{\"n\":" + std::to_string(i) + ",\"v\":" + trip.values[i] + "}\n");
    }
    writer.commit();
    const QueryResult result = Lake(dir.path()).query("SELECT v FROM t ORDER BY n");
    EXPECT_EQ(result.columns.at(0).type, trip.type);
    std::vector<std::optional<std::string>> found;
    for (const Row& row : result.rows) found.push_back(row.at(0));
    EXPECT_EQ(found, trip.read_back);
}

TEST(RoundTrip, Numbers) {
    for (const Trip& trip : number_trips()) expect_round_trip(trip);
}
TEST(RoundTrip, Texts) {
    for (const Trip& trip : text_trips()) expect_round_trip(trip);
}
TEST(RoundTrip, Nested) {
    for (const Trip& trip : nested_trips()) expect_round_trip(trip);
}

QueryResult through(const std::string& records, std::vector<std::string>* notes = nullptr) {
    const TempDir dir;
    TableWriter writer(dir.path(), "t");
    writer.append(records);
    const Committed done = writer.commit();
    if (notes != nullptr) *notes = done.notes;
    return Lake(dir.path()).query("FROM t");
}

std::vector<std::string> names(const QueryResult& result) {
    std::vector<std::string> out;
    for (const QueryColumn& column : result.columns) out.push_back(column.name);
    return out;
}

TEST(RoundTrip, KeysBecomeColumnNamesThatDeltaAllows) {
    std::vector<std::string> notes;
    const QueryResult result = through(
        R"({"id":1,"ID":2,"Id":3,"a b":4,"a_b":5,"":6,"x.y":7,"it's \"q\"":8,"été":9,"ÉTÉ":10,"k\u0000\n":11,"a,b;{}()=":12,"filename":13})",
        &notes);
    EXPECT_THAT(names(result), ElementsAre("id_3", "ID", "Id_2", "a_b_2", "a_b", "_", "x.y", "it's_\"q\"", "été_2",
                                           "ÉTÉ", "k__", "a_b______", "filename"));
    EXPECT_EQ(result.rows.at(0), (Row{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"}));
    EXPECT_THAT(notes, Contains(HasSubstr("a_b_2: renamed from \"a b\"")));
}

// Other readers lower names by all of Unicode's tables, and refuse a table where two are the same then.
TEST(RoundTrip, KeysThatOnlyAFullLoweringMakesTheSameAreRenamed) {
    for (const char* record : {"{\"\u0130\":1,\"i\u0307\":2}", "{\"a\u03a3\":1,\"a\u03c2\":2}"}) {
        std::vector<std::string> notes;
        (void)through(record, &notes);
        EXPECT_THAT(notes, Contains(HasSubstr("renamed from"))) << record;
    }
}

TEST(RoundTrip, NestedKeysAreRenamedToo) {
    const QueryResult result = through(R"({"s":{"a b":1,"A_B":2,"":3},"l":[{"x y":1}]})");
    EXPECT_EQ(result.columns.at(0).type, "STRUCT(a_b_2 BIGINT, A_B BIGINT, _ BIGINT)");
    EXPECT_EQ(result.rows.at(0), (Row{"{'a_b_2': 1, 'A_B': 2, '_': 3}", "[{'x_y': 1}]"}));
}

TEST(RoundTrip, RecordsThatAreNoObjectsGoToValue) {
    const QueryResult result = through("7\n[1]\n\"x\"\nnull\n{\"value\":true}");
    EXPECT_THAT(names(result), ElementsAre("value"));
    EXPECT_THAT(result.rows, ElementsAre(Row{"7"}, Row{"[1]"}, Row{"\"x\""}, Row{null}, Row{"true"}));
}

TEST(RoundTrip, RecordsWithoutKeysAreKeptWhole) {
    const QueryResult result = through("{}\n{ }");
    EXPECT_THAT(result.rows, ElementsAre(Row{"{}"}, Row{"{ }"}));
}

TEST(RoundTrip, RecordsWithTooManyKeysAreKeptWhole) {
    std::string wide = "{\"k\":1";
    for (std::size_t i = 0; i < kMaxFields; ++i) wide += ",\"k" + std::to_string(i) + "\":" + std::to_string(i);
    wide += "}";
    const QueryResult result = through(wide + "\n{\"a\":1}");
    EXPECT_THAT(result.rows, ElementsAre(Row{wide}, Row{R"({"a":1})"}));
}

TEST(RoundTrip, ARecordLargerThanAnyBuffer) {
    const std::string big(20 << 20, 'x');
    const QueryResult result = through(R"({"a":1,"s":")" + big + "\"}\n{\"a\":2}");
    ASSERT_EQ(result.rows.size(), 2U);
    EXPECT_EQ(result.rows[0].at(1), big);
    EXPECT_EQ(result.rows[1], (Row{"2", null}));
}

TEST(RoundTrip, ListsLongerThanAVector) {
    std::string records;
    for (int i = 0; i < 3000; ++i) {
        records += "{\"n\":" + std::to_string(i) + ",\"l\":[";
        for (int k = 0; k < i % 7; ++k) records += trawl::format("{}{{\"v\":[\"{}\",null]}}", k > 0 ? "," : "", i);
        records += "]}\n";
    }
    records += "{\"n\":3000,\"l\":[" + [] {
        std::string items = "{\"v\":[]}";
        for (int k = 1; k < 10'000; ++k) items += ",{\"v\":[\"x\"]}";
        return items;
    }() + "]}\n";
    const TempDir dir;
    TableWriter writer(dir.path(), "t");
    writer.append(records);
    writer.commit();
    Lake lake(dir.path());
    EXPECT_THAT(lake.query("SELECT count(*) FROM t WHERE n < 3000 AND len(l) <> n % 7").rows, ElementsAre(Row{"0"}));
    EXPECT_THAT(lake.query("SELECT count(*) FROM (SELECT n, unnest(l) AS i FROM t WHERE n < 3000) "
                           "WHERE i.v[1] <> n::VARCHAR OR len(i.v) <> 2 OR i.v[2] IS NOT NULL")
                    .rows,
                ElementsAre(Row{"0"}));
    EXPECT_THAT(
        lake.query("SELECT len(l), sum(len(i.v)) FROM (SELECT l, unnest(l) AS i FROM t WHERE n = 3000) GROUP BY 1")
            .rows,
        ElementsAre(Row{"10000", "9999"}));
}

TEST(RoundTrip, DeepNestingEndsInJsonText) {
    std::string deep = "1";
    for (int i = 0; i < kMaxDepth + 5; ++i) deep = R"({"d":)" + deep + "}";
    std::vector<std::string> notes;
    const QueryResult result = through(deep, &notes);
    EXPECT_THAT(result.rows.at(0).at(0).value(), HasSubstr(R"('{"d":{"d":{"d":{"d":1}}}}')"));
    EXPECT_THAT(notes, Contains(HasSubstr("kept as JSON text")));
}

TEST(RoundTrip, TheUserIsToldWhatBecameOfTheKeys) {
    std::vector<std::string> notes;
    through(R"({"a":1,"a":2,"n":null,"e":{},"l":[1,"x"]})", &notes);
    EXPECT_THAT(notes,
                ElementsAre(HasSubstr("n: never had a value"), HasSubstr("e: only ever the empty object"),
                            HasSubstr("l[]: kept as JSON text"), HasSubstr("1 times an object had a key twice")));
}

}  // namespace
}  // namespace trawl
