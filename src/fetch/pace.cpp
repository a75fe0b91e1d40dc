/// Pace: a rate from refusals, and how it is tried whether there is more.
#include "trawl/fetch/pace.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace trawl::limit {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
Duration duration(double seconds) {
    constexpr double most = 1e8;  // three years: fits, and is as good as never
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(seconds, most)));
}

/// Below the rate that was found: what else counts against it (other clients, clocks) has room.
constexpr double below = 0.97;
/// The same where a refusal costs a wait, so that the next one is far off.
constexpr double below_costly = 0.93;
/// The first wait after a refusal that names none, in seconds; four times as long after each that follows at once, and
/// never longer than the last: whose minute is over is to notice soon.
constexpr double first_wait = 0.1, longer = 4, longest_wait = 10;
/// A sender that comes late may catch up by so much, in seconds.
constexpr double slack = 0.02;
/// So many were accepted between two refusals, if that is to say something.
constexpr double enough = 10;

/// Growth of the pace per accepted request: while nothing is known, when one estimate was made, and later, when it
/// grows by 3% in 300 requests, which is how many come to one refusal then.
constexpr double growth_at_first = 0.03, growth_then = 0.005, growth_later = 0.0001, patience = 300;
/// Where refusals cost a wait: 5% in as long as forty of them.
constexpr double costly_growth = 0.05, costly_waits = 40;
/// After a streak of refusals: this share of the pace before it.
constexpr double resumed = 0.5;
/// And never by more than 5% before the first answer to the new pace is there.
constexpr double growth_per_round_trip = 0.05;

}  // namespace

std::optional<TimePoint> Pace::ready_at(TimePoint now) const noexcept {
    if (!next_ || *next_ <= now) return std::nullopt;
    return next_;
}

void Pace::sent(TimePoint now) {
    if (!rate_) return;
    const Duration interval = duration(1 / *rate_);
    is_held_back_ = next_ && now - *next_ < interval;
    next_ = (next_ ? std::max(*next_, now - duration(slack)) : now) + interval;
}

void Pace::set_rate(double rate) { rate_ = most_ ? std::min(rate, *most_) : rate; }

void Pace::succeeded(TimePoint now, Duration latency, std::size_t in_flight) {
    if (!rate_ || !refused_at_ || now - latency <= *refused_at_) return;
    accepted_ += 1;
    wait_ = 0;
    if (before_streak_) resume(now);
    if (!is_held_back_) return;
    set_rate(*rate_ * (1 + std::min(growth(), growth_per_round_trip / (static_cast<double>(in_flight) + 1))));
}

// It refused all for a while, and is open again. What it took before is nearer to what it takes than a pace that was
// cut at each look whether it is: from one request in ten seconds nobody grows back by percents.
void Pace::resume(TimePoint now) {
    const double rate = resumed * *std::exchange(before_streak_, std::nullopt);
    if (rate <= *rate_) return;
    set_rate(rate);
    next_ = now;
}

double Pace::growth() const {
    if (cost_ > 0 && top_) {
        const double to_top = std::max(0.001, std::log(std::max(1.01, *top_ / *rate_)));
        return std::min(growth_at_first, to_top / std::max(1.0, *rate_ * 3 * cost_));
    }
    if (estimates_ == 0) return growth_at_first;
    const double growth = estimates_ == 1 ? growth_then : growth_later * (1 + accepted_ / patience);
    return cost_ > 0 ? std::min(growth, costly_growth / (*rate_ * costly_waits * cost_)) : growth;
}

bool Pace::refused(TimePoint now, Duration latency, double throughput, std::optional<Duration> retry_after) {
    if (refused_at_ && now - latency <= *refused_at_) return false;
    wait_ = wait_ == 0 ? first_wait : std::max(wait_, std::min(longer * wait_, longest_wait));
    if (!refused_at_) {
        set_rate(throughput > 0 ? throughput / 2 : 1);
    } else if (accepted_ == 0) {
        if (!before_streak_) before_streak_ = rate_;
        set_rate(std::max(std::min(*rate_ / 2, 1 / wait_), std::min(*rate_, 1 / longest_wait)));
    } else {
        estimate(now);
    }
    refused_at_ = now;
    accepted_ = 0;
    cost_ = retry_after ? seconds(*retry_after) : 0;
    waited_until_ = now + (cost_ > 0 ? *retry_after : duration(wait_));
    next_ = waited_until_;
    return true;
}

void Pace::estimate(TimePoint now) {
    constexpr double shortest = 1e-3;
    const double since_wait = std::max(shortest, seconds(now - waited_until_));
    const double least = accepted_ / std::max(shortest, seconds(now - *refused_at_));
    const double most = accepted_ / since_wait;
    if (cost_ == 0 || most < 1.1 * least) {
        estimates_ += accepted_ >= enough ? 1 : 0;
        top_.reset();
        set_rate(below * least);
        wait_ = 1 / *rate_;  // until there is a token again
    } else if (since_wait >= 2 * cost_) {
        estimates_ += 1;
        top_.reset();
        set_rate(below_costly * std::sqrt(most * *rate_));
    } else {
        top_ = rate_;
        set_rate(std::sqrt(least * std::min(most, *rate_)));
    }
}

}  // namespace trawl::limit
