#include "log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "log_store.hpp"
#include "temp_dir.hpp"

namespace trawl::lake {
namespace {

using ::testing::HasSubstr;

Entry first_entry() {
    Entry entry;
    entry.now_ms = 1000;
    entry.commit_id = "c1";
    entry.protocol = true;
    TableSnapshot table;
    table.id = "t1";
    table.schema = R"({"type":"struct","fields":[]})";
    table.configuration["trawl.checkpoint.app"] = "{\"page\": 7}\n\"x\"";
    entry.metadata = table;
    entry.add.push_back({"part with space%.parquet", 10, 3});
    entry.application = "app";
    entry.application_version = 5;
    return entry;
}

TEST(Log, ReplaysWhatItWrites) {
    Replay replay;
    replay.apply(0, to_text(first_entry()));
    Entry second;
    second.remove.push_back({"part with space%.parquet", 10, 3});
    second.add.push_back({"b.parquet", 20, 4});
    replay.apply(1, to_text(second));
    const TableSnapshot table = replay.take();
    EXPECT_EQ(table.version, 1);
    EXPECT_EQ(table.id, "t1");
    EXPECT_EQ(table.schema, R"({"type":"struct","fields":[]})");
    EXPECT_EQ(table.checkpoint("app"), "{\"page\": 7}\n\"x\"");
    EXPECT_EQ(table.transactions.at("app"), 5);
    ASSERT_EQ(table.files.size(), 1U);
    EXPECT_EQ(table.files.at("b.parquet").size_bytes, 20);
    EXPECT_EQ(table.rows(), 4);
}

TEST(Log, EncodesPathsAsUris) {
    EXPECT_THAT(to_text(first_entry()), HasSubstr(R"("path":"part%20with%20space%25.parquet")"));
    EXPECT_EQ(decode_path(encode_path("a b/é%?#.parquet")), "a b/é%?#.parquet");
    EXPECT_EQ(decode_path("100%"), "100%");
}

TEST(Log, RemovesAFileByThePathAndTheValuesThatItsEntryHas) {
    Replay replay;
    replay.apply(0, R"({"add":{"path":"v=a%3Ab/part-0%20.parquet","partitionValues":{"v": "a:b"},"size":7}})");
    const TableSnapshot table = replay.take();
    ASSERT_TRUE(table.files.contains("v=a:b/part-0 .parquet"));
    Entry entry;
    entry.remove.push_back(table.files.begin()->second);
    EXPECT_THAT(to_text(entry), HasSubstr(R"("remove":{"path":"v=a%3Ab/part-0%20.parquet",)"));
    EXPECT_THAT(to_text(entry), HasSubstr(R"("partitionValues":{"v": "a:b"},"size":7)"));
    entry.remove.front().written_path = "v=a:b/part-0 .parquet";
    EXPECT_THAT(to_text(entry), HasSubstr(R"("remove":{"path":"v=a:b/part-0 .parquet",)"));
}

TEST(Log, RefusesTablesOfNewerReaders) {
    Replay replay;
    EXPECT_THROW(replay.apply(0, R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7}})"), LakeError);
}

TEST(Log, NamesTheDamagedEntry) {
    Replay replay;
    try {
        replay.apply(3, "{\"add\":");
        FAIL() << "took a damaged entry";
    } catch (const LakeError& error) {
        EXPECT_THAT(error.what(), HasSubstr("00000000000000000003.json"));
    }
}

TEST(Log, KnowsItsEntriesByName) {
    EXPECT_EQ(entry_version(entry_name(12)), 12);
    EXPECT_EQ(entry_version("00000000000000000012.checkpoint.parquet"), std::nullopt);
    EXPECT_EQ(entry_version("_last_checkpoint"), std::nullopt);
    EXPECT_EQ(entry_version("-0000000000000000012.json"), std::nullopt);
}

TEST(PutIfAbsent, LetsOneOfTwoWin) {
    const TempDir dir;
    EXPECT_TRUE(put_if_absent(dir.path(), "0.json", "first"));
    EXPECT_FALSE(put_if_absent(dir.path(), "0.json", "second"));
    EXPECT_EQ(read_file(dir.path() / "0.json"), "first");
    EXPECT_THAT(list_directory(dir.path()), ::testing::ElementsAre("0.json"));
}

/// A log in memory that somebody else may write to in between.
struct FakeLog : LogStore {
    std::vector<std::string> entries;
    int lost_races = 0;  ///< how many puts find that they came too late

    std::optional<TableSnapshot> latest() override {
        if (entries.empty()) return std::nullopt;
        Replay replay;
        for (std::size_t i = 0; i < entries.size(); ++i) replay.apply(static_cast<std::int64_t>(i), entries[i]);
        return replay.take();
    }
    bool put_if_absent(std::int64_t version, const std::string& entry) override {
        if (lost_races > 0) {
            --lost_races;
            entries.push_back(to_text(entries.empty() ? first_entry() : Entry()));
        }
        if (static_cast<std::size_t>(version) < entries.size()) return false;
        entries.push_back(entry);
        return true;
    }
};

TEST(Publish, DecidesAnewOnWhatTheWinnerWrote) {
    FakeLog log;
    log.lost_races = 3;
    std::vector<std::int64_t> bases;
    const auto version = publish(log, [&](const std::optional<TableSnapshot>& latest) -> std::optional<Entry> {
        bases.push_back(latest ? latest->version : -1);
        return Entry();
    });
    EXPECT_EQ(version, 3);
    EXPECT_THAT(bases, ::testing::ElementsAre(-1, 0, 1, 2));
}

TEST(Publish, GivesUpAfterManyLostRaces) {
    FakeLog log;
    log.lost_races = 1000;
    EXPECT_THROW(publish(log, [](const auto&) { return std::optional<Entry>(Entry()); }), CommitConflict);
    EXPECT_EQ(log.lost_races, 1000 - kMaxAttempts);
}

TEST(Publish, WritesNothingWhenThereIsNothingToDo) {
    FakeLog log;
    log.entries.push_back(to_text(first_entry()));
    EXPECT_EQ(publish(log, [](const auto&) { return std::optional<Entry>(); }), 0);
    EXPECT_EQ(log.entries.size(), 1U);
}

TEST(LocalLog, RefusesALogWithAGap) {
    const TempDir dir;
    make_directories(dir.path() / "_delta_log");
    LocalLog log(dir.path());
    ASSERT_TRUE(log.put_if_absent(0, to_text(first_entry())));
    ASSERT_TRUE(log.put_if_absent(2, to_text(Entry())));
    EXPECT_THROW(log.latest(), LakeError);
}

TEST(MakeDirectories, SaysWhatItMade) {
    const TempDir dir;
    EXPECT_EQ(make_directories(dir.path() / "a" / "b").size(), 2U);
    EXPECT_EQ(make_directories(dir.path() / "a" / "b" / "c/").size(), 1U);
    EXPECT_TRUE(make_directories(dir.path() / "a").empty());
}

}  // namespace
}  // namespace trawl::lake
