/// What the limiter makes of refusals that no rate explains, and of requests of several kinds. Simulated time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fetch/sim/ours.hpp"
#include "fetch/sim/sources.hpp"
#include "trawl/fetch/background.hpp"
#include "trawl/fetch/limiter.hpp"
#include "trawl/fetch/mix.hpp"
#include "trawl/fetch/pace.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using limit::Background;
using limit::Burst;
using limit::Mix;
using sim::Outcome;
using sim::Seconds;

const TimePoint start = TimePoint(1h);

std::vector<Outcome> runs(const std::string& source, std::uint64_t seeds = 4) {
    std::vector<Outcome> runs;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        Limiter limiter;
        sim::Ours ours(limiter);
        runs.push_back(simulate(sim::source_named(source), ours, seed));
    }
    return runs;
}

double mean_rate(const std::string& source, Seconds from, Seconds to, std::uint64_t seeds = 4) {
    double sum = 0;
    for (const Outcome& run : runs(source, seeds)) sum += run.throughput(from, to);
    return sum / static_cast<double>(seeds);
}

double refused_share(const std::string& source) {
    double refused = 0, done = 0;
    for (const Outcome& run : runs(source)) {
        refused += static_cast<double>(run.refused);
        done += static_cast<double>(run.done);
    }
    return refused / (refused + done);
}

// Each took 3% of the pace and more, until few a second were left: 8%, 2% and 0.1% of the pool's 800/s.
TEST(Refused, A429NowAndThenIsNoRate) {
    EXPECT_GT(mean_rate("0.5% answered 429", 10, 40), 0.93 * 800);
    EXPECT_GT(mean_rate("2% answered 429", 10, 40), 0.9 * 800);
    EXPECT_GT(mean_rate("10% answered 429", 15, 40), 0.75 * 800);
}

// 15/s. With a second's wait after each hundredth request there is no way beyond 140/s.
TEST(Refused, A429NowAndThenIsNoRateThoughItNamesAWait) {
    EXPECT_GT(mean_rate("1% answered 429, Retry-After 1 s", 10, 40), 80);
    for (const Outcome& run : runs("1% answered 429, Retry-After 1 s")) EXPECT_EQ(run.early, 0);
}

// The limit was cut for each, to one or two at once: 5% and 4% of the pool's rate.
TEST(Refused, A503NowAndThenIsNotForTooMuchAtOnce) {
    EXPECT_GT(mean_rate("0.5% answered 503", 10, 40), 0.93 * 800);
    EXPECT_GT(mean_rate("0.5% answered 503", 10, 40, 12), 0.85 * 800);  // one in six runs loses a third or more
    EXPECT_GT(mean_rate("5% answered 503", 15, 40), 0.85 * 800);
    EXPECT_GT(mean_rate("10% answered 503", 15, 40), 0.8 * 800);
}

// It stayed at the rate that it had fallen to.
TEST(Refused, FindsARateThatHasRisenAgain) {
    EXPECT_GT(mean_rate("bucket 100/s, 25/s from 15 to 30 s", 18, 30), 0.9 * 25);
    EXPECT_GT(mean_rate("bucket 100/s, 25/s from 15 to 30 s", 50, 60), 0.85 * 100);
    EXPECT_LT(refused_share("bucket 100/s, 25/s from 15 to 30 s"), 0.01);
}

// That it refuses at less than before is no reason to think that no rate explains it: a third was refused for good.
TEST(Refused, ARateThatFallsStaysARateWhereItNamesAWait) {
    EXPECT_GT(mean_rate("the same with Retry-After", 20, 30), 0.8 * 25);
    EXPECT_LT(refused_share("the same with Retry-After"), 0.01);
}

// The same, of what is refused for being too many at once.
TEST(Refused, FindsACapThatHasRisenAgain) {
    EXPECT_GT(mean_rate("429 beyond 64, 8 from 10 to 20 s", 12, 20), 0.7 * 8 / 0.062);
    EXPECT_GT(mean_rate("429 beyond 64, 8 from 10 to 20 s", 33, 40), 0.75 * 64 / 0.062);
    EXPECT_GT(mean_rate("503 beyond 64, 8 from 10 to 20 s", 12, 20), 0.7 * 8 / 0.062);
    EXPECT_GT(mean_rate("503 beyond 64, 8 from 10 to 20 s", 36, 40), 0.75 * 64 / 0.062);
    EXPECT_LT(refused_share("503 beyond 64, 8 from 10 to 20 s"), 0.02);
}

