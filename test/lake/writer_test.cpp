#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "duck.hpp"
#include "log_store.hpp"
#include "table_test.hpp"
#include "temp_dir.hpp"
#include "trawl/lake/table.hpp"
#include "trawl/lake/writer.hpp"

namespace trawl {
namespace {

using lake::appending;
using lake::as;
using lake::everything_below;
using lake::Row;
using lake::rows;
using lake::TempDir;
using lake::type_in;
using lake::write;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(TableWriter, MakesATableOfTheRecords) {
    const TempDir dir;
    const Committed done =
        write(dir.path() / "new" / "lake", "{\"id\":1,\"name\":\"a\"}\n\n{\"id\":2}\r\n{\"name\":\"c\"}");
    EXPECT_EQ(done.version, 0);
    EXPECT_EQ(done.rows, 3);
    EXPECT_EQ(done.files, 1);
    EXPECT_THAT(done.notes, IsEmpty());
    EXPECT_THAT(rows(dir.path() / "new" / "lake", "SELECT * FROM t"),
                ElementsAre(Row{"1", "a"}, Row{"2", std::nullopt}, Row{std::nullopt, "c"}));
    EXPECT_EQ(read_table(dir.path() / "new" / "lake", "t")->rows(), 3);
    EXPECT_THAT(lake::list_directory(dir.path() / "new" / "lake"), ElementsAre("t"));
    const auto in_table = lake::list_directory(dir.path() / "new" / "lake" / "t");
    EXPECT_THAT(in_table, ElementsAre("_delta_log", ::testing::MatchesRegex("part-[-0-9a-f]+\\.parquet")));
}

TEST(TableWriter, ReplacesOrAppends) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    EXPECT_EQ(write(dir.path(), R"({"id":2})", appending()).version, 1);
    EXPECT_THAT(rows(dir.path(), "SELECT id FROM t ORDER BY id"), ElementsAre(Row{"1"}, Row{"2"}));
    const std::string id = read_table(dir.path(), "t")->id;
    EXPECT_EQ(write(dir.path(), R"({"other":"x"})").version, 2);
    EXPECT_THAT(rows(dir.path(), "FROM t"), ElementsAre(Row{"x"}));
    EXPECT_EQ(read_table(dir.path(), "t")->id, id);
}

TEST(TableWriter, AppendingOnlyWidensTheSchema) {
    const TempDir dir;
    write(dir.path(), R"({"id":1,"s":{"a":1,"l":[{"p":1}]},"none":null,"empty":{},"list":[],"price":1.5})");
    write(dir.path(), R"({"new":true,"s":{"b":"x","l":[{"q":2}]},"none":7,"empty":{"k":1},"list":["z"],"price":2})",
          appending());
    EXPECT_EQ(type_in(dir.path(), "s"), "STRUCT(a BIGINT, l STRUCT(p BIGINT, q BIGINT)[], b VARCHAR)");
    EXPECT_THAT(rows(dir.path(), "SELECT * FROM t ORDER BY id NULLS LAST"),
                ElementsAre(Row{"1", "{'a': 1, 'l': [{'p': 1, 'q': NULL}], 'b': NULL}", std::nullopt, "{'k': NULL}",
                                "[]", "1.5", std::nullopt},
                            Row{std::nullopt, "{'a': NULL, 'l': [{'p': NULL, 'q': 2}], 'b': x}", "7", "{'k': 1}", "[z]",
                                "2.0", "true"}));
}

TEST(TableWriter, LeavesNothingBehindWithoutACommit) {
    const TempDir dir;
    {
        TableWriter writer(dir.path() / "a" / "lake", "t");
        writer.append(R"({"id":1})");
        EXPECT_EQ(writer.rows(), 1);
    }
    EXPECT_THAT(everything_below(dir.path()), IsEmpty());
}

TEST(TableWriter, LeavesNothingBehindWhenTheCommitFails) {
    const TempDir dir;
    WriterOptions options;
    options.engine.memory_limit = "not a size";
    {
        TableWriter writer(dir.path() / "lake", "t", options);
        writer.append(R"({"id":1})");
        EXPECT_THROW(writer.commit(), Error);
    }
    EXPECT_THAT(everything_below(dir.path()), IsEmpty());
}

TEST(TableWriter, CommitsAnApplicationVersionOnce) {
    const TempDir dir;
    EXPECT_FALSE(write(dir.path(), R"({"id":1})", as("app", 1, "page 3")).already);
    CommitOptions again = as("app", 1, "page 4");
    again.disposition = Disposition::append;
    const Committed second = write(dir.path(), R"({"id":1})", again);
    EXPECT_TRUE(second.already);
    EXPECT_EQ(second.version, 0);
    again.application = "other";
    EXPECT_FALSE(write(dir.path(), R"({"id":2})", again).already);
    const auto table = read_table(dir.path(), "t");
    EXPECT_EQ(table->checkpoint("app"), "page 3");
    EXPECT_EQ(table->checkpoint("other"), "page 4");
    EXPECT_EQ(table->checkpoint("nobody"), "");
    EXPECT_EQ(table->rows(), 2);
}

TEST(TableWriter, KeepsTheCheckpointThroughCommitsWithoutOne) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})", as("app", 1, "{\"cursor\":\"\u00e9\\n\"}"));
    write(dir.path(), R"({"name":"x"})");
    EXPECT_EQ(read_table(dir.path(), "t")->checkpoint("app"), "{\"cursor\":\"\u00e9\\n\"}");
}

