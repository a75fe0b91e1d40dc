/// The retry policy as tables: what is retried, how long it waits, what Retry-After says, what a budget gives.
#include "trawl/http/retry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;
using testing::HasSubstr;

const system_clock::time_point now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 12h;

Failure status(int code, std::optional<std::string> retry_after = {}) {
    return {FailureKind::status, code, std::move(retry_after)};
}

/// "retry 250 ms", "asked 2000 ms", "give up: ...".
std::string decided(int attempt, const Failure& failure, double random = 1) {
    const RetryDecision decision = RetryPolicy().decide(attempt, failure, now, random);
    if (const auto* give_up = std::get_if<GiveUp>(&decision)) return "give up: " + give_up->reason;
    const auto& retry = std::get<Retry>(decision);
    return format("{} {} ms", retry.asked_by_source ? "asked" : "retry",
                  std::chrono::duration_cast<std::chrono::milliseconds>(retry.delay).count());
}

TEST(RetryPolicy, RetriesWhatMayPass) {
    for (const int code : {408, 425, 429, 500, 502, 503, 504})
        EXPECT_EQ(decided(1, status(code)), "retry 250 ms") << code;
    for (const FailureKind kind : {FailureKind::connection, FailureKind::timeout, FailureKind::damaged})
        EXPECT_EQ(decided(1, {kind, 0, {}}), "retry 250 ms");
}

TEST(RetryPolicy, DoesNotRetryWhatWillFailAgain) {
    for (const int code : {400, 401, 403, 404, 405, 409, 410, 422, 451, 501, 505, 304, 200})
        EXPECT_EQ(decided(1, status(code)), format("give up: status {} is not retried", code));
}

TEST(RetryPolicy, DoublesTheCeilingUpToTheCap) {
    const char* expected[] = {"retry 250 ms", "retry 500 ms", "retry 1000 ms", "retry 2000 ms", "retry 4000 ms"};
    for (int attempt = 1; attempt <= 5; ++attempt) EXPECT_EQ(decided(attempt, status(503)), expected[attempt - 1]);
    EXPECT_EQ(decided(6, status(503)), "give up: 6 attempts failed, the last with status 503");
    EXPECT_EQ(decided(6, {FailureKind::timeout, 0, {}}), "give up: 6 attempts failed, the last with a timeout");
    const RetryDecision late = RetryPolicy(1000).decide(999, status(503), now, 1);
    EXPECT_EQ(std::get<Retry>(late).delay, RetryPolicy::default_cap);
}

TEST(RetryPolicy, JitterIsFull) {
    EXPECT_EQ(decided(3, status(503), 0), "retry 0 ms");
    EXPECT_EQ(decided(3, status(503), 0.5), "retry 500 ms");
}

TEST(RetryPolicy, RetryAfterIsAFloorAndHasALimit) {
    EXPECT_EQ(decided(1, status(429, "2"), 0), "asked 2000 ms");
    EXPECT_EQ(decided(5, status(429, "2"), 1), "asked 2250 ms");
    EXPECT_EQ(decided(1, status(503, "Sat, 21 Nov 2026 12:00:10 GMT"), 0), "asked 10000 ms");
    EXPECT_EQ(decided(1, status(503, "soon"), 1), "retry 250 ms");
    EXPECT_EQ(decided(3, status(503, "0"), 1), "retry 1000 ms");
    EXPECT_THAT(decided(1, status(429, "3600")), HasSubstr("asks to wait 3600 s (status 429), longer than the 300 s"));
    EXPECT_THAT(decided(1, status(429, "99999999999999999999")), HasSubstr("give up"));
    EXPECT_THAT(decided(1, status(404, "2")), HasSubstr("not retried"));
}

TEST(RetryPolicy, RefusesSettingsWithoutMeaning) {
    EXPECT_THROW(RetryPolicy(0), UsageError);
    EXPECT_THROW(RetryPolicy(3, 2s, 1s), UsageError);
    EXPECT_THROW(RetryBudget(-0.1), UsageError);
    EXPECT_THROW(RetryBudget(0.2, -1), UsageError);
}

/// How many retries there are at that time.
int taken(RetryBudget& budget, TimePoint at) {
    int count = 0;
    while (budget.take(at)) ++count;
    return count;
}

constexpr TimePoint kStart{1h};

TEST(RetryBudget, HasTenSecondsWorthFromTheStartAndTenASecond) {
    RetryBudget budget;
    EXPECT_EQ(taken(budget, kStart), 100);
    EXPECT_EQ(taken(budget, kStart + 2s), 20);
    EXPECT_EQ(taken(budget, kStart + 1h), 100);
    EXPECT_EQ(taken(budget, kStart), 0) << "time that goes back brings nothing";
}

TEST(RetryBudget, HasAShareOfTheRequests) {
    RetryBudget budget(0.2, 0);
    EXPECT_EQ(taken(budget, kStart), 100);
    int granted = 0;
    for (int i = 0; i < 1000; ++i) {
        budget.on_request();
        granted += taken(budget, kStart);
    }
    EXPECT_NEAR(granted, 200, 1);
}

TEST(RetryBudget, KnowsWhenTheNextMayCome) {
    RetryBudget budget;
    EXPECT_FALSE(budget.ready_at(kStart));
    (void)taken(budget, kStart);
    const auto ready = budget.ready_at(kStart + 30ms);
    ASSERT_TRUE(ready);
    EXPECT_LT(*ready - (kStart + 100ms), 2ns);
    EXPECT_FALSE(budget.take(*ready - 2ns));
    EXPECT_TRUE(budget.take(*ready));
    RetryBudget without_time(0.2, 0);
    (void)taken(without_time, kStart);
    EXPECT_EQ(without_time.ready_at(kStart), TimePoint::max());
}

TEST(RetryBudget, DoesNotSaveUpForAStorm) {
    RetryBudget budget;
    for (int i = 0; i < 100'000; ++i) budget.on_request();
    EXPECT_EQ(taken(budget, kStart), 100);
}

TEST(RetryAfter, IsSecondsOrADate) {
    EXPECT_EQ(parse_retry_after(" 120 ", now), 120s);
    EXPECT_EQ(parse_retry_after("0", now), 0s);
    EXPECT_EQ(parse_retry_after("Sat, 21 Nov 2026 12:01:00 GMT", now), 60s);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 0s);
    for (const char* text : {"", "-1", "1.5", "soon", "1s"})
        EXPECT_EQ(parse_retry_after(text, now), std::nullopt) << text;
}

}  // namespace
}  // namespace trawl
