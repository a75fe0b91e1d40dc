#include "progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trawl::cli {
namespace {

using namespace std::chrono_literals;

TEST(Progress, NumbersHaveThousands) {
    EXPECT_EQ(with_thousands(0), "0");
    EXPECT_EQ(with_thousands(999), "999");
    EXPECT_EQ(with_thousands(1000), "1,000");
    EXPECT_EQ(with_thousands(1234567), "1,234,567");
}

TEST(Progress, TimesReadLikeAClock) {
    EXPECT_EQ(clock_text(0s), "0:00");
    EXPECT_EQ(clock_text(-5s), "0:00");
    EXPECT_EQ(clock_text(67s), "1:07");
    EXPECT_EQ(clock_text(3h + 25min + 45s), "3:25:45");
    EXPECT_EQ(clock_text(24h * 365 * 63), "63 years");
    EXPECT_EQ(duration_text(812ms), "812 ms");
    EXPECT_EQ(duration_text(2414ms), "2.41 s");
    EXPECT_EQ(duration_text(125s), "2:05");
}

TEST(Progress, BytesHaveUnits) {
    EXPECT_EQ(bytes_text(999), "999 B");
    EXPECT_EQ(bytes_text(7200), "7.2 KB");
    EXPECT_EQ(bytes_text(999'999), "1.0 MB");
    EXPECT_EQ(bytes_text(1'300'000'000), "1.3 GB");
}

PullProgress halfway() {
    PullProgress progress;
    progress.phase = PullProgress::Phase::pages;
    progress.pages = 50;
    progress.pages_total = 100;
    progress.rows = 2500;
    progress.in_flight = 8;
    progress.retries = 1;
    return progress;
}

TEST(Progress, TheLineSaysHowFarAndHowLong) {
    EXPECT_EQ(progress_line("items", halfway(), 10s),
              "items  50/100 pages  2,500 rows  5.0 pages/s  8 in flight  1 retry  0:10  ETA 0:10");
}

TEST(Progress, BesideWhatIsInFlightStandsWhatMayBe) {
    PullProgress progress = halfway();
    progress.limit = 12;
    EXPECT_EQ(progress_line("items", progress, 10s),
              "items  50/100 pages  2,500 rows  5.0 pages/s  8 of 12 in flight  1 retry  0:10  ETA 0:10");
}

TEST(Progress, WithoutATotalThereIsNoEta) {
    PullProgress progress = halfway();
    progress.pages_total.reset();
    EXPECT_EQ(progress_line("items", progress, 10s),
              "items  50 pages  2,500 rows  5.0 pages/s  8 in flight  1 retry  0:10");
}

TEST(Progress, TheFirstPageAndTheCommitAreNamed) {
    PullProgress progress;
    EXPECT_EQ(progress_line("items", progress, 1s), "items  reading the first page  0:01");
    progress = halfway();
    progress.phase = PullProgress::Phase::commit;
    progress.in_flight = 0;
    EXPECT_EQ(progress_line("items", progress, 10s),
              "items  writing the table  50/100 pages  2,500 rows  5.0 pages/s  1 retry  0:10");
}

TEST(Progress, TheLineFitsTheTerminal) { EXPECT_EQ(progress_line("items", halfway(), 10s, 20).size(), 20U); }

TEST(Progress, TheSummaryHasTheFigures) {
    PullSummary summary;
    summary.progress = halfway();
    summary.progress.requests = 101;
    summary.progress.bytes = 7200;
    summary.progress.in_flight_peak = 8;
    summary.progress.waited = 5s;
    TableSummary& table = summary.tables.emplace_back();
    table.resource = table.table = "items";
    table.path = "lake/items";
    table.version = 3;
    table.rows = 2500;
    table.pages = 50;
    table.notes = {"records: $.items"};
    summary.elapsed = 1200ms;
    summary.fetching = 1s;
    EXPECT_EQ(summary_text(summary),
              "items: 2,500 rows from 50 pages (7.2 KB) in 1.20 s\n"
              "  requests   101 (1 retry), up to 8 at once, 50 pages/s\n"
              "  waiting    requests took 5.00 s in all, 1.00 s on the clock\n"
              "  table      lake/items version 3, after version 2\n"
              "  records: $.items\n");
}

TEST(Progress, SeveralTablesHaveALineEach) {
    PullSummary summary;
    summary.progress = halfway();
    for (const char* name : {"repos", "issues"}) {
        TableSummary& table = summary.tables.emplace_back();
        table.resource = table.table = name;
        table.path = std::filesystem::path("lake") / name;
        table.version = 0;
        table.rows = 1000;
        table.pages = 20;
    }
    summary.elapsed = summary.fetching = 1s;
    EXPECT_EQ(summary_text(summary),
              "in all: 2,000 rows from 50 pages (0 B) in 1.00 s\n"
              "  requests   0 (1 retry), up to 0 at once, 50 pages/s\n"
              "repos: 1,000 rows from 20 pages\n"
              "  table      lake/repos version 0\n"
              "issues: 1,000 rows from 20 pages\n"
              "  table      lake/issues version 0\n");
    EXPECT_EQ(what_was_committed(summary), "committed: repos, issues");
    summary.failed = {"labels", "users"};
    EXPECT_EQ(what_was_committed(summary), "committed: repos, issues; not committed: labels, users");
    summary.tables.front().version.reset();  // it had no rows
    EXPECT_EQ(what_was_committed(summary), "committed: issues; not committed: labels, users");
    EXPECT_EQ(what_was_committed(PullSummary()), "nothing was committed");
    EXPECT_EQ(what_was_committed(std::vector<std::string>{"repos"}), "committed: repos");
    EXPECT_EQ(what_was_committed(std::vector<std::string>{}), "nothing was committed");
}

TEST(Progress, OneIsNoPlural) {
    PullSummary summary;
    summary.progress.pages = 1;
    TableSummary& table = summary.tables.emplace_back();
    table.table = "items";
    table.rows = 1;
    EXPECT_THAT(summary_text(summary), testing::HasSubstr("items: 1 row from 1 page ("));
    summary.progress.phase = PullProgress::Phase::pages;
    summary.progress.rows = 1;
    EXPECT_THAT(progress_line("items", summary.progress, 1s), testing::HasSubstr("  1 page  1 row  "));
}

TEST(Progress, WhatIsOfTheRunIsToldOnce) {
    PullSummary summary;
    for (const char* name : {"repos", "issues"}) {
        TableSummary& table = summary.tables.emplace_back();
        table.table = name;
        table.notes = {"note: rows that move while they are read are not caught: so and so", "note: of " + table.table};
    }
    const std::string text = summary_text(summary);
    EXPECT_EQ(text.find("rows that move"), text.rfind("rows that move"));
    EXPECT_THAT(text, testing::AllOf(testing::HasSubstr("note: of repos"), testing::HasSubstr("note: of issues")));
}

TEST(Progress, AProgramReadsItAsJson) {
    EXPECT_EQ(
        progress_json("items", halfway(), 10s),
        R"({"name":"items","phase":"pages","elapsed_s":10.000,"pages":50,"pages_total":100,"rows":2500,"bytes":0,)"
        R"("requests":0,"retries":1,"no_room":0,"in_flight":8,"limit":0})");
}

TEST(Progress, WhatWasSentAgainForWantOfMemoryIsNoRetryAndIsTold) {
    PullSummary summary;
    PullProgress& progress = summary.progress;
    progress = halfway();
    progress.no_room = 1252;
    summary.tables.emplace_back().table = "items";
    summary.elapsed = summary.fetching = 1s;
    EXPECT_THAT(summary_text(summary), testing::HasSubstr("0 (1 retry, 1,252 sent again for want of memory), up to"));
    EXPECT_THAT(progress_line("items", progress, 10s), testing::HasSubstr("  1 retry  1,252 for want of memory  0:10"));
    EXPECT_THAT(progress_json("items", progress, 10s), testing::HasSubstr(R"("retries":1,"no_room":1252,)"));
}

}  // namespace
}  // namespace trawl::cli
