/// When to try a request again, and when not: a policy without a clock, a socket or a random generator of its own.
///
///     ClientOptions options;
///     options.retry = RetryPolicy();                                      // all requests of a client, or
///     Response page = co_await client.get("/page").retry(RetryPolicy(3));  // one of them
///
/// What is retried: connection errors, name servers that failed or were silent, timeouts, damaged or cut-off answers,
/// and the statuses 408, 425, 429, 500, 502, 503, 504. The delay is full-jitter exponential: uniform in [0, min(cap,
/// base * 2^(attempt - 1))], which spreads clients that failed together (Brooker, "Exponential Backoff And Jitter",
/// AWS 2015). Retry-After is a floor under it. A budget per origin (RetryBudget) keeps retries at a share of all
/// requests, so that a source in trouble is not hit harder: a Client gives up where it is spent, and a retrieval of
/// pages waits.
///
/// What a Client makes of it: only idempotent methods (RFC 9110 section 9.2.2) are repeated, others when no connection
/// could be made, or when all_methods() says so. While a Retry-After holds, no request to that origin that has a policy
/// leaves, whosever it is. A stream is repeated until its head is given to the reader, never after that. The request's
/// timeout() is for all attempts and pauses together; where the next one would come too late, the last answer is given
/// at once. When attempts are used up by statuses, the last response is the result; errors name the attempt.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "trawl/base/clock.hpp"

namespace trawl {

/// How an attempt ended.
enum class FailureKind {
    unsent,      ///< no connection could be made: the server knows nothing of the request
    connection,  ///< it broke
    timeout,
    damaged,  ///< the answer breaks HTTP's rules, or breaks off
    status
};

struct Failure {
    FailureKind kind = FailureKind::connection;
    int status = 0;                          // of FailureKind::status
    std::optional<std::string> retry_after;  // the field's value, if the response had one
};

struct Retry {
    Duration delay{};
    /// The source itself asked for the delay: no request to its origin should be sent before it is over.
    bool asked_by_source = false;
};

struct GiveUp {
    std::string reason;  // "status 404 is not retried", "6 attempts failed", ...
};

using RetryDecision = std::variant<Retry, GiveUp>;

/// The retries that one origin may have: `share` of its requests on average, and beside it so many a second, whatever
/// is asked: requests that were under way together fail together, which is one bad moment and not a hundred. One per
/// origin; not thread-safe; `now` is an argument.
class RetryBudget {
public:
    /// As Finagle has it (gRPC by order of magnitude): 20% of requests, and 10 a second.
    static constexpr double default_share = 0.2;
    static constexpr double default_per_second = 10;
    /// What is there from the start, and what is never exceeded: a long good time does not pay for a storm of retries.
    /// Finagle counts over ten seconds, so its 10 a second are 100 at once.
    static constexpr double most_saved = 100;

    explicit RetryBudget(double share = default_share, double per_second = default_per_second);

    /// To be called once for each request, not for its retries.
    void on_request();
    /// When there is a retry to take; nothing: now. A request may come and bring it earlier.
    [[nodiscard]] std::optional<TimePoint> ready_at(TimePoint now);
    /// Takes one retry; false if there is none.
    [[nodiscard]] bool take(TimePoint now);
    [[nodiscard]] double tokens() const noexcept { return tokens_; }

private:
    void refill(TimePoint now);

    double share_, per_second_;
    double tokens_ = most_saved;
    std::optional<TimePoint> filled_;  // until when time has been counted
};

class RetryPolicy {
public:
    /// Six attempts; with these delays the sixth comes 7.75 s after the first at most, 3.9 s on average.
    static constexpr int default_attempts = 6;
    /// A quarter of a second: above the round trip of any source, below what a person notices in a long retrieval.
    static constexpr Duration default_base = std::chrono::milliseconds(250);
    static constexpr Duration default_cap = std::chrono::seconds(30);
    /// What a source may make us wait at most; it asked for more: we give up and say so. dlt's cap.
    static constexpr Duration default_longest_wait = std::chrono::seconds(300);

    explicit RetryPolicy(int attempts = default_attempts, Duration base = default_base, Duration cap = default_cap,
                         Duration longest_wait = default_longest_wait);

    /// `attempt` counts from 1: the one that just failed. `now` is for a Retry-After that is a date. `random` is
    /// uniform in [0, 1). Whether there are retries left is another question: RetryBudget's.
    [[nodiscard]] RetryDecision decide(int attempt, const Failure& failure, std::chrono::system_clock::time_point now,
                                       double random) const;

    [[nodiscard]] static bool is_retried(const Failure& failure);

    /// Repeats POST, PATCH and others too, whose effect may then come twice: for servers that know a repetition (by an
    /// Idempotency-Key, say).
    RetryPolicy&& all_methods() && noexcept {
        all_methods_ = true;
        return std::move(*this);
    }
    /// Whether a request with this method may be sent again after such a failure.
    [[nodiscard]] bool may_repeat(std::string_view method, FailureKind kind) const noexcept;

    [[nodiscard]] int attempts() const noexcept { return attempts_; }
    [[nodiscard]] Duration base() const noexcept { return base_; }
    [[nodiscard]] Duration longest_wait() const noexcept { return longest_wait_; }

private:
    [[nodiscard]] Duration backoff(int attempt, double random) const;

    int attempts_;
    Duration base_, cap_, longest_wait_;
    bool all_methods_ = false;
};

/// What a Retry-After field asks for (RFC 9110 section 10.2.3), from `now`: seconds or an HTTP date. A date that is
/// over is zero. None if it is neither; a number too large to wait for becomes ten years.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view value,
                                                        std::chrono::system_clock::time_point now);

}  // namespace trawl