TEST(Refused, StaysBelowACap) {
    EXPECT_GT(mean_rate("429 beyond 64", 5, 40), 0.85 * 64 / 0.062);
    EXPECT_LT(refused_share("429 beyond 64"), 0.01);
    EXPECT_GT(mean_rate("503 beyond 64", 5, 40), 0.8 * 64 / 0.062);
    EXPECT_LT(refused_share("503 beyond 64"), 0.01);
}

// The start took the slow answers of the second for a source that is full, and the time between them for a standstill.
TEST(Refused, ASlowResourceAfterAFastOneIsNoFullSource) {
    EXPECT_GT(mean_rate("20 of 10 ms, then also 1 s", 10, 40), 0.9 * 200);
}

// A level that is tried settles by how long answers take; those that a standstill delayed are none of them.
TEST(Refused, AStandstillDoesNotFreezeWhatIsTried) {
    Limiter limiter(LimiterOptions{.initial = 8});
    TimePoint now = start;
    const auto answer = [&](Duration latency) { limiter.succeeded(now, latency, limiter.limit() - 1); };
    for (int i = 0; i < 4; ++i) answer(50ms);
    now += 30s;
    for (int i = 0; i < 7; ++i) answer(30s);
    limiter.refused(now, 30s, {RefusalKind::unavailable, {}}, 7);
    const std::size_t cut = limiter.limit();
    for (int i = 0; i < 400; ++i) {
        now += 10ms;
        answer(50ms);
    }
    EXPECT_GT(limiter.limit(), cut) << limiter.describe();
}

// The limit stays at what the user said, and the pace of one at a time holds all the same.
TEST(Refused, AFixedLimitIsPacedWhereEverythingIsRefused) {
    Limiter limiter(LimiterOptions{.fixed = 32});
    TimePoint now = start;
    int asked = 0;
    for (; now < start + 60s; ++asked) {
        now = std::max(now + 1ms, limiter.ready_at(now).value_or(now));
        limiter.sent(now);
        limiter.refused(now + 1ms, 1ms, {RefusalKind::too_many_requests, {}}, 31);
    }
    EXPECT_LT(asked, 100) << limiter.describe();
    EXPECT_EQ(limiter.limit(), 32U);
}

// Burst: the limit of 100/s fills in one request while ten are sent.

TEST(Refused, ABurstThatIsRefusedShowsARate) {
    Burst burst(start, 100);
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(burst.wants(start));
        burst.sent(start);
    }
    EXPECT_FALSE(burst.wants(start));  // so many are under way
    burst.answered(start, true);
    burst.answered(start, false);
    burst.answered(start, false);
    EXPECT_EQ(burst.verdict(), Burst::Verdict::open);
    burst.answered(start, false);
    EXPECT_EQ(burst.verdict(), Burst::Verdict::rate);
    EXPECT_FALSE(burst.wants(start));
}

TEST(Refused, ABurstThatIsAcceptedShowsThatThereIsNone) {
    Burst burst(start, 100);
    int sent = 0;
    for (TimePoint now = start; burst.verdict() == Burst::Verdict::open; now += 1ms) {
        ASSERT_LT(++sent, 20);
        ASSERT_TRUE(burst.wants(now));
        burst.sent(now);
        burst.answered(now, true);
    }
    EXPECT_EQ(burst.verdict(), Burst::Verdict::no_rate);
}

// A rate would have accepted as much.
TEST(Refused, ABurstThatIsSentSlowlyShowsNothing) {
    Burst burst(start, 100);
    for (TimePoint now = start; burst.wants(now); now += 10ms) {
        burst.sent(now);
        burst.answered(now, true);
    }
    EXPECT_EQ(burst.verdict(), Burst::Verdict::open);
    EXPECT_FALSE(burst.wants(start + 2s));
}

// Behind a standstill of the source its bucket was full, and what it had accepted then was no rate any more.
TEST(Refused, ABurstThatWaitedForTheSourceShowsNothing) {
    Burst burst(start, 100);
    for (int i = 0; i < 12; ++i) {
        burst.sent(start + 1ms);
        burst.answered(start + 1ms, true, 150ms);
    }
    EXPECT_EQ(burst.verdict(), Burst::Verdict::open);
}

TEST(Refused, ABurstDoesNotCountTheAnswersToOthers) {
    Burst burst(start, 100);
    burst.sent(start + 1ms);
    for (int i = 0; i < 10; ++i) burst.answered(start - 1ms, false);
    for (int i = 0; i < 10; ++i) burst.answered(start + 2ms, false);
    EXPECT_EQ(burst.verdict(), Burst::Verdict::open);
}

