/// Commits that others get ahead of, and commits that die.
#include "commit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <set>

#include "table_test.hpp"
#include "temp_dir.hpp"

namespace trawl::lake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Step = std::function<void()>;

/// The table's log, in which somebody else does something just before each of our first tries.
class RacedLog : public LogStore {
public:
    RacedLog(const fs::path& table, std::vector<Step> others) : real_(table), others_(std::move(others)) {}
    std::optional<TableSnapshot> latest() override { return real_.latest(); }
    bool put_if_absent(std::int64_t version, const std::string& entry) override {
        if (tries_ < others_.size()) others_[tries_]();
        ++tries_;
        return real_.put_if_absent(version, entry);
    }
    [[nodiscard]] std::size_t tries() const { return tries_; }

private:
    LocalLog real_;
    std::vector<Step> others_;
    std::size_t tries_ = 0;
};

Committed commit(const fs::path& lake, LogStore& log, std::string_view line, const CommitOptions& wanted) {
    Records records(lake, "t");
    records.append(line);
    const WriterOptions options;
    return Commit(lake / "t", options, wanted, records).run(log);
}

/// Commits `line` while others do `others`, one before each try.
Committed raced(const fs::path& lake, std::string_view line, const CommitOptions& wanted, std::vector<Step> others) {
    const std::size_t lost = others.size();
    RacedLog log(lake / "t", std::move(others));
    Committed done = commit(lake, log, line, wanted);
    EXPECT_EQ(log.tries(), lost + 1);
    return done;
}

/// Files in the table's directory that no entry of its log has ever added, and what a commit in the making leaves.
std::vector<std::string> leftovers(const fs::path& lake) {
    std::string log;
    for (const std::string& entry : list_directory(lake / "t" / "_delta_log")) {
        log += read_file(lake / "t" / "_delta_log" / entry);
    }
    std::vector<std::string> out;
    for (const std::string& name : list_directory(lake / "t")) {
        if (name != "_delta_log" && log.find("\"add\":{\"path\":\"" + name) == std::string::npos) out.push_back(name);
    }
    return out;
}

