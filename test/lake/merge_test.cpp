/// Primary keys: the last of equal ones wins, and merge replaces what the table has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "table_test.hpp"
#include "temp_dir.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::lake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> files(const fs::path& lake) {
    std::vector<std::string> out;
    const auto table = read_table(lake, "t");
    for (const auto& [path, file] : table->files) out.push_back(path);
    return out;
}

CommitOptions replacing(std::vector<std::string> primary_key) {
    CommitOptions options;
    options.primary_key = std::move(primary_key);
    return options;
}

std::string what_of(const fs::path& lake, std::string_view records, const CommitOptions& options) {
    try {
        write(lake, records, options);
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

TEST(PrimaryKey, KeepsTheLastRecordOfEachKeyInItsPlace) {
    const TempDir dir;
    const Committed done =
        write(dir.path(), "{\"id\":1,\"v\":\"a\"}\n{\"id\":2,\"v\":\"b\"}\n{\"id\":1,\"v\":\"c\"}\n{\"id\":3}",
              replacing({"id"}));
    EXPECT_EQ(done.rows, 3);
    EXPECT_EQ(done.superseded, 1);
    EXPECT_THAT(rows(dir.path(), "FROM t"), ElementsAre(Row{"2", "b"}, Row{"1", "c"}, Row{"3", std::nullopt}));
    EXPECT_EQ(read_table(dir.path(), "t")->rows(), 3);
}

TEST(PrimaryKey, OnlyLooksAtTheCommitsOwnRecordsWhenAppending) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    EXPECT_EQ(write(dir.path(), "{\"id\":1}\n{\"id\":1}", appending({"id"})).rows, 1);
    EXPECT_THAT(rows(dir.path(), "FROM t"), ElementsAre(Row{"1"}, Row{"1"}));
}

TEST(PrimaryKey, IsTheSameWhereTheColumnHoldsTheSame) {
    struct Case {
        const char* what;
        std::string first, second;  ///< values of the key
        std::string others;         ///< values of the key in further records, which raise the column's type
        bool same;
    };
    const Case table[] = {
        {"whole number and fraction", "7", "7.0", "1.5", true},
        {"two spellings", "70e-1", "7.0", "1.5", true},
        {"the two zeros", "0", "-0", "1.5", true},
        {"number and text", "7", R"("7")", "1", false},
        {"numbers beside text", "7", "7.0", R"("x")", true},
        {"big numbers beside text", "12345678901234567890123", "12345678901234567890124", R"("x")", false},
        {"texts beside numbers", R"("\u0061")", R"("a")", "1", true},
        {"text and truth", "true", R"("true")", "1", false},
        {"38 digits", "99999999999999999999999999999999999998", "99999999999999999999999999999999999999", "1", false},
        {"case", R"("a")", R"("A")", R"("x")", false},
        {"a zero byte", R"("a\u0000b")", R"("a\u0000c")", R"("x")", false},
        {"an empty text", R"("")", R"(" ")", R"("x")", false},
    };
    for (const Case& each : table) {
        const TempDir dir;
        const std::string first = R"({"k":)" + each.first + "}\n{\"k\":" + each.others + "}";
        const std::string second = R"({"k":)" + each.second + "}";
        EXPECT_EQ(write(dir.path(), first + "\n" + second, replacing({"k"})).superseded, each.same ? 1 : 0)
            << each.what;
        write(dir.path(), first);
        EXPECT_EQ(write(dir.path(), second, merging({"k"})).replaced, each.same ? 1 : 0) << each.what << ", merged";
    }
}

TEST(PrimaryKey, MayHaveSeveralPartsAndLieWithinObjects) {
    const TempDir dir;
    const std::string records = R"({"o":{"a b":1},"x.y":"p","v":1}
{"o":{"a b":1},"x.y":"q","v":2}
{"o":{"a b":1},"x.y":"p","v":3})";
    EXPECT_EQ(write(dir.path(), records, replacing({"o.a b", "x.y"})).rows, 2);
    EXPECT_EQ(write(dir.path(), R"({"o":{"a b":1},"x.y":"q","v":4})", merging({"o.a_b", "x.y"})).replaced, 1);
    EXPECT_THAT(rows(dir.path(), "SELECT v FROM t"), UnorderedElementsAre(Row{"3"}, Row{"4"}));
}

TEST(PrimaryKey, IsFoundInJsonText) {
    const TempDir dir;
    write(dir.path(), "{\"o\":{\"id\":1},\"v\":1}\n{\"o\":{\"id\":\"1\"},\"v\":2}\n{\"o\":7,\"v\":3}");
    ASSERT_EQ(type_in(dir.path(), "o"), "VARCHAR");
    const Committed done =
        write(dir.path(), "{\"o\":{\"id\":1.0},\"v\":4}\n{\"o\":{\"id\":1},\"v\":5}", merging({"o.id"}));
    EXPECT_EQ(done.superseded, 1);
    EXPECT_EQ(done.replaced, 1);
    EXPECT_THAT(rows(dir.path(), "SELECT v FROM t"), UnorderedElementsAre(Row{"2"}, Row{"3"}, Row{"5"}));
}

