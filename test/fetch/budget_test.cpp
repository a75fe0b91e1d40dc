#include "trawl/fetch/budget.hpp"

#include <gtest/gtest.h>

#include "trawl/base/error.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};
const std::chrono::system_clock::time_point kWall{std::chrono::seconds(1'700'000'000)};

/// How many requests of `weight` may be sent from `from` until `to`, each as soon as it may.
int sent_between(Budget& budget, TimePoint from, TimePoint to, double weight = 1) {
    int count = 0;
    for (TimePoint now = from; now < to;) {
        const auto ready = budget.ready_at(now, weight);
        if (ready && *ready >= to) break;
        if (ready) {
            EXPECT_GT(*ready, now);
            now = *ready;
            continue;
        }
        budget.sent(now, weight);
        ++count;
    }
    return count;
}

TEST(Budget, WithoutAWindowEverythingMayBeSent) {
    Budget budget;
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(budget.ready_at(kStart));
        budget.sent(kStart);
    }
    EXPECT_EQ(budget.describe(kStart), "no limit");
}

TEST(Budget, NoSpanOfAWindowHasMoreThanItsRequests) {
    Budget budget({{60, 60s}});
    EXPECT_EQ(sent_between(budget, kStart, kStart + 1s), 60);
    EXPECT_EQ(budget.ready_at(kStart + 1s), kStart + 60s);
    EXPECT_EQ(budget.describe(kStart + 1s), "60 of 60 in 60 s");
    EXPECT_EQ(sent_between(budget, kStart + 1s, kStart + 61s), 60);
}

TEST(Budget, RequestsThatAreSpreadMakeRoomOneByOne) {
    Budget budget({{10, 10s}});
    for (int i = 0; i < 10; ++i) budget.sent(kStart + i * 1s);
    EXPECT_EQ(budget.ready_at(kStart + 9500ms), kStart + 10s);
    EXPECT_FALSE(budget.ready_at(kStart + 10s));
    budget.sent(kStart + 10s);
    EXPECT_EQ(budget.ready_at(kStart + 10s), kStart + 11s);
}

TEST(Budget, AStreamOfRequestsWithoutAPauseIsForgottenInTime) {
    Budget budget({{100'000, 1s}});  // requests ten microseconds apart share their moments
    for (int i = 0; i < 300'000; ++i) budget.sent(kStart + i * 10us);
    EXPECT_FALSE(budget.ready_at(kStart + 3s + 2ms));
    EXPECT_EQ(budget.describe(kStart + 5s), "0 of 100000 in 1 s");
}

TEST(Budget, TheTightestOfSeveralWindowsCounts) {
    Budget budget({{5, 1s}, {8, 60s}});
    EXPECT_EQ(sent_between(budget, kStart, kStart + 1s), 5);
    EXPECT_EQ(sent_between(budget, kStart + 1s, kStart + 60s), 3);
    EXPECT_EQ(sent_between(budget, kStart + 60s, kStart + 61s), 5);
}

TEST(Budget, ARequestCountsByItsWeight) {
    Budget budget({{10, 1s}});
    EXPECT_EQ(sent_between(budget, kStart, kStart + 1s, 4), 2);
    EXPECT_FALSE(budget.ready_at(kStart, 2));
    EXPECT_EQ(budget.ready_at(kStart, 3), kStart + 1s);
}

TEST(Budget, ARequestHeavierThanAWindowWaitsForAnEmptyOne) {
    Budget budget({{2, 1s}});
    EXPECT_FALSE(budget.ready_at(kStart, 5));
    budget.sent(kStart);
    budget.sent(kStart + 500ms);
    EXPECT_EQ(budget.ready_at(kStart + 600ms, 5), kStart + 1500ms);
}

TEST(Budget, ARequestThatLeftLaterCountsFromThen) {
    Budget budget({{3, 1s}});
    for (int i = 0; i < 3; ++i) budget.sent(kStart);
    budget.left_later(kStart, kStart + 100ms);
    budget.left_later(kStart, kStart + 200ms);
    EXPECT_EQ(budget.ready_at(kStart + 900ms), kStart + 1s);
    EXPECT_EQ(budget.ready_at(kStart + 900ms, 2), kStart + 1100ms);
    EXPECT_EQ(budget.ready_at(kStart + 900ms, 3), kStart + 1200ms);
    EXPECT_EQ(sent_between(budget, kStart + 900ms, kStart + 1150ms), 2);
    EXPECT_EQ(budget.describe(kStart + 1150ms), "3 of 3 in 1 s");
}

TEST(Budget, ARequestThatLeftWhenItsTimeWasOverCountsAllTheSame) {
    Budget budget({{2, 1s}, {9, 60s}});
    budget.sent(kStart);
    EXPECT_FALSE(budget.ready_at(kStart + 1s, 2));
    budget.left_later(kStart, kStart + 1s);
    EXPECT_EQ(budget.describe(kStart + 1s), "1 of 2 in 1 s; 1 of 9 in 60 s");
    EXPECT_EQ(budget.ready_at(kStart + 1s, 2), kStart + 2s);
    budget.sent(kStart + 1500ms);
    budget.left_later(kStart + 1500ms, kStart + 4s);
    EXPECT_EQ(budget.ready_at(kStart + 4s, 2), kStart + 5s);
    EXPECT_EQ(budget.describe(kStart + 5s), "0 of 2 in 1 s; 2 of 9 in 60 s");
}

TEST(Budget, RequestsThatLeftInAnotherOrderAreCountedInTheirs) {
    Budget budget({{4, 1s}});
    for (int i = 0; i < 4; ++i) budget.sent(kStart + i * 10ms);
    budget.left_later(kStart, kStart + 25ms);
    budget.left_later(kStart + 10ms, kStart + 500ms);
    EXPECT_EQ(budget.ready_at(kStart + 900ms), kStart + 1020ms);
    EXPECT_EQ(budget.ready_at(kStart + 900ms, 2), kStart + 1025ms);
    EXPECT_EQ(budget.ready_at(kStart + 900ms, 3), kStart + 1030ms);
    EXPECT_EQ(budget.ready_at(kStart + 900ms, 4), kStart + 1500ms);
}

TEST(Budget, AWindowThatIsNotPositiveIsRefused) {
    EXPECT_THROW(Budget({{0, 1s}}), UsageError);
    EXPECT_THROW(Budget({{1, 0s}}), UsageError);
}

TEST(Budget, WhatTheSourceSaysIsLeftIsNotOverdrawn) {
    Budget budget;
    budget.learned(kStart, {2, 30s});
    EXPECT_EQ(sent_between(budget, kStart, kStart + 10s), 2);
    EXPECT_EQ(budget.ready_at(kStart + 10s), kStart + 30s);
    EXPECT_EQ(budget.describe(kStart + 10s), "0 left for 20 s");
    EXPECT_FALSE(budget.ready_at(kStart + 30s));
}

TEST(Budget, AnOlderAnswerThatComesLateDoesNotRaiseWhatIsLeft) {
    Budget budget;
    budget.learned(kStart, {5, 30s});
    budget.learned(kStart + 1s, {9, 29s});
    EXPECT_EQ(budget.describe(kStart + 1s), "5 left for 29 s");
    budget.learned(kStart + 31s, {9, 60s});
    EXPECT_EQ(budget.describe(kStart + 31s), "9 left for 60 s");
}

struct Fields {
    Headers headers;
    std::optional<RateLeft> expected;
};

TEST(RateLeft, IsReadInEachForm) {
    const std::vector<Fields> rows = {
        {{{"RateLimit", "\"default\";r=50;t=30"}}, RateLeft{50, 30s}},
        {{{"RateLimit", "\"burst\";r=50;t=1, \"day\";r=3;t=4000"}}, RateLeft{3, 4000s}},
        {{{"RateLimit", "limit=100, remaining=7, reset=12"}}, RateLeft{7, 12s}},
        {{{"RateLimit-Remaining", "4"}, {"RateLimit-Reset", "9"}}, RateLeft{4, 9s}},
        {{{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1700000060"}}, RateLeft{0, 60s}},
        {{{"x-ratelimit-remaining", " 12 "}, {"x-ratelimit-reset", "0.5"}}, RateLeft{12, 500ms}},
        {{{"X-Rate-Limit-Remaining", "1"}, {"X-Rate-Limit-Reset", "1699999000"}}, RateLeft{1, 0s}},
        {{{"RateLimit", "nonsense"}, {"RateLimit-Remaining", "1"}, {"RateLimit-Reset", "2"}}, RateLeft{1, 2s}},
        {{{"RateLimit-Remaining", "4"}}, std::nullopt},
        {{{"RateLimit-Remaining", "-4"}, {"RateLimit-Reset", "9"}}, std::nullopt},
        {{{"RateLimit-Remaining", "four"}, {"RateLimit-Reset", "9"}}, std::nullopt},
        {{{"RateLimit-Remaining", "1"}, {"RateLimit-Reset", "1e400"}}, std::nullopt},
        {{}, std::nullopt},
    };
    for (const Fields& row : rows) {
        const auto left = parse_rate_left(row.headers, kWall);
        ASSERT_EQ(left.has_value(), row.expected.has_value());
        if (!left) continue;
        EXPECT_EQ(left->remaining, row.expected->remaining);
        EXPECT_EQ(left->reset, row.expected->reset);
    }
}

}  // namespace
}  // namespace trawl
