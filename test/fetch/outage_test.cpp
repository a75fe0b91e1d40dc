#include "trawl/fetch/outage.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace trawl {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{100s};

/// Fails whatever is sent as early as it may be, `count` times; gives the pauses in between.
std::vector<Duration> pauses(Outage& outage, int count) {
    std::vector<Duration> result;
    TimePoint at = kStart;
    outage.failed(at, at);
    for (int i = 0; i < count; ++i) {
        const TimePoint next = outage.ready_at(at).value_or(at);
        result.push_back(next - at);
        at = next;
        EXPECT_FALSE(outage.ready_at(at));
        EXPECT_TRUE(outage.sent());
        outage.failed(at, at);
        outage.left();
    }
    return result;
}

TEST(Outage, HoldsNobodyUpWhileThereIsNone) {
    Outage outage;
    EXPECT_FALSE(outage.since());
    EXPECT_FALSE(outage.ready_at(kStart));
    EXPECT_FALSE(outage.sent());
    EXPECT_FALSE(outage.is_probed());
}

TEST(Outage, LooksAgainAfterPausesThatGrowUpToFiveSeconds) {
    Outage outage;
    EXPECT_EQ(pauses(outage, 8), (std::vector<Duration>{100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5s, 5s}));
    EXPECT_EQ(outage.since(), kStart);
}

TEST(Outage, WhatWasUnderWayWhenItBeganLengthensNoPause) {
    Outage outage;
    outage.failed(kStart, kStart - 1s);
    for (int i = 0; i < 300; ++i) outage.failed(kStart + 1ms * i / 10, kStart - 1s);
    EXPECT_EQ(outage.ready_at(kStart), kStart + 100ms);
    outage.failed(kStart + 10s, kStart - 1s);
    EXPECT_FALSE(outage.ready_at(kStart + 100ms));
}

TEST(Outage, AnAnswerToWhatWasSentBeforeItDoesNotEndIt) {
    Outage outage;
    outage.failed(kStart, kStart - 1s);
    outage.answered(kStart - 1500ms);
    EXPECT_TRUE(outage.since());
    outage.answered(kStart - 500ms);
    EXPECT_FALSE(outage.since());
}

TEST(Outage, OneLooksAtATime) {
    Outage outage;
    outage.failed(kStart, kStart);
    EXPECT_TRUE(outage.sent());
    EXPECT_TRUE(outage.is_probed());
    outage.left();
    EXPECT_FALSE(outage.is_probed());
}

TEST(Outage, EndsWithAnAnswerAndTheNextBeginsAnew) {
    Outage outage;
    (void)pauses(outage, 8);
    EXPECT_TRUE(outage.sent());
    outage.answered(kStart);
    EXPECT_FALSE(outage.since());
    EXPECT_FALSE(outage.is_probed());
    EXPECT_EQ(pauses(outage, 1), std::vector<Duration>{100ms});
}

}  // namespace
}  // namespace trawl
