#include "retry.hpp"

#include <gtest/gtest.h>

namespace trawl::fetch {
namespace {

using namespace std::chrono_literals;

Outcome status(int code, std::optional<Duration> retry_after = std::nullopt) { return {code, retry_after, false}; }

RetryDecision first(const Outcome& outcome, double random = 1.0) { return decide({}, 1, outcome, random, 1000, 0); }

TEST(Retry, OnlyWhatMayPass) {
    for (int code : {408, 425, 429, 500, 502, 503, 504}) EXPECT_EQ(first(status(code)).give_up, GiveUp::no) << code;
    for (int code : {301, 400, 401, 403, 404, 410, 501, 505})
        EXPECT_EQ(first(status(code)).give_up, GiveUp::pointless) << code;
    EXPECT_EQ(first({}).give_up, GiveUp::no);
    EXPECT_EQ(first({std::nullopt, std::nullopt, true}).give_up, GiveUp::pointless);
}

TEST(Retry, BacksOffWithFullJitterUpToAMost) {
    const RetryPolicy policy;
    EXPECT_EQ(decide(policy, 1, {}, 0.0, 1000, 0).delay, 0s);
    EXPECT_EQ(decide(policy, 1, {}, 0.5, 1000, 0).delay, 250ms);
    EXPECT_EQ(decide(policy, 2, {}, 0.5, 1000, 0).delay, 500ms);
    EXPECT_EQ(decide(policy, 5, {}, 0.5, 1000, 0).delay, 4s);
    RetryPolicy patient;
    patient.attempts_max = 100;
    EXPECT_EQ(decide(patient, 99, {}, 0.5, 1000, 0).delay, 15s);
}

TEST(Retry, GivesUpAfterItsAttempts) {
    EXPECT_EQ(decide({}, 5, {}, 0.5, 1000, 0).give_up, GiveUp::no);
    EXPECT_EQ(decide({}, 6, {}, 0.5, 1000, 0).give_up, GiveUp::attempts);
}

TEST(Retry, ObeysRetryAfterAndMakesEveryoneWait) {
    const RetryDecision decision = first(status(429, 7s));
    EXPECT_EQ(decision.delay, 7s);
    EXPECT_TRUE(decision.for_everyone);
    EXPECT_FALSE(first(status(500)).for_everyone);
    EXPECT_EQ(first(status(503, 1h)).give_up, GiveUp::wait);
}

TEST(Retry, HasABudget) {
    EXPECT_EQ(decide({}, 1, {}, 0.5, 10, 19).give_up, GiveUp::no);
    EXPECT_EQ(decide({}, 1, {}, 0.5, 10, 22).give_up, GiveUp::budget);
    EXPECT_EQ(decide({}, 1, {}, 0.5, 1000, 210).give_up, GiveUp::no);
    EXPECT_EQ(decide({}, 1, {}, 0.5, 1000, 220).give_up, GiveUp::budget);
}

TEST(RetryAfter, IsSecondsOrADate) {
    // 1994-11-06 08:49:37 UTC, the example of RFC 9110, section 5.6.7.
    const auto now = std::chrono::system_clock::from_time_t(784111777);
    EXPECT_EQ(parse_retry_after("120", now), 120s);
    EXPECT_EQ(parse_retry_after("0", now), 0s);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), 10s);
    EXPECT_EQ(parse_retry_after("Sunday, 06-Nov-94 08:49:47 GMT", now), 10s);
    EXPECT_EQ(parse_retry_after("Sun Nov  6 08:49:47 1994", now), 10s);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now), 0s);
    for (const char* bad : {"", "soon", "-1", "1.5", "12 s", "99999999999999999999"}) {
        EXPECT_EQ(parse_retry_after(bad, now), std::nullopt) << bad;
    }
}

}  // namespace
}  // namespace trawl::fetch
