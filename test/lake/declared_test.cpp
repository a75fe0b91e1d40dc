/// Columns whose type is declared: what each takes, what it refuses, and what a table that is there makes of it.
#include "declared.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "table_test.hpp"
#include "temp_dir.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Columns = std::vector<DeclaredColumn>;

Committed write_declared(const fs::path& lake, std::string_view records, const Columns& columns,
                         const CommitOptions& options = CommitOptions()) {
    WriterOptions with;
    with.columns = columns;
    TableWriter writer(lake, "t", with);
    writer.append(records);
    return writer.commit(options);
}

Columns declared(const Type& type, bool nullable = true) { return {{"v", type, nullable}}; }

std::string record(std::string_view value) { return trawl::format("{{\"n\":1,\"v\":{}}}\n", value); }

/// What the error of `call` says; "" if there is none.
template <class Exception, class Call>
std::string error_of(Call call) {
    try {
        call();
    } catch (const Exception& error) {
        return error.what();
    }
    return "";
}

std::string refusal(const Type& type, std::string_view value, bool nullable = true) {
    const TempDir dir;
    return error_of<SchemaError>([&] { write_declared(dir.path(), record(value), declared(type, nullable)); });
}

struct Reading {
    Type type;
    const char* sql_type;
    const char* value;
    std::optional<std::string> read;
};

TEST(Declared, TakesWhatReadsAsTheType) {
    const Reading table[] = {
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", R"("2024-02-29T13:45:07Z")", "2024-02-29 13:45:07+00"},
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", R"("2024-02-29T13:45:07.1234567+02:00")",
         "2024-02-29 11:45:07.123456+00"},
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", R"("2024-02-29 13:45")", "2024-02-29 13:45:00+00"},
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", R"("2024-02-29")", "2024-02-29 00:00:00+00"},
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", "1709214307", "2024-02-29 13:45:07+00"},
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", "1709214307.25", "2024-02-29 13:45:07.25+00"},
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", "-1", "1969-12-31 23:59:59+00"},
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", "1e-9", "1970-01-01 00:00:00+00"},
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", R"("0001-01-01T00:00:00Z")", "0001-01-01 00:00:00+00"},
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", R"("9999-12-31T23:59:59.999999Z")",
         "9999-12-31 23:59:59.999999+00"},
        {Kind::timestamp, "TIMESTAMP WITH TIME ZONE", "null", std::nullopt},
        {Kind::date, "DATE", R"("2024-02-29")", "2024-02-29"},
        {Kind::date, "DATE", R"("1969-12-31T00:00:00Z")", "1969-12-31"},
        {Kind::date, "DATE", R"("9999-12-31")", "9999-12-31"},
        {Kind::date, "DATE", "null", std::nullopt},
        {Type::fixed_of(10, 2), "DECIMAL(10,2)", "12.5", "12.50"},
        {Type::fixed_of(4, 2), "DECIMAL(4,2)", R"("-99.99")", "-99.99"},
        {Type::fixed_of(9, 0), "DECIMAL(9,0)", "1e8", "100000000"},
        {Type::fixed_of(18, 9), "DECIMAL(18,9)", "0.000000001", "0.000000001"},
        {Type::fixed_of(38, 9), "DECIMAL(38,9)", "-12345678901234567890123456789.123456789",
         "-12345678901234567890123456789.123456789"},
        {Type::fixed_of(38, 0), "DECIMAL(38,0)", "99999999999999999999999999999999999999",
         "99999999999999999999999999999999999999"},
        {Type::fixed_of(5, 5), "DECIMAL(5,5)", "0", ".00000"},
        {Kind::int64, "BIGINT", "7", "7"},
        {Kind::int64, "BIGINT", R"("-9223372036854775808")", "-9223372036854775808"},
        {Kind::int64, "BIGINT", "7.0", "7"},
        {Kind::int64, "BIGINT", "-0", "0"},
        {Kind::real, "DOUBLE", "7", "7.0"},
        {Kind::real, "DOUBLE", R"("1.5e3")", "1500.0"},
        {Kind::real, "DOUBLE", "9007199254740993", "9007199254740992.0"},
        {Kind::boolean, "BOOLEAN", "true", "true"},
        {Kind::boolean, "BOOLEAN", R"("false")", "false"},
        {Kind::boolean, "BOOLEAN", "1", "true"},
        {Kind::string, "VARCHAR", "7.10", "7.10"},
        {Kind::string, "VARCHAR", R"("a")", "a"},
        {Kind::string, "VARCHAR", R"({"a":[1]})", R"({"a":[1]})"},
        {Kind::json, "VARCHAR", R"("a")", R"("a")"},
        {Kind::json, "VARCHAR", R"({"a":[1]})", R"({"a":[1]})"},
    };
    Columns columns;
    std::string members;
    for (const Reading& each : table) {
        const std::string key = trawl::format("c{}", columns.size());
        members += trawl::format("{}\"{}\":{}", members.empty() ? "" : ",", key, each.value);
        columns.push_back({key, each.type});
    }
    const TempDir dir;
    const Committed done = write_declared(dir.path(), "{" + members + "}", columns);
    EXPECT_THAT(done.notes, IsEmpty());
    const QueryResult found = Lake(dir.path()).query("FROM t");
    ASSERT_EQ(found.columns.size(), columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        EXPECT_EQ(found.columns[i].type, table[i].sql_type) << table[i].value;
        EXPECT_EQ(found.rows.at(0)[i], table[i].read) << table[i].value;
    }
}

