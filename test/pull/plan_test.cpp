#include "trawl/pull/plan.hpp"

#include <gtest/gtest.h>

#include "partition_run.hpp"
#include "trawl/base/error.hpp"

namespace trawl {
namespace {

PullPartition example() {
    PullPartition partition;
    partition.plan = "0123456789abcdef";
    partition.id = "items-2";
    partition.resource = "items";
    partition.place = "https://api.example.com/items?\"x\"";
    partition.paginator = "page_number:page_param=p,base_page=11,maximum_page=21";
    partition.records = "$.items";
    partition.rows = 500;
    return partition;
}

TEST(Plan, APartitionIsALineOfJsonAndBack) {
    const std::string line = to_json(example());
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const PullPartition back = parse_partition(line);
    EXPECT_EQ(to_json(back), line);
    EXPECT_EQ(back.place, example().place);
    EXPECT_EQ(back.rows, 500U);
}

TEST(Plan, APartitionOfWindowsKeepsThemInOrder) {
    PullPartition partition = example();
    partition.paginator.reset();
    partition.records.reset();
    partition.rows.reset();
    partition.windows = {{{"from", "2024-01-01"}, {"to", "2024-02-01"}},
                         {{"from", "2024-02-01"}, {"to", "2024-03-01"}}};
    const PullPartition back = parse_partition(to_json(partition));
    EXPECT_EQ(back.windows, partition.windows);
    EXPECT_FALSE(back.paginator || back.records || back.rows);
}

TEST(Plan, WhatIsNoPartitionIsRefused) {
    for (const char* text : {"", "7", "{", "{}", R"({"plan":"p","id":"i","resource":"r"})", R"({"plan":1})"})
        EXPECT_THROW((void)parse_partition(text), UsageError) << text;
}

TEST(Plan, APartitionIsCommittedUnderItsOwnNameAndReplacesNothing) {
    CommitOptions commit;
    pulling::claim_partition(commit, example(), "t");
    EXPECT_EQ(commit.application, "trawl:t:0123456789abcdef:items-2");
    EXPECT_EQ(commit.disposition, Disposition::append);
    commit.disposition = Disposition::merge;
    pulling::claim_partition(commit, example(), "t");
    EXPECT_EQ(commit.disposition, Disposition::merge);
}

TEST(Plan, APartitionThatCameShortFails) {
    EXPECT_NO_THROW(pulling::check_planned(example(), 500));
    EXPECT_NO_THROW(pulling::check_planned(example(), 501));
    EXPECT_THROW(pulling::check_planned(example(), 499), PaginationError);
}

}  // namespace
}  // namespace trawl
