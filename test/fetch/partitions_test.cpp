/// Windows of dates and numbers: no gap, no overlap, months and leap years as they are.
#include "trawl/fetch/partitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trawl/base/error.hpp"
#include "trawl/base/iso_time.hpp"

namespace trawl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Unit = CalendarStep::Unit;

std::chrono::sys_seconds at(const char* text) { return parse_iso_time(text).value().seconds; }

DatePartitions dates(const char* from, const char* to, CalendarStep step, const char* format = "%Y-%m-%d") {
    return {"since", "until", at(from), to ? std::optional(at(to)) : std::nullopt, step, format, false};
}

std::vector<std::string> names(const Partitioning& partitioning, const char* now = "2024-06-15T12:00:00Z") {
    std::vector<std::string> found;
    for (const Partition& partition : plan_partitions(partitioning, at(now))) found.push_back(partition.name);
    return found;
}

TEST(Partitions, OfMonthsKeepTheCalendar) {
    EXPECT_THAT(names(dates("2023-12-31", "2024-05-31", {1, Unit::month})),
                ElementsAre("2023-12-31/2024-01-31", "2024-01-31/2024-02-29", "2024-02-29/2024-03-31",
                            "2024-03-31/2024-04-30", "2024-04-30/2024-05-31"));
    EXPECT_THAT(names(dates("2023-01-31", "2023-03-01", {1, Unit::month})),
                ElementsAre("2023-01-31/2023-02-28", "2023-02-28/2023-03-01"));
    EXPECT_THAT(names(dates("2024-02-29", "2026-03-01", {1, Unit::year})),
                ElementsAre("2024-02-29/2025-02-28", "2025-02-28/2026-02-28", "2026-02-28/2026-03-01"));
    EXPECT_THAT(names(dates("1900-02-27", "1900-03-02", {1, Unit::day})),
                ElementsAre("1900-02-27/1900-02-28", "1900-02-28/1900-03-01", "1900-03-01/1900-03-02"));
}

TEST(Partitions, OfWeeksAndHours) {
    EXPECT_THAT(names(dates("2024-02-20", "2024-03-08", {1, Unit::week})),
                ElementsAre("2024-02-20/2024-02-27", "2024-02-27/2024-03-05", "2024-03-05/2024-03-08"));
    EXPECT_THAT(names(dates("2024-02-28T18:00Z", "2024-02-29T03:30:00Z", {6, Unit::hour}, "%Y-%m-%dT%H:%M:%SZ")),
                ElementsAre("2024-02-28T18:00:00Z/2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z/2024-02-29T03:30:00Z"));
}

TEST(Partitions, WithoutAnEndGoOnUntilTheDayOfTheRetrievalIsOver) {
    EXPECT_THAT(names(dates("2024-06-13", nullptr, {2, Unit::day})),
                ElementsAre("2024-06-13/2024-06-15", "2024-06-15/2024-06-16"));
    EXPECT_THAT(names(dates("2024-06-13", nullptr, {2, Unit::day}), "2024-06-15"),
                ElementsAre("2024-06-13/2024-06-15"));
    EXPECT_THAT(names(dates("2024-07-01", nullptr, {1, Unit::day})), ElementsAre());
}

TEST(Partitions, WhoseEndBelongsToThemEndOneUnitEarlier) {
    DatePartitions days = dates("2024-02-01", "2024-04-01", {1, Unit::month});
    days.end_inclusive = true;
    EXPECT_THAT(names(days), ElementsAre("2024-02-01/2024-02-29", "2024-03-01/2024-03-31"));
    DatePartitions months = dates("2024-01-01", "2024-07-01", {3, Unit::month}, "%Y-%m");
    months.end_inclusive = true;
    EXPECT_THAT(names(months), ElementsAre("2024-01/2024-03", "2024-04/2024-06"));
    DatePartitions seconds = dates("1970-01-01", "1970-01-03", {1, Unit::day}, "%s");
    seconds.end_inclusive = true;
    EXPECT_THAT(names(seconds), ElementsAre("0/86399", "86400/172799"));
}

TEST(Partitions, AreWrittenAsTheSourceWantsThem) {
    EXPECT_THAT(names(dates("2024-02-01", "2024-02-02", {1, Unit::day}, "%d.%m.%Y")),
                ElementsAre("01.02.2024/02.02.2024"));
    EXPECT_THAT(names(dates("2024-02-01", "2024-02-02", {1, Unit::day}, "%ms")),
                ElementsAre("1706745600000/1706832000000"));
    EXPECT_THAT(names(dates("2024-02-01", "2024-02-02", {1, Unit::day}, "%Y%m%d%H%M%S%%")),
                ElementsAre("20240201000000%/20240202000000%"));
    DatePartitions alone = dates("2024-02-01", "2024-02-03", {1, Unit::day});
    alone.end_param = "";
    EXPECT_THAT(names(alone), ElementsAre("2024-02-01", "2024-02-02"));
    const auto planned = plan_partitions(dates("2024-02-01", "2024-02-02", {1, Unit::day}), {});
    EXPECT_THAT(planned.at(0).params,
                ElementsAre(testing::Pair("since", "2024-02-01"), testing::Pair("until", "2024-02-02")));
}

std::string refusal(const Partitioning& partitioning) {
    try {
        (void)plan_partitions(partitioning, at("2024-06-15T12:00:00Z"));
        return "planned";
    } catch (const UsageError& error) {
        return error.what();
    }
}

TEST(Partitions, AreRefusedWhereTheFormatCannotTellThemApart) {
    EXPECT_THAT(
        refusal(dates("2024-01-01", "2024-01-03", {6, Unit::hour})),
        HasSubstr("the format '%Y-%m-%d' cannot say where a window begins: 2024-01-01T06:00:00Z has more to it"));
    EXPECT_THAT(refusal(dates("2024-01-15", "2024-03-01", {1, Unit::month}, "%Y-%m")),
                HasSubstr("2024-01-15T00:00:00Z"));
}

TEST(Partitions, AreNotMoreThanAPlanHolds) {
    EXPECT_THAT(refusal(dates("2000-01-01", "2024-01-01", {1, Unit::second}, "%s")), HasSubstr("more than 100000"));
    EXPECT_THAT(refusal(RangePartitions{"a", "b", INT64_MIN, INT64_MAX, 1, false}), HasSubstr("more than 100000"));
}

TEST(Partitions, OfNumbersEndWhereTheNextBegin) {
    EXPECT_THAT(names(RangePartitions{"a", "b", -5, 6, 4, false}), ElementsAre("-5/-1", "-1/3", "3/6"));
    EXPECT_THAT(names(RangePartitions{"a", "b", 1, 9, 4, true}), ElementsAre("1/4", "5/8"));
    EXPECT_THAT(names(RangePartitions{"a", "", 0, 3, 2, false}), ElementsAre("0", "2"));
    EXPECT_EQ(names(RangePartitions{"a", "b", INT64_MIN, INT64_MAX, INT64_MAX, false}).size(), 3U);
}

TEST(Partitions, OfValuesAreThese) {
    EXPECT_THAT(names(ValuePartitions{"state", {"open", "closed"}}), ElementsAre("open", "closed"));
}

}  // namespace
}  // namespace trawl