TEST(Declared, RefusesWhatDoesNotReadAsTheType) {
    const std::pair<Type, std::vector<const char*>> table[] = {
        {Kind::timestamp,
         {R"("yesterday")", R"("1709214307")", "1709214307000", "1e300", R"("2023-02-29")", R"("0000-01-01")", "true",
          R"("9999-12-31T23:59:59-01:00")", R"("")", "[]", R"({"a":1})"}},
        {Kind::date, {R"("2024-02-29T13:45:07Z")", R"("2024-02-29T00:00:00+02:00")", R"("2024-02")", "0", "[]"}},
        {Type::fixed_of(4, 2), {"100", "1.234", R"("x")", "1e-3", "true", "[]"}},
        {Kind::int64, {"1.5", "9223372036854775808", "1e19", R"("7x")", "true", "[]"}},
        {Kind::real, {"1e400", R"("NaN")", R"("")", "true", "[]"}},
        {Kind::boolean, {"2", R"("yes")", "[]", R"({"true":1})"}},
    };
    for (const auto& [type, values] : table) {
        for (const char* value : values)
            EXPECT_THAT(refusal(type, value), HasSubstr(trawl::format("v: {} is no ", value))) << to_string(type);
    }
}

TEST(Declared, AnErrorNamesTheTableTheColumnTheRecordAndTheValue) {
    const TempDir dir;
    const std::string text = error_of<SchemaError>([&] {
        write_declared(dir.path(), record(R"("2024-01-01")") + record(R"("soon")"), declared(Kind::timestamp));
    });
    EXPECT_THAT(text, AllOf(HasSubstr("record 2 for table t: v: \"soon\" is no timestamp: it takes ISO 8601"),
                            HasSubstr("it begins with {\"n\":1,\"v\":\"soon\"}")));
    EXPECT_THAT(everything_below(dir.path()), IsEmpty());
}

TEST(Declared, SaysWhereMillisecondsBelong) {
    EXPECT_THAT(refusal(Kind::timestamp, "1709214307000"), HasSubstr("milliseconds: declare a bigint"));
}

TEST(Declared, NeedsAValueWhereItMayNotBeNull) {
    EXPECT_THAT(refusal(Kind::date, "null", false), HasSubstr("v is null, and is declared nullable = false"));
    const TempDir dir;
    const std::string text = error_of<SchemaError>(
        [&] { write_declared(dir.path(), record(R"("2024-01-01")") + "{\"n\":2}\n", declared(Kind::date, false)); });
    EXPECT_THAT(text, HasSubstr("record 2 for table t: v is not there, and is declared nullable = false"));
    EXPECT_EQ(refusal(Kind::date, R"("2024-01-01")", false), "");
}

TEST(Declared, HasItsTypeWithoutAValue) {
    const TempDir dir;
    const Committed done = write_declared(dir.path(), R"({"amount":1})", declared(Kind::timestamp));
    EXPECT_EQ(type_in(dir.path(), "v"), "TIMESTAMP WITH TIME ZONE");
    EXPECT_THAT(done.notes, ElementsAre("v: declared, but no record has it"));
    const Committed typo = write_declared(dir.path(), R"({"created":"2024-01-01"})", {{"creatd", Kind::date}});
    EXPECT_THAT(typo.notes, ElementsAre("creatd: declared, but no record has it; did you mean 'created'?"));
}