// Background.

bool refused_after(Background& background, int accepted, std::size_t limit, bool is_raised = false) {
    for (int i = 0; i < accepted; ++i) background.accepted(limit);
    return background.refused(limit, is_raised);
}

TEST(Refused, CutsThatDoNotHelpAreInVain) {
    Background background;
    EXPECT_FALSE(refused_after(background, 100, 40));
    for (const std::size_t limit : {32U, 25U, 20U}) EXPECT_FALSE(refused_after(background, 20, limit));
    EXPECT_TRUE(refused_after(background, 20, 16));
    EXPECT_NEAR(background.share(), 0.05, 0.01);
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(refused_after(background, 20, 40)) << i;
}

TEST(Refused, MoreThanWhatComesAnywayIsAReason) {
    Background background;
    for (int i = 0; i < 10; ++i) (void)refused_after(background, 50, 40);
    ASSERT_GT(background.share(), 0);
    int tolerated = 0;
    while (refused_after(background, 2, 40)) ASSERT_LT(++tolerated, 20);
}

TEST(Refused, CutsTowardsACapAreNotInVain) {
    Background background;
    EXPECT_FALSE(refused_after(background, 1000, 64));
    for (const std::size_t limit : {51U, 40U, 32U, 25U, 20U, 16U, 12U, 9U})
        EXPECT_FALSE(refused_after(background, limit > 20 ? 1 : 3, limit)) << limit;
    EXPECT_EQ(background.share(), 0);
}

// Between them it was below the cap.
TEST(Refused, RefusalsOfHigherLevelsDoNotMakeCutsVain) {
    Background background;
    EXPECT_FALSE(refused_after(background, 1000, 64));
    for (const std::size_t limit : {108U, 97U, 87U, 73U, 70U})
        EXPECT_FALSE(refused_after(background, 400, limit, true));
    EXPECT_EQ(background.share(), 0);
    EXPECT_FALSE(background.was_alone());
}

// Of a hundred that leave at once, ten come back refused before one is answered.
TEST(Refused, WhatIsSentAtOnceBringsItsShareAtOnce) {
    Background background;
    for (int i = 0; i < 10; ++i) (void)refused_after(background, 10, 20);
    ASSERT_NEAR(background.share(), 0.1, 0.02);
    background.expect(100);
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(refused_after(background, 0, 100)) << i;
}

TEST(Refused, ARefusalLongAfterTheOneBeforeIsAlone) {
    Background background;
    EXPECT_FALSE(refused_after(background, 1, 4));
    EXPECT_TRUE(background.was_alone());
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(refused_after(background, 1000, 40));
    EXPECT_TRUE(background.was_alone());
    EXPECT_FALSE(refused_after(background, 100, 40));
    EXPECT_FALSE(background.was_alone());
}

// Mix.

TEST(Refused, ASingleKindsLatenciesStayAsTheyAre) {
    Mix mix;
    for (const double latency : {0.1, 5.0, 1e-6, 0.3}) EXPECT_EQ(mix.comparable(7, latency), latency);
}

TEST(Refused, TheSecondKindIsMeasuredByTheFirst) {
    Mix mix;
    for (int i = 0; i < 20; ++i) EXPECT_NEAR(mix.comparable(0, 0.01), 0.01, 1e-9);
    for (std::size_t i = 0; i < 100; ++i) EXPECT_NEAR(mix.comparable(i % 2, i % 2 == 1 ? 1 : 0.01), 0.01, 1e-9);
    for (int i = 0; i < 100; ++i) EXPECT_NEAR(mix.comparable(1, 1), 0.01, 1e-9);
    // The first is no longer asked for: that answers take longer is load.
    double last = 0;
    for (int i = 0; i < 100; ++i) last = mix.comparable(1, 2);
    EXPECT_NEAR(last, 0.02, 1e-4);
}

TEST(Refused, LoadShowsInBothKinds) {
    Mix mix;
    for (std::size_t i = 0; i < 200; ++i) (void)mix.comparable(i % 2, i % 2 == 1 ? 1 : 0.01);
    double last = 0;
    for (std::size_t i = 0; i < 200; ++i) last = mix.comparable(i % 2, i % 2 == 1 ? 2 : 0.02);
    EXPECT_NEAR(last, 0.02, 0.002);
}

}  // namespace
}  // namespace trawl
