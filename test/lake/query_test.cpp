#include "trawl/lake/query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temp_dir.hpp"
#include "trawl/lake/writer.hpp"

namespace trawl {
namespace {

using lake::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Row = std::vector<std::optional<std::string>>;

void write(const std::filesystem::path& lake, const std::string& name, std::string_view records) {
    TableWriter writer(lake, name);
    writer.append(records);
    writer.commit();
}

TEST(Lake, FindsItsTablesAndJoinsThem) {
    const TempDir dir;
    write(dir.path(), "a-b", R"({"id":1,"x":"one"})");
    write(dir.path(), "c.d", R"({"id":1,"y":2.5})");
    std::filesystem::create_directory(dir.path() / "no table");
    Lake lake(dir.path());
    EXPECT_THAT(lake.tables(), ElementsAre("a-b", "c.d"));
    EXPECT_THAT(lake.query(R"(SELECT x, y FROM "a-b" JOIN "c.d" USING (id))").rows, ElementsAre(Row{"one", "2.5"}));
}

TEST(Lake, ReadsFromADirectoryWithOddCharacters) {
    const TempDir dir;
    const auto odd = dir.path() / "it's [a] *lake*" / "k=v";
    write(odd, "t", R"({"id":1})");
    EXPECT_THAT(Lake(odd).query("FROM t").rows, ElementsAre(Row{"1"}));
    EXPECT_EQ(Lake(odd).query("FROM t").columns.size(), 1U);
}

TEST(Lake, LeavesOutATableThatItCannotReadAndSaysSo) {
    const TempDir dir;
    write(dir.path(), "good", R"({"id":1})");
    lake::make_directories(dir.path() / "bad" / "_delta_log");
    ASSERT_TRUE(lake::put_if_absent(dir.path() / "bad" / "_delta_log", "00000000000000000000.json", "nonsense"));
    Lake lake(dir.path());
    EXPECT_THAT(lake.tables(), ElementsAre("good"));
    EXPECT_THAT(lake.problems(), ElementsAre(HasSubstr("table bad is left out")));
}

TEST(Lake, SaysWhenThereIsNone) { EXPECT_THROW(Lake("/no/such/lake"), StoreError); }

TEST(Lake, PassesOnWhatDuckDbSaysAboutBadSql) {
    const TempDir dir;
    Lake lake(dir.path());
    const std::pair<std::string, std::string> table[] = {{"SELEC 1", "syntax error"},
                                                         {"SELECT * FROM nowhere", "nowhere"},
                                                         {"SELECT 'x'::INTEGER", "Could not convert"},
                                                         {"", "no statement"},
                                                         {"-- nothing", "no statement"}};
    for (const auto& [sql, text] : table) {
        try {
            lake.query(sql);
            ADD_FAILURE() << "took " << sql;
        } catch (const QueryError& error) {
            EXPECT_THAT(error.what(), HasSubstr(text)) << sql;
        }
    }
}

TEST(Lake, TakesEveryFormOfQuestion) {
    const TempDir dir;
    write(dir.path(), "t", "{\"id\":2}\n{\"id\":1}");
    Lake lake(dir.path());
    EXPECT_THAT(lake.query("SELECT id FROM t ORDER BY id; -- done").rows, ElementsAre(Row{"1"}, Row{"2"}));
    EXPECT_THAT(lake.query("WITH x AS (FROM t) SELECT count(*) FROM x").rows, ElementsAre(Row{"2"}));
    EXPECT_THAT(lake.query("VALUES (1, NULL)").rows, ElementsAre(Row{"1", std::nullopt}));
    EXPECT_THAT(lake.query("SHOW TABLES").rows, ElementsAre(Row{"t"}));
    EXPECT_EQ(lake.query("DESCRIBE t").rows.at(0).at(1), "BIGINT");
    EXPECT_EQ(lake.query("EXPLAIN FROM t").rows.size(), 1U);
    EXPECT_THAT(lake.query("SET threads = 1; SELECT 1").rows, ElementsAre(Row{"1"}));
    EXPECT_EQ(lake.query("SUMMARIZE t").rows.size(), 1U);
    EXPECT_EQ(lake.query("SELECT 1 AS a, 2 AS a").rows, (std::vector<Row>{Row{"1", "2"}}));
    EXPECT_THAT(lake.query("SELECT {'a': [1, NULL]} AS s").rows, ElementsAre(Row{"{'a': [1, NULL]}"}));
}

TEST(Lake, TellsTheStatementsOfAQueryApart) {
    const TempDir dir;
    Lake lake(dir.path());
    EXPECT_THAT(lake.statements("SELECT ';'"), ElementsAre("SELECT ';'"));
    EXPECT_THAT(lake.statements("SELECT 1; SELECT [2] -- ;"), ElementsAre("SELECT 1", " SELECT [2] -- ;"));
    EXPECT_THAT(lake.query("SELECT 1; SELECT [2] -- ;").rows, ElementsAre(Row{"[2]"}));
    EXPECT_THAT(lake.query("SET threads = 1").columns, IsEmpty());
    EXPECT_THROW((void)lake.statements("SELECT 1; SELEC 2"), QueryError);
    EXPECT_THROW((void)lake.statements(";"), QueryError);
}

// DuckDB makes two of it: the type of what it finds in the column, and the question.
TEST(Lake, TakesAPivotForOneStatement) {
    const TempDir dir;
    Lake lake(dir.path());
    const std::string pivot = "PIVOT (SELECT 1 AS a, 'x' AS k UNION ALL SELECT 2, 'y') ON k USING sum(a)";
    EXPECT_THAT(lake.query(pivot).rows, ElementsAre(Row{"1", "2"}));
    EXPECT_THAT(lake.query(pivot + "; -- done").rows, ElementsAre(Row{"1", "2"}));
    EXPECT_THAT(lake.statements(pivot), ElementsAre(pivot));
    EXPECT_THAT(lake.statements("SELECT 1; " + pivot), ElementsAre("SELECT 1", " " + pivot));
    EXPECT_THAT(lake.query("SELECT 1; " + pivot).rows, ElementsAre(Row{"1", "2"}));
    EXPECT_THAT(lake.query(pivot + "; SELECT 3").rows, ElementsAre(Row{"3"}));
}

TEST(Lake, TellsHowManyRowsWereCopied) {
    const TempDir dir;
    Lake lake(dir.path());
    const auto copy = "COPY (SELECT unnest([1, 2, 3])) TO '" + (dir.path() / "rows.csv").string() + "'";
    const QueryResult copied = lake.query(copy);
    ASSERT_EQ(copied.columns.size(), 1U);
    EXPECT_EQ(copied.columns.front().name, "Count");
    EXPECT_THAT(copied.rows, ElementsAre(Row{"3"}));
    EXPECT_THAT(lake.query("CREATE TEMP TABLE t AS SELECT 1").columns, IsEmpty());
}

TEST(Lake, CannotReachTheNetworkOrWriteToATable) {
    const TempDir dir;
    write(dir.path(), "t", R"({"id":1})");
    Lake lake(dir.path());
    EXPECT_THROW(lake.query("INSERT INTO t VALUES (2)"), QueryError);
    EXPECT_THROW(lake.query("FROM read_parquet('https://localhost:1/x.parquet')"), QueryError);
}

QueryResult sample() {
    QueryResult result;
    result.columns = {{"id", "BIGINT"}, {"name", "VARCHAR"}};
    result.rows = {Row{"1", "a\nb"}, Row{"1000", std::nullopt}, Row{std::nullopt, "日本 été"}};
    return result;
}

TEST(Render, DrawsATable) {
    EXPECT_EQ(render(sample()),
              "┌────────┬──────────┐\n"
              "│     id │ name     │\n"
              "│ BIGINT │ VARCHAR  │\n"
              "├────────┼──────────┤\n"
              "│      1 │ a\\nb     │\n"
              "│   1000 │ NULL     │\n"
              "│   NULL │ 日本 été │\n"
              "└────────┴──────────┘\n"
              "3 rows\n");
}

TEST(Render, CutsLongResultsAndLongValues) {
    QueryResult result;
    result.columns = {{"v", "VARCHAR"}};
    for (int i = 0; i < 1234; ++i) result.rows.push_back(Row{std::string(100, 'x')});
    const std::string text = render(result);
    EXPECT_THAT(text, HasSubstr("1,234 rows (40 shown)\n"));
    EXPECT_THAT(text, HasSubstr("│ " + std::string(59, 'x') + "… │\n"));
    RenderOptions all;
    all.max_rows = all.max_width = 0;
    EXPECT_THAT(render(result, all), HasSubstr(std::string(100, 'x')));
    EXPECT_THAT(render(result, all), HasSubstr("1,234 rows\n"));
}

}  // namespace
}  // namespace trawl