TEST(Declared, KeepsThePlaceThatItsKeyHasInTheRecords) {
    const TempDir dir;
    write_declared(dir.path(), R"({"a":1,"v":"2024-01-01","b":2})", declared(Kind::date));
    std::vector<std::string> names;
    for (const QueryColumn& column : Lake(dir.path()).query("FROM t").columns) names.push_back(column.name);
    EXPECT_THAT(names, ElementsAre("a", "v", "b"));
}

TEST(Declared, MakesATableWithoutARecord) {
    const TempDir dir;
    write_declared(dir.path(), "", {{"id", Kind::int64}, {"v", Type::fixed_of(10, 2)}}, merging({"id"}));
    EXPECT_EQ(type_in(dir.path(), "v"), "DECIMAL(10,2)");
    EXPECT_THAT(rows(dir.path(), "FROM t"), IsEmpty());
    write_declared(dir.path(), R"({"id":1,"v":"1.5"})", {}, merging({"id"}));
    EXPECT_THAT(rows(dir.path(), "FROM t"), ElementsAre(Row{"1", "1.50"}));
}

TEST(Declared, WithoutARecordAddsTheColumnsThatATableLacks) {
    for (const Disposition disposition : {Disposition::append, Disposition::merge, Disposition::replace}) {
        const TempDir dir;
        write(dir.path(), R"({"id":1,"old":"x"})");
        CommitOptions options = merging({"id"});
        options.disposition = disposition;
        const Committed done = write_declared(dir.path(), "", declared(Kind::date), options);
        EXPECT_EQ(done.version, 1);
        EXPECT_EQ(type_in(dir.path(), "v"), "DATE");
        EXPECT_EQ(type_in(dir.path(), "old"), "VARCHAR");
        const std::size_t left = disposition == Disposition::replace ? 0 : 1;
        EXPECT_EQ(rows(dir.path(), "FROM t").size(), left);
    }
}

TEST(Declared, WithoutARecordAndWithTheSameColumnsPublishesNothing) {
    const TempDir dir;
    write_declared(dir.path(), record(R"("2024-01-01")"), declared(Kind::date));
    write_declared(dir.path(), "", declared(Kind::date), appending());
    EXPECT_EQ(read_table(dir.path(), "t")->version, 0);
}

TEST(Declared, WithoutARecordAReplacedTableGetsTheDeclaredType) {
    const TempDir dir;
    write(dir.path(), record(R"("2024-01-01")"));
    write_declared(dir.path(), "", declared(Kind::date));
    EXPECT_EQ(type_in(dir.path(), "v"), "DATE");
    EXPECT_EQ(type_in(dir.path(), "n"), "BIGINT");
}

TEST(Declared, StaysWhatItIsWhenRowsComeUndeclared) {
    const std::pair<Type, std::pair<const char*, const char*>> table[] = {
        {Kind::timestamp, {R"("2024-01-02T00:00:00+01:00")", "2024-01-01 23:00:00+00"}},
        {Kind::timestamp, {"86400", "1970-01-02 00:00:00+00"}},
        {Kind::date, {R"("2024-01-02")", "2024-01-02"}},
        {Type::fixed_of(10, 2), {"7", "7.00"}},
    };
    Columns columns;
    std::string members;
    for (const auto& [type, values] : table) {
        columns.push_back({trawl::format("c{}", columns.size()), type});
        members += trawl::format(",\"{}\":{}", columns.back().key, values.first);
    }
    const TempDir dir;
    write_declared(dir.path(), "", columns);
    write(dir.path(), "{\"n\":1" + members + "}\n{\"n\":2,\"c0\":null}", appending());
    const std::vector<Row> found = rows(dir.path(), "SELECT * EXCLUDE n FROM t ORDER BY n");
    for (std::size_t i = 0; i < columns.size(); ++i) {
        EXPECT_EQ(found.at(0).at(i), table[i].second.second);
        EXPECT_EQ(found.at(1).at(i), std::nullopt);
    }
}

