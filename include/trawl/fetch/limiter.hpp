/// Finds how many requests a source can serve at once, stays there, and paces what the source refuses: a policy without
/// I/O.
///
///     Limiter limiter;                                   // one per origin
///     if (in_flight < limiter.limit() && !limiter.ready_at(now)) { limiter.sent(now); ... }
///     limiter.succeeded(now, latency, in_flight);        // or refused(...), or failed(now)
///
/// Judged is what a level of concurrency does for throughput. With as many in flight as the limit allows, throughput is
/// limit / latency (Little, "A Proof for the Queuing Formula L = λW", 1961), so that two levels are compared by their
/// mean latencies: where one more request makes all others wait for as long as it takes itself, the source serves no
/// more.
///
/// - At first the limit doubles while that pays; then it stays a little above the knee, and every few seconds another
/// level is
///   tried for a moment, a lower and a higher one in turn, between two stretches of the usual level. So what changes
///   slowly by itself (pages that are dearer the deeper they lie) is not taken for an effect of the limit.
/// - Where throughput falls above the knee, the limit stays at it, and the levels that are tried are closer the better
///   it is known.
/// - Latencies of several kinds of requests are compared kind by kind.
/// - Replies count only while the limit is what holds requests back, and not those that a standstill of the source
/// delayed.
/// - 429 proves a rate: what was accepted between two refusals, over the time between them. Requests are paced just
///   below it, and the pace creeps up so slowly that it costs a refusal in hundreds of requests. Where the source
///   refuses at less than it has accepted, and then takes more than that at once, no rate explains it, and 429 says
///   what 503 does.
/// - 503 and time-outs prove that too many were in flight: the limit is cut, and stays below that for a while.
///   Where cuts do not make them rarer, they come whatever is in flight, and change nothing until there are more.
/// - Nothing is sent before a Retry-After is over, whatever it came with; the latest counts.
///
/// Errors that say nothing of load (a 500, a connection that broke) change nothing. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/fetch/knee.hpp"
#include "trawl/fetch/pace.hpp"

namespace trawl {

struct LimiterOptions {
    /// In flight at first: what any source serves, so that ten pages do not wait for knowledge.
    std::size_t initial = 4;
    /// Never more in flight. 1,000 is what one client can hold open without being taken for an attack.
    std::size_t max_concurrency = 1000;
    /// Always this limit: nothing is sought. Paces and Retry-After hold all the same.
    std::optional<std::size_t> fixed = {};
    /// Never more requests per second.
    std::optional<double> max_rate = {};
};

enum class RefusalKind {
    too_many_requests,  ///< 429
    unavailable,        ///< 503
    timeout             ///< no answer in time
};

struct Refusal {
    RefusalKind kind = RefusalKind::too_many_requests;
    std::optional<Duration> retry_after = {};  ///< from now
};

/// The state at a moment, for the report of a retrieval.
struct TracePoint {
    TimePoint at;
    std::size_t limit = 0;
    std::size_t in_flight = 0;
    double throughput = 0;  ///< successes per second since the point before
    Duration latency{};     ///< their mean; zero when there was none
};

class Limiter {
public:
    /// Throws UsageError if a limit is zero or a rate is not positive.
    explicit Limiter(LimiterOptions options = {});

    /// How many may be in flight now; at least 1.
    [[nodiscard]] std::size_t limit() const noexcept;
    /// When the next request may be sent; none: now.
    [[nodiscard]] std::optional<TimePoint> ready_at(TimePoint now) const noexcept;

    /// A request leaves.
    void sent(TimePoint now);
    /// A reply is complete. `latency`: since it was sent. `in_flight`: the others that are still under way. `kind`: of
    /// requests that take equally long at the same load: a resource.
    void succeeded(TimePoint now, Duration latency, std::size_t in_flight, std::size_t kind = 0);
    /// The source has no room, or gave no answer in time. `latency`: since it was sent.
    void refused(TimePoint now, Duration latency, const Refusal& refusal, std::size_t in_flight);
    /// It failed in a way that says nothing about load.
    void failed(TimePoint now);

    /// The state in a line, for logs and tests.
    [[nodiscard]] std::string describe() const;

    /// At most 512 points over the whole time, oldest first; they get sparser as time goes on.
    [[nodiscard]] const std::vector<TracePoint>& trace() const noexcept { return trace_; }

private:
    void note(TimePoint now, std::size_t in_flight);
    [[nodiscard]] double throughput() const noexcept;

    LimiterOptions options_;
    limit::Knee knee_;
    limit::Pace pace_;
    std::optional<TimePoint> gate_;  // of Retry-After
    std::uint64_t successes_ = 0, refusals_ = 0;

    std::vector<TracePoint> trace_;
    Duration trace_step_;
    std::optional<TimePoint> trace_since_;
    std::uint64_t trace_count_ = 0;
    Duration trace_latency_{};
};

}  // namespace trawl
