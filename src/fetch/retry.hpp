/// Whether and when to ask again. Pure: the time and the random number are arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "trawl/base/clock.hpp"

namespace trawl::fetch {

struct RetryPolicy {
    int attempts_max = 6;
    Duration backoff_first = std::chrono::milliseconds(500);
    Duration backoff_max = std::chrono::seconds(30);
    // A longer Retry-After ends the retrieval: the user should know now, not in an hour.
    Duration retry_after_max = std::chrono::minutes(10);
    // Retries beyond a fifth of the requests mean that the source is down, not that it stumbled (SRE book, chapter 21).
    double budget_share = 0.2;
    double budget_floor = 20;  // so that a small retrieval may retry as well
};

/// What became of one attempt.
struct Outcome {
    std::optional<int> status;            // nothing: no complete answer came
    std::optional<Duration> retry_after;  // what the source asked for
    bool is_final = false;                // whoever asked knows that another attempt is of no use
};

enum class GiveUp { no, pointless, attempts, budget, wait };

struct RetryDecision {
    GiveUp give_up = GiveUp::no;
    Duration delay{};           // before the next attempt
    bool for_everyone = false;  // the source spoke of itself, not of this request: nobody asks before
};

/// 408, 425, 429, 500, 502, 503, 504, and no answer at all: another attempt may do better.
[[nodiscard]] bool may_pass(const Outcome& outcome) noexcept;

/// `attempt` counts from 1. `random` is uniform in [0, 1): full jitter (Brooker, "Exponential backoff and jitter",
/// 2015). `requests` and `retries` are what the origin has seen so far.
[[nodiscard]] RetryDecision decide(const RetryPolicy& policy, int attempt, const Outcome& outcome, double random,
                                   std::uint64_t requests, std::uint64_t retries) noexcept;

/// Retry-After: seconds, or one of HTTP's three forms of a date (RFC 9110, 10.2.3 and 5.6.7), which counts from `now`.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view field,
                                                        std::chrono::system_clock::time_point now);

}  // namespace trawl::fetch