TEST(TableWriter, EmptiesATableWhenTheSourceIsEmpty) {
    const TempDir dir;
    write(dir.path(), R"({"id":1,"s":{"a":[true]}})");
    EXPECT_EQ(write(dir.path(), "").rows, 0);
    EXPECT_THAT(rows(dir.path(), "FROM t"), IsEmpty());
    EXPECT_EQ(type_in(dir.path(), "s"), "STRUCT(a BOOLEAN[])");
    EXPECT_THROW(TableWriter(dir.path(), "never").commit(), SchemaError);
    EXPECT_THAT(lake::list_directory(dir.path()), ElementsAre("t"));
}

TEST(TableWriter, RefusesABadTableName) {
    const TempDir dir;
    for (const std::string name : {"", ".", "..", ".x", "_x", "a/b", "a b", "a'b", "\u00e9"}) {
        EXPECT_THROW(TableWriter(dir.path(), name), UsageError) << name;
    }
    EXPECT_NO_THROW(TableWriter(dir.path(), "a-b_c.9"));
}

TEST(TableWriter, SaysWhenTheDirectoryCannotBeWritten) {
    const TempDir dir;
    ASSERT_TRUE(lake::put_if_absent(dir.path(), "file", "x"));
    try {
        TableWriter writer(dir.path() / "file" / "lake", "t");
        FAIL() << "wrote below a file";
    } catch (const StoreError& error) {
        EXPECT_THAT(error.what(), HasSubstr((dir.path() / "file" / "lake").string()));
    }
    EXPECT_THROW(TableWriter("/proc/lake", "t"), StoreError);
}

TEST(TableWriter, NamesTheRecordThatIsNotJson) {
    const TempDir dir;
    TableWriter writer(dir.path(), "t");
    try {
        writer.append("{\"a\":1}\n{\"a\":");
        FAIL() << "took a damaged record";
    } catch (const LakeError& error) {
        EXPECT_THAT(error.what(), HasSubstr("record 2 for table t"));
    }
}

TEST(TableWriter, TwoWritersAppendAtTheSameTimeAndLoseNothing) {
    const TempDir dir;
    write(dir.path(), R"({"id":0})");
    const auto append_some = [&] {
        for (int i = 1; i <= 8; ++i) write(dir.path(), R"({"id":1})", appending());
    };
    std::thread other(append_some);
    append_some();
    other.join();
    EXPECT_EQ(read_table(dir.path(), "t")->version, 16);
    EXPECT_THAT(rows(dir.path(), "SELECT count(*), sum(id) FROM t"), ElementsAre(Row{"17", "16"}));
}

TEST(TableWriter, CutsLargeTablesIntoFiles) {
    const TempDir dir;
    WriterOptions options;
    options.file_bytes = 200'000;
    TableWriter writer(dir.path(), "t", options);
    std::uint32_t random = 1;
    for (int i = 0; i < 3000; ++i) {
        std::string noise;
        for (int n = 0; n < 300; ++n)
            noise += static_cast<char>('a' + ((random = random * 1664525U + 1013904223U) >> 24) % 26);
        writer.append(R"({"id":)" + std::to_string(i) + R"(,"big":")" + std::string(50'000, 'x') + noise + "\"}");
    }
    const Committed done = writer.commit();
    EXPECT_GT(done.files, 1);
    EXPECT_THAT(rows(dir.path(), "SELECT count(*), count(DISTINCT id), min(length(big)) FROM t"),
                ElementsAre(Row{"3000", "3000", "50300"}));
}

TEST(TableWriter, TextsThatComeAgainAreWrittenOnceHoweverLongTheyAre) {
    const TempDir dir;
    TableWriter writer(dir.path(), "t");
    for (int i = 0; i < 20'000; ++i) {
        const std::string text = "text " + std::to_string(i * 7919 % 300);
        writer.append(R"({"short":")" + text + R"(","long":")" + text + std::string(2000, 'x') + "\"}");
    }
    writer.commit();
    lake::Duck duck(EngineOptions{}, dir.path());
    const std::string files = lake::sql_text((dir.path() / "t" / "*.parquet").string());
    EXPECT_THAT(duck.run("SELECT DISTINCT encodings FROM parquet_metadata(" + files + ")").rows,
                ElementsAre(Row{"PLAIN_DICTIONARY"}));
}

TEST(TableWriter, CutsLongTablesIntoFilesInTheOrderOfTheirRows) {
    const TempDir dir;
    constexpr std::int64_t count = 64 * 40'960 + 1;
    TableWriter writer(dir.path(), "t");
    for (std::int64_t i = 0; i < count; ++i) writer.append(R"({"id":)" + std::to_string(i) + "}");
    EXPECT_EQ(writer.commit().files, 2);
    EXPECT_THAT(rows(dir.path(), "SELECT count(*), count(DISTINCT id), min(id), max(id) FROM t"),
                ElementsAre(Row{std::to_string(count), std::to_string(count), "0", std::to_string(count - 1)}));
    lake::Duck duck(EngineOptions{}, dir.path());
    const std::string files = lake::sql_text((dir.path() / "t" / "*.parquet").string());
    EXPECT_THAT(
        duck.run("SELECT num_row_groups, num_rows FROM parquet_file_metadata(" + files + ") ORDER BY 1, 2").rows,
        ElementsAre(Row{"1", "1"}, Row{"64", "2621440"}));
    EXPECT_THAT(
        duck.run("SELECT count(*) FROM (SELECT id - file_row_number AS first, count(*) AS rows FROM read_parquet(" +
                 files + ", filename = true, file_row_number = true) GROUP BY filename, first)")
            .rows,
        ElementsAre(Row{"2"}));
}

}  // namespace
}  // namespace trawl