TEST(PrimaryKey, IsFoundInRecordsThatAreKeptWhole) {
    const TempDir dir;
    std::string wide = R"({"id":1)";
    for (std::size_t i = 0; i < kMaxFields; ++i) wide += ",\"k" + std::to_string(i) + "\":0";
    write(dir.path(), wide + "}\n{\"id\":2}");
    EXPECT_EQ(write(dir.path(), "{\"id\":1}\n{\"id\":1,\"last\":true}", merging({"id"})).replaced, 1);
    EXPECT_THAT(rows(dir.path(), "FROM t"), UnorderedElementsAre(Row{R"({"id":2})"}, Row{R"({"id":1,"last":true})"}));
}

TEST(PrimaryKey, IsAskedOfEveryRecord) {
    const TempDir dir;
    const std::string three = "{\"id\":1,\"o\":{\"x\":2}}\n{\"id\":2,\"o\":{\"x\":1}}\n";
    for (const std::string bad : {R"({"o":{"x":1},"v":"some text"})", R"({"id":null,"v":1})"}) {
        EXPECT_THAT(
            what_of(dir.path(), three + bad, replacing({"id"})),
            HasSubstr("record 3 has nothing as its primary key \"id\": every record needs one; it begins with " + bad));
        EXPECT_THROW(write(dir.path(), three + bad, replacing({"id"})), SchemaError);
    }
    EXPECT_THAT(what_of(dir.path(), three + R"({"id":3,"o":{"y":1}})", merging({"o.x"})),
                HasSubstr("record 3 has nothing"));
    EXPECT_THAT(what_of(dir.path(), three + R"({"id":3,"o":7})", merging({"o.x"})), HasSubstr("record 3 has nothing"));
    EXPECT_THAT(what_of(dir.path(), three + R"({"id":[3]})", merging({"id"})),
                HasSubstr("record 3 has no single value"));
    EXPECT_THAT(everything_below(dir.path()), IsEmpty());
}

TEST(PrimaryKey, HasToNameSingleValues) {
    const TempDir dir;
    const std::string record = R"({"id":1,"l":[1],"o":{"x":1}})";
    EXPECT_THAT(what_of(dir.path(), record, replacing({"nowhere"})), HasSubstr("there is no \"nowhere\""));
    EXPECT_THAT(what_of(dir.path(), record, replacing({"id.x"})), HasSubstr("there is no \"id.x\""));
    EXPECT_THAT(what_of(dir.path(), record, replacing({"l"})), HasSubstr("\"l\" holds a list"));
    EXPECT_THAT(what_of(dir.path(), record, replacing({"o"})), HasSubstr("\"o\" holds a whole object"));
    EXPECT_THAT(what_of(dir.path(), record, replacing({"id", "id"})), HasSubstr("names \"id\" twice"));
    EXPECT_THROW(write(dir.path(), record, merging({})), UsageError);
    EXPECT_THAT(everything_below(dir.path()), IsEmpty());
}

TEST(Merge, ReplacesAndAdds) {
    const TempDir dir;
    EXPECT_EQ(write(dir.path(), "{\"id\":1,\"v\":\"a\"}\n{\"id\":2,\"v\":\"b\"}", merging({"id"})).version, 0);
    const Committed done = write(dir.path(), "{\"id\":3,\"v\":\"x\"}\n{\"id\":2,\"v\":\"y\"}", merging({"id"}));
    EXPECT_EQ(done.version, 1);
    EXPECT_EQ(done.rows, 2);
    EXPECT_EQ(done.replaced, 1);
    EXPECT_EQ(done.rewritten, 1);
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"), ElementsAre(Row{"1", "a"}, Row{"2", "y"}, Row{"3", "x"}));
    EXPECT_EQ(read_table(dir.path(), "t")->rows(), 3);
}

TEST(Merge, LeavesFilesWithoutItsKeysUntouched) {
    const TempDir dir;
    write(dir.path(), "{\"id\":1}\n{\"id\":2}");
    const std::string first = files(dir.path()).at(0);
    write(dir.path(), "{\"id\":3}\n{\"id\":4}", appending());
    write(dir.path(), R"({"other":"a row without the key"})", appending());
    const Committed done = write(dir.path(), "{\"id\":4,\"v\":true}\n{\"id\":5}", merging({"id"}));
    EXPECT_EQ(done.rewritten, 1);
    EXPECT_THAT(files(dir.path()), Contains(first));
    EXPECT_EQ(files(dir.path()).size(), 4U);
    EXPECT_THAT(rows(dir.path(), "SELECT id, v FROM t ORDER BY id NULLS LAST"),
                ElementsAre(Row{"1", std::nullopt}, Row{"2", std::nullopt}, Row{"3", std::nullopt}, Row{"4", "true"},
                            Row{"5", std::nullopt}, Row{std::nullopt, std::nullopt}));
}