TEST(Declared, RefusesUndeclaredRowsThatItsColumnDoesNotTake) {
    const TempDir dir;
    write_declared(dir.path(), record(R"("2024-01-01")"), declared(Kind::timestamp));
    for (const char* value : {R"("soon")", "[1]", R"({"a":1})", "true"}) {
        const std::string text =
            error_of<SchemaError>([&] { write(dir.path(), record("null") + record(value), appending()); });
        EXPECT_THAT(text, AllOf(HasSubstr((dir.path() / "t").string()),
                                HasSubstr(trawl::format("record 2: v: {} is no timestamp", value))));
    }
    EXPECT_EQ(read_table(dir.path(), "t")->version, 0);
}

TEST(Declared, IsRefusedWhereTheTableHasAnotherType) {
    struct Clash {
        const char* there;
        Type type;
        const char* value;
        const char* says;
    };
    const Clash table[] = {
        {R"("2024-01-01")", Kind::timestamp, R"("2024-01-01")", "its column v is text, and is declared timestamp now"},
        {"1", Kind::string, "1", "its column v is bigint, and is declared text now"},
        {"1.5", Kind::int64, "1", "its column v is double, and is declared bigint now"},
        {"9007199254740993", Kind::real, "1.5", "its column v is bigint, and is declared double now"},
        {"9223372036854775808", Kind::int64, "1", "its column v is decimal(38,0), and is declared bigint now"},
        {"[1]", Kind::date, R"("2024-01-01")", "its column v is a list, and is declared date now"},
    };
    for (const Clash& each : table) {
        const TempDir dir;
        write(dir.path(), record(each.there));
        const std::string text = error_of<SchemaError>(
            [&] { write_declared(dir.path(), record(each.value), declared(each.type), appending()); });
        EXPECT_THAT(text, AllOf(HasSubstr(each.says), HasSubstr("replace the table")));
        write_declared(dir.path(), record(each.value), declared(each.type));
        EXPECT_EQ(rows(dir.path(), "FROM t").size(), 1U);
    }
}

TEST(Declared, IsRefusedWhereTheTableHasAnotherDeclaredType) {
    const std::pair<Type, Type> table[] = {{Kind::date, Kind::timestamp},
                                           {Kind::timestamp, Kind::json},
                                           {Type::fixed_of(10, 2), Type::fixed_of(12, 2)},
                                           {Type::fixed_of(10, 2), Kind::real}};
    for (const auto& [before, after] : table) {
        const TempDir dir;
        write_declared(dir.path(), "", declared(before));
        EXPECT_THAT(error_of<SchemaError>([&] { write_declared(dir.path(), "", declared(after), appending()); }),
                    HasSubstr("values that are there are not read anew"));
    }
}

TEST(Declared, WidensOldValuesThatItHoldsExactly) {
    const std::pair<std::pair<const char*, Type>, const char*> table[] = {
        {{"7", Kind::real}, "7.0"}, {{"7", Kind::int64}, "7"},          {{"7", Kind::decimal}, "7"},
        {{"7", Kind::json}, "7"},   {{R"("a")", Kind::json}, R"("a")"}, {{"null", Kind::timestamp}, nullptr},
    };
    Columns columns;
    std::string members;
    for (const auto& [old, read] : table) {
        columns.push_back({trawl::format("c{}", columns.size()), old.second});
        members += trawl::format(",\"{}\":{}", columns.back().key, old.first);
    }
    const TempDir dir;
    write(dir.path(), "{\"n\":1" + members + "}");
    write_declared(dir.path(), "{\"n\":2}", columns, appending());
    const Row found = rows(dir.path(), "SELECT * EXCLUDE n FROM t WHERE n = 1").at(0);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const char* read = table[i].second;
        EXPECT_EQ(found.at(i), read == nullptr ? std::nullopt : std::optional<std::string>(read)) << i;
    }
}

TEST(Declared, ATimestampInAKeyIsAMomentAndNoText) {
    const TempDir dir;
    const Columns columns = declared(Kind::timestamp);
    write_declared(dir.path(), R"({"v":"2024-01-01T00:00:00Z","x":1})", columns);
    const Committed done = write_declared(dir.path(),
                                          R"({"v":"2024-01-01T01:00:00+01:00","x":2}
{"v":1704067200,"x":3}
{"v":"2024-01-01T00:00:00.5Z","x":4})",
                                          columns, merging({"v"}));
    EXPECT_EQ(done.superseded, 1);
    EXPECT_EQ(done.replaced, 1);
    EXPECT_THAT(rows(dir.path(), "SELECT x FROM t ORDER BY x"), ElementsAre(Row{"3"}, Row{"4"}));
}

