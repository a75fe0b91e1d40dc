/// How many requests per second a source accepts, from what it refused. Part of Limiter.
#pragma once

#include <cstddef>
#include <optional>

#include "trawl/base/clock.hpp"

namespace trawl::limit {

/// Whether a source refuses by a rate. Right after a refusal its bucket is empty: of what is sent at once, it accepts
/// no more than the rate fills in meanwhile. Where it accepts far more, it refuses for other reasons.
class Burst {
public:
    enum class Verdict { open, rate, no_rate };

    /// From `begin` on. `rate`: per second, by which it is said to refuse. `waited`: since the refusal.
    Burst(TimePoint begin, double rate, Duration waited = {}) noexcept
        : rate_(rate), waited_(waited), begun_(begin), last_sent_(begin) {}

    /// Whether one more is to be sent now.
    [[nodiscard]] bool wants(TimePoint now) const noexcept;
    void sent(TimePoint now);
    /// One that was sent at `sent`. `late`: so much more than usual, because the source stood still.
    void answered(TimePoint sent, bool is_accepted, Duration late = {});
    [[nodiscard]] bool has(TimePoint sent) const noexcept { return sent >= begun_ && sent <= last_sent_; }
    [[nodiscard]] Verdict verdict() const noexcept;

private:
    double rate_;
    Duration waited_, late_{};
    TimePoint begun_, last_sent_;
    int sent_ = 0, accepted_ = 0, refused_ = 0;
};

/// A leaky bucket whose rate is found. A refusal says that the source's own bucket is empty: what it accepted between
/// two refusals, over the time between them, is its rate, whatever the size of the bucket. Where a Retry-After made us
/// wait so long that it filled up meanwhile, the rate lies between that and the pace at which we were refused.
class Pace {
public:
    /// `most`: requests per second that are never exceeded.
    explicit Pace(std::optional<double> most = std::nullopt) : most_(most), rate_(most) {}

    /// False once it is known that what was refused does not come from a rate. Then refusals are not for Pace, until
    /// `refused` is called all the same.
    [[nodiscard]] bool explains() const noexcept { return explains_; }

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
    void give_up();
    void look_at_burst(TimePoint now, Duration latency, bool is_accepted);
    void estimate(TimePoint now, double least);
    void doubt(TimePoint now, double tried, double accepted);
    void resume(TimePoint now);
    void set_rate(double rate);
    [[nodiscard]] double growth() const;

    std::optional<double> most_, rate_;
    std::optional<double> best_;           // accepted between two refusals, at most
    std::optional<double> low_;            // a rate that is accepted, while a higher one is tried
    std::optional<double> top_;            // a rate that was too high, while the right one is not known well
    std::optional<double> before_streak_;  // the rate before refusals in a row, until something is accepted again
    std::optional<TimePoint> refused_at_;  // the last that was news
    std::optional<TimePoint> next_;        // when the next request is due
    TimePoint waited_until_{};             // after that refusal
    double accepted_ = 0;                  // of what was sent since
    int estimates_ = 0;
    double usual_ = 0;         // latency of late, in seconds
    double wait_ = 0;          // seconds, after refusals in a row
    double cost_ = 0;          // seconds that the last refusal asked for
    bool was_streak_ = false;  // and the pace after it is a guess
    bool is_held_back_ = false;
    bool explains_ = true;
    std::optional<Burst> burst_;
};

}  // namespace trawl::limit