TEST(Merge, KeepsTheOrderOfTheRowsThatStay) {
    const TempDir dir;
    std::string lines;  // three row groups, which threads could write in any order
    for (int i = 0; i < 260'000; ++i) lines += "{\"id\":" + std::to_string(i) + "}\n";
    write(dir.path(), lines);
    EXPECT_EQ(write(dir.path(), R"({"id":150000})", merging({"id"})).rewritten, 1);
    EXPECT_THAT(rows(dir.path(),
                     "SET threads = 1; SELECT count(*) FROM (SELECT id, lag(id) OVER () AS before FROM t "
                     "WHERE id <> 150000) WHERE id < before"),
                ElementsAre(Row{"0"}));
}

TEST(Merge, DropsAFileOfWhichEveryRowIsReplaced) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    const Committed done = write(dir.path(), R"({"id":1,"v":2})", merging({"id"}));
    EXPECT_EQ(done.files, 1);
    EXPECT_EQ(files(dir.path()).size(), 1U);
    EXPECT_THAT(rows(dir.path(), "FROM t"), ElementsAre(Row{"1", "2"}));
}

TEST(Merge, TakesOutEveryOldRowOfTheKey) {
    const TempDir dir;
    write(dir.path(), "{\"id\":1,\"v\":1}\n{\"id\":1,\"v\":2}\n{\"id\":2,\"v\":3}");
    EXPECT_EQ(write(dir.path(), R"({"id":1,"v":9})", merging({"id"})).replaced, 2);
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"), ElementsAre(Row{"1", "9"}, Row{"2", "3"}));
}

TEST(Merge, FindsOldKeysAfterTheirColumnWidened) {
    const TempDir dir;
    write(dir.path(), "{\"id\":1,\"v\":1}\n{\"id\":2,\"v\":2}");
    const Committed done = write(dir.path(), "{\"id\":\"1\",\"v\":3}\n{\"id\":2.0,\"v\":4}", merging({"id"}));
    EXPECT_EQ(done.replaced, 1);
    EXPECT_THAT(rows(dir.path(), "SELECT id, v FROM t ORDER BY v"),
                ElementsAre(Row{"1", "1"}, Row{"\"1\"", "3"}, Row{"2.0", "4"}));
}

TEST(Merge, AddsEverythingWhenTheTableHasNoSuchColumn) {
    const TempDir dir;
    write(dir.path(), R"({"v":1})");
    EXPECT_EQ(write(dir.path(), R"({"id":1})", merging({"id"})).rewritten, 0);
    EXPECT_THAT(rows(dir.path(), "SELECT id, v FROM t ORDER BY v"),
                ElementsAre(Row{std::nullopt, "1"}, Row{"1", std::nullopt}));
}

TEST(Merge, NamesTheFileThatIsMissing) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    const std::string file = read_table(dir.path(), "t")->files.begin()->first;
    std::filesystem::remove(dir.path() / "t" / file);
    try {
        write(dir.path(), R"({"id":1})", merging({"id"}));
        FAIL() << "merged with rows that it could not read";
    } catch (const QueryError& error) {
        FAIL() << "it is nobody's SQL that fails: " << error.what();
    } catch (const LakeError& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("its file " + file + " is not there; restore it from a copy"));
        EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("SELECT")));
    }
}

TEST(Merge, ShowsNoSqlForAFileThatIsNoParquet) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    const auto table = dir.path() / "t";
    std::ofstream(table / read_table(dir.path(), "t")->files.begin()->first) << "junk";
    try {
        write(dir.path(), R"({"id":1})", merging({"id"}));
        FAIL() << "merged with rows that it could not read";
    } catch (const LakeError& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("cannot write to " + table.string()));
        EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("SELECT")));
    }
}

TEST(Merge, OfNothingStoresTheCheckpointOnly) {
    const TempDir dir;
    CommitOptions first = merging({"id"});
    first.application = "app";
    first.application_version = 1;
    first.checkpoint = "a";
    write(dir.path(), R"({"id":1})", first);
    const auto before = files(dir.path());
    CommitOptions second = first;
    second.application_version = 2;
    second.checkpoint = "b";
    const Committed done = write(dir.path(), "", second);
    EXPECT_EQ(done.version, 1);
    EXPECT_EQ(done.files, 0);
    const auto table = read_table(dir.path(), "t");
    EXPECT_EQ(table->checkpoint("app"), "b");
    EXPECT_EQ(table->transactions.at("app"), 2);
    EXPECT_EQ(files(dir.path()), before);
    EXPECT_EQ(type_in(dir.path(), "id"), "BIGINT");
    EXPECT_TRUE(write(dir.path(), "", second).already);
}

TEST(Merge, OfNothingWithoutACheckpointPublishesNothing) {
    const TempDir dir;
    EXPECT_THROW(write(dir.path(), "", merging({"id"})), SchemaError);
    write(dir.path(), R"({"id":1})");
    EXPECT_EQ(write(dir.path(), "", merging({"id"})).version, 0);
    EXPECT_EQ(write(dir.path(), "", appending()).version, 0);
    EXPECT_EQ(read_table(dir.path(), "t")->version, 0);
}

}  // namespace
}  // namespace trawl::lake