TEST(Declared, MergesByADecimal) {
    const TempDir dir;
    const Columns columns = declared(Type::fixed_of(10, 2));
    write_declared(dir.path(), R"({"v":"1.50","x":1})", columns);
    write_declared(dir.path(), R"({"v":1.5,"x":2})", columns, merging({"v"}));
    EXPECT_THAT(rows(dir.path(), "FROM t"), ElementsAre(Row{"1.50", "2"}));
}

TEST(Declared, OfAKeyThatIsThereTwiceTheLastValueCounts) {
    const TempDir dir;
    write_declared(dir.path(), R"({"v":"soon","v":"2024-01-01"})", declared(Kind::date));
    EXPECT_THAT(rows(dir.path(), "FROM t"), ElementsAre(Row{"2024-01-01"}));
}

TEST(Declared, IsNoColumnInsideAnObject) {
    const TempDir dir;
    const Columns columns = {{"owner.created", Kind::date}};
    EXPECT_THAT(
        error_of<SchemaError>([&] { write_declared(dir.path(), R"({"owner":{"created":"2024-01-01"}})", columns); }),
        HasSubstr("owner.created is inside an object or a list"));
    write_declared(dir.path(), R"({"owner.created":"2024-01-01","owner":{"id":1}})", columns);
    EXPECT_EQ(type_in(dir.path(), "owner.created"), "DATE");
}

TEST(Declared, IsRefusedWhereRecordsAreKeptWhole) {
    const TempDir dir;
    std::string wide = "{\"v\":\"2024-01-01\"";
    for (std::size_t i = 0; i <= kMaxFields; ++i) wide += trawl::format(",\"k{}\":1", i);
    EXPECT_THAT(error_of<SchemaError>([&] { write_declared(dir.path(), wide + "}", declared(Kind::date)); }),
                HasSubstr("records are kept whole"));
}

TEST(Declared, KeepsAMomentInWholeRecords) {
    const TempDir dir;
    write_declared(
        dir.path(), R"({"v":"2024-01-01T00:00:00.5Z","d":"2024-01-01","p":1.5,"q":-0.5})",
        {{"v", Kind::timestamp}, {"d", Kind::date}, {"p", Type::fixed_of(5, 2)}, {"q", Type::fixed_of(2, 2)}});
    std::string wide = "{\"k\":1";
    for (std::size_t i = 0; i <= kMaxFields; ++i) wide += trawl::format(",\"k{}\":1", i);
    write(dir.path(), wide + "}", appending());
    EXPECT_THAT(rows(dir.path(), "SELECT value FROM t WHERE value LIKE '%\"v\"%'"),
                ElementsAre(Row{R"({"v":"2024-01-01T00:00:00.5Z","d":"2024-01-01","p":1.50,"q":-0.50})"}));
}

TEST(Declared, RefusesTypesThatNobodyCanDeclare) {
    const TempDir dir;
    const Columns bad[] = {
        declared(Type::list_of(Kind::string)), declared(Type::struct_of({})),  declared(Kind::null),
        declared(Type::fixed_of(39, 2)),       declared(Type::fixed_of(2, 3)), {{"v", Kind::date}, {"v", Kind::date}}};
    for (const Columns& columns : bad) EXPECT_THROW(write_declared(dir.path(), "", columns), UsageError);
    EXPECT_THAT(everything_below(dir.path()), IsEmpty());
}

TEST(Declared, IsInTheLogAsDeltaNamesIt) {
    const TempDir dir;
    write_declared(dir.path(), "",
                   {{"d", Kind::date}, {"t", Kind::timestamp}, {"p", Type::fixed_of(10, 2)}, {"j", Kind::json}});
    const auto table = read_table(dir.path(), "t");
    EXPECT_THAT(table->schema, AllOf(HasSubstr(R"({"name":"d","type":"date","nullable":true,"metadata":{}})"),
                                     HasSubstr(R"({"name":"t","type":"timestamp","nullable":true,"metadata":{}})"),
                                     HasSubstr("\"type\":\"decimal(10,2)\""), HasSubstr(R"("trawl.kind":"json")")));
    EXPECT_EQ(table->min_reader, 1);
    EXPECT_EQ(table->min_writer, 2);
}

}  // namespace
}  // namespace trawl::lake
