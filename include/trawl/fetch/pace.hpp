/// How many requests per second a source accepts, from what it refused. Part of Limiter.
#pragma once

#include <cstddef>
#include <optional>

#include "trawl/base/clock.hpp"

namespace trawl::limit {

/// A leaky bucket whose rate is found. A refusal says that the source's own bucket is empty: what it accepted between
/// two refusals, over the time between them, is its rate, whatever the size of the bucket. Where a Retry-After made us
/// wait so long that it filled up meanwhile, the rate lies between that and the pace at which we were refused.
class Pace {
public:
    /// `most`: requests per second that are never exceeded.
    explicit Pace(std::optional<double> most = std::nullopt) : most_(most), rate_(most) {}

    /// Requests per second; none while nothing was refused.
    [[nodiscard]] std::optional<double> rate() const noexcept { return rate_; }
    /// When the next may be sent; none: now.
    [[nodiscard]] std::optional<TimePoint> ready_at(TimePoint now) const noexcept;

    void sent(TimePoint now);
    void succeeded(TimePoint now, Duration latency, std::size_t in_flight);
    /// `throughput`: successes per second of late. True if it is news: not about a request that was under way when we
    /// reacted to the refusal before.
    bool refused(TimePoint now, Duration latency, double throughput, std::optional<Duration> retry_after);

private:
    void estimate(TimePoint now);
    void resume(TimePoint now);
    void set_rate(double rate);
    [[nodiscard]] double growth() const;

    std::optional<double> most_, rate_;
    std::optional<double> top_;            // a rate that was too high, while the right one is not known well
    std::optional<double> before_streak_;  // the rate before refusals in a row, until something is accepted again
    std::optional<TimePoint> refused_at_;  // the last that was news
    std::optional<TimePoint> next_;        // when the next request is due
    TimePoint waited_until_{};             // after that refusal
    double accepted_ = 0;                  // of what was sent since
    int estimates_ = 0;
    double wait_ = 0;  // seconds, after refusals in a row
    double cost_ = 0;  // seconds that the last refusal asked for
    bool is_held_back_ = false;
};

}  // namespace trawl::limit