TEST(Conflict, AppendingGoesOnTopOfWhateverCame) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    const auto other = [&] { write(dir.path(), R"({"id":2})", appending()); };
    const auto replaced = [&] { write(dir.path(), R"({"id":9})"); };
    EXPECT_EQ(raced(dir.path(), R"({"id":3})", appending(), {other, replaced, other}).version, 4);
    EXPECT_THAT(rows(dir.path(), "FROM t"), UnorderedElementsAre(Row{"9"}, Row{"2"}, Row{"3"}));
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, AppendingTakesUpColumnsThatCameMeanwhile) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    const auto wider = [&] { write(dir.path(), R"({"new":true,"id":2.5})", appending()); };
    raced(dir.path(), R"({"id":3,"mine":"x"})", appending(), {wider});
    EXPECT_THAT(rows(dir.path(), "SELECT id, new, mine FROM t ORDER BY id"),
                ElementsAre(Row{"1.0", std::nullopt, std::nullopt}, Row{"2.5", "true", std::nullopt},
                            Row{"3.0", std::nullopt, "x"}));
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, TheFirstOfTwoMakersOfATableDecidesItsColumns) {
    const TempDir dir;
    const auto other = [&] { write(dir.path(), R"({"id":"x"})"); };
    raced(dir.path(), R"({"id":1})", merging({"id"}), {other});
    EXPECT_THAT(rows(dir.path(), "FROM t"), UnorderedElementsAre(Row{"\"x\""}, Row{"1"}));
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, ReplacingTakesOutWhatCameMeanwhile) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    const auto other = [&] { write(dir.path(), R"({"id":2,"new":1})", appending()); };
    raced(dir.path(), R"({"id":3})", CommitOptions(), {other});
    EXPECT_THAT(rows(dir.path(), "FROM t"), ElementsAre(Row{"3"}));
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, MergingReplacesRowsThatCameMeanwhile) {
    const TempDir dir;
    write(dir.path(), "{\"id\":1,\"v\":1}\n{\"id\":2,\"v\":2}");
    const auto other = [&] { write(dir.path(), "{\"id\":3,\"v\":3}\n{\"id\":4,\"v\":4}", appending()); };
    const Committed done = raced(dir.path(), R"({"id":3,"v":9})", merging({"id"}), {other});
    EXPECT_EQ(done.replaced, 1);
    EXPECT_EQ(done.rewritten, 1);
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"),
                ElementsAre(Row{"1", "1"}, Row{"2", "2"}, Row{"3", "9"}, Row{"4", "4"}));
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, MergingDoesNotBringBackRowsThatWereReplacedMeanwhile) {
    const TempDir dir;
    write(dir.path(), "{\"id\":1,\"v\":1}\n{\"id\":2,\"v\":2}\n{\"id\":3,\"v\":3}");
    const auto other = [&] { write(dir.path(), R"({"id":2,"v":"b"})", merging({"id"})); };
    const auto all_gone = [&] { write(dir.path(), "{\"id\":1,\"v\":\"c\"}\n{\"id\":7,\"v\":\"d\"}"); };
    raced(dir.path(), R"({"id":1,"v":"a"})", merging({"id"}), {other});
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"),
                ElementsAre(Row{"1", "\"a\""}, Row{"2", "\"b\""}, Row{"3", "3"}));
    raced(dir.path(), R"({"id":7,"v":"e"})", merging({"id"}), {other, all_gone});
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"), ElementsAre(Row{"1", "c"}, Row{"7", "e"}));
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, MergingKeepsWhatItDidWhenNoRowsChanged) {
    const TempDir dir;
    write(dir.path(), "{\"id\":1}\n{\"id\":2}");
    CommitOptions checkpoint = as("other", 1, "c");
    checkpoint.disposition = Disposition::append;
    const auto other = [&] { write(dir.path(), "", checkpoint); };
    raced(dir.path(), R"({"id":1,"v":1})", merging({"id"}), {other});
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"), ElementsAre(Row{"1", "1"}, Row{"2", std::nullopt}));
    EXPECT_EQ(read_table(dir.path(), "t")->checkpoint("other"), "c");
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, WideningLooksAtValuesThatCameMeanwhile) {
    const TempDir dir;
    write(dir.path(), R"({"v":1})");
    const auto other = [&] { write(dir.path(), R"({"v":9007199254740993})", appending()); };
    raced(dir.path(), R"({"v":0.5})", appending(), {other});
    EXPECT_THAT(rows(dir.path(), "FROM t"), UnorderedElementsAre(Row{"1"}, Row{"9007199254740993"}, Row{"0.5"}));
    EXPECT_EQ(type_in(dir.path(), "v"), "VARCHAR");
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, WideningTakesInFilesThatCameMeanwhile) {
    const TempDir dir;
    write(dir.path(), R"({"v":1})");
    const auto other = [&] { write(dir.path(), R"({"v":2})", appending()); };
    EXPECT_EQ(raced(dir.path(), R"({"v":"x"})", appending(), {other, other}).rewritten, 3);
    EXPECT_THAT(rows(dir.path(), "FROM t"), UnorderedElementsAre(Row{"1"}, Row{"2"}, Row{"2"}, Row{"\"x\""}));
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, AnotherRunOfTheSameApplicationEndsIt) {
    const TempDir dir;
    CommitOptions wanted = as("app", 1);
    wanted.disposition = Disposition::append;
    write(dir.path(), R"({"id":1})");
    RacedLog log(dir.path() / "t", {[&] { write(dir.path(), R"({"id":2})", wanted); }});
    EXPECT_TRUE(commit(dir.path(), log, R"({"id":2})", wanted).already);
    EXPECT_THAT(rows(dir.path(), "FROM t"), UnorderedElementsAre(Row{"1"}, Row{"2"}));
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, WithoutAVersionTheNextOneOfTheApplicationIsTaken) {
    const TempDir dir;
    CommitOptions wanted = appending();
    wanted.application = "app";
    const auto other = [&] { write(dir.path(), R"({"id":2})", wanted); };
    write(dir.path(), R"({"id":1})", wanted);
    EXPECT_FALSE(raced(dir.path(), R"({"id":3})", wanted, {other, other}).already);
    EXPECT_EQ(read_table(dir.path(), "t")->transactions.at("app"), 4);
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"), ElementsAre(Row{"1"}, Row{"2"}, Row{"2"}, Row{"3"}));
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST(Conflict, GivesUpAfterManyLostRoundsAndLeavesNothing) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    CommitOptions checkpoint = as("other", 0, "c");
    checkpoint.disposition = Disposition::append;
    const auto other = [&] {
        ++*checkpoint.application_version;
        write(dir.path(), "", checkpoint);
    };
    RacedLog log(dir.path() / "t", std::vector<Step>(kMaxAttempts, other));
    EXPECT_THROW(commit(dir.path(), log, R"({"id":1,"v":1})", merging({"id"})), CommitConflict);
    EXPECT_THAT(rows(dir.path(), "FROM t"), ElementsAre(Row{"1"}));
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

/// A log at which the process dies: when the entry is to be written, or right behind it.
class DeadlyLog : public LocalLog {
public:
    DeadlyLog(const fs::path& table, bool after) : LocalLog(table), after_(after) {}
    bool put_if_absent(std::int64_t version, const std::string& entry) override {
        if (after_ && !LocalLog::put_if_absent(version, entry)) return false;
        ::_exit(9);
    }

private:
    bool after_;
};

/// Runs the commit in a process that dies at its log.
void die_committing(const fs::path& lake, std::string_view line, const CommitOptions& wanted, bool after) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        DeadlyLog log(lake / "t", after);
        commit(lake, log, line, wanted);
        ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 9);
}

TEST(Crash, BeforeTheEntryLeavesTheTableAsItWas) {
    const TempDir dir;
    write(dir.path(), "{\"id\":1,\"v\":1}\n{\"id\":2,\"v\":2}");
    const std::string schema = read_table(dir.path(), "t")->schema;
    for (const CommitOptions& wanted : {CommitOptions(), appending(), merging({"id"})}) {
        die_committing(dir.path(), R"({"id":1,"v":"x","new":true})", wanted, false);
        EXPECT_EQ(read_table(dir.path(), "t")->version, 0);
        EXPECT_EQ(read_table(dir.path(), "t")->schema, schema);
        EXPECT_THAT(rows(dir.path(), "FROM t"), ElementsAre(Row{"1", "1"}, Row{"2", "2"}));
    }
    write(dir.path(), R"({"id":1,"v":"x"})", merging({"id"}));
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"), ElementsAre(Row{"1", "\"x\""}, Row{"2", "2"}));
}

TEST(Crash, BehindTheEntryHasCommitted) {
    const TempDir dir;
    write(dir.path(), "{\"id\":1,\"v\":1}\n{\"id\":2,\"v\":2}");
    die_committing(dir.path(), R"({"id":1,"v":"x"})", merging({"id"}), true);
    EXPECT_EQ(read_table(dir.path(), "t")->version, 1);
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"), ElementsAre(Row{"1", "\"x\""}, Row{"2", "2"}));
}

}  // namespace
}  // namespace trawl::lake
