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
/// Times between refusals are longer, in seconds: rates are over them.
constexpr double shortest = 1e-3;
/// A sender that comes late may catch up by so much, in seconds.
constexpr double slack = 0.02;
/// So many were accepted between two refusals, if that is to say something.
constexpr double enough = 10;

/// Growth of the pace per accepted request: while nothing is known, when one estimate was made, and later, when it
/// grows by 3% in 240 of 300 requests, which is how many come to one refusal then, and four times as fast after each
/// 300: what the source accepts has grown. Where 300 take long, half as many.
constexpr double growth_at_first = 0.03, growth_then = 0.005, growth_later = 0.015, faster = 4;
constexpr double patience = 300, patience_least = 150, patience_seconds = 6;
/// Where refusals cost a wait: 5% in as long as forty of them, and so on.
constexpr double costly_growth = 0.05, costly_waits = 40;
/// While it grew this many times as fast as it was accepted on the whole, either may be near to the rate.
constexpr double far_off = 1.2;
/// A pace after a streak is a guess: where it is refused so soon, the rate lies somewhere below.
constexpr Duration guess_lasts = std::chrono::seconds(1);
/// After a streak of refusals: this share of the pace before it.
constexpr double resumed = 0.5;
/// And never by more than 5% before the first answer to the new pace is there.
constexpr double growth_per_round_trip = 0.05;

/// It refuses at less than this share of what it had accepted between two refusals before: it has changed, or refuses
/// for other reasons than a rate.
constexpr double doubtful = 0.9, enough_to_doubt = 3;
/// So many of a burst are under way at once, and one more for each 100/s; and so many answers, at most, until it ends.
constexpr int burst_size = 4, burst_answers = 256;
/// Two requests that are sent at once arrive so far apart, in seconds.
constexpr double jitter = 0.005;
/// By a rate, no more than this many times what it fills in, and these, are accepted.
constexpr double clearly = 1.5, clearly_more = 4;
/// Answers that take longer than this many times the usual latency were held up, and came so much late.
constexpr double late_beyond = 2, latency_memory = 16;
/// A caller who asks for nothing is not waited for.
constexpr Duration burst_lasts = std::chrono::seconds(1);

}  // namespace

bool Burst::wants(TimePoint now) const noexcept {
    if (now < begun_) return false;
    const int under_way = sent_ - accepted_ - refused_;
    const int most = burst_size + static_cast<int>(rate_ / 100) + accepted_;
    return verdict() == Verdict::open && now - begun_ < burst_lasts && under_way < most;
}

void Burst::sent(TimePoint now) {
    last_sent_ = now;
    sent_ += 1;
}

void Burst::answered(TimePoint sent, bool is_accepted, Duration late) {
    if (!has(sent)) return;
    (is_accepted ? accepted_ : refused_) += 1;
    late_ = std::max(late_, late);
}

Burst::Verdict Burst::verdict() const noexcept {
    if (refused_ >= 3 && 3 * refused_ > accepted_) return Verdict::rate;
    const double filled_in = rate_ * (seconds(last_sent_ - begun_ + waited_ + late_) + jitter);
    if (accepted_ >= clearly * filled_in + clearly_more) return Verdict::no_rate;
    return accepted_ + refused_ >= burst_answers ? Verdict::rate : Verdict::open;
}

std::optional<TimePoint> Pace::ready_at(TimePoint now) const noexcept {
    if (!next_ || *next_ <= now || (burst_ && burst_->wants(now))) return std::nullopt;
    return next_;
}

void Pace::sent(TimePoint now) {
    if (!rate_) return;
    if (burst_ && burst_->wants(now)) return burst_->sent(now);
    const Duration interval = duration(1 / *rate_);
    is_held_back_ = next_ && now - *next_ < interval;
    next_ = (next_ ? std::max(*next_, now - duration(slack)) : now) + interval;
}

void Pace::set_rate(double rate) { rate_ = most_ ? std::min(rate, *most_) : rate; }

void Pace::succeeded(TimePoint now, Duration latency, std::size_t in_flight) {
    if (burst_ && burst_->has(now - latency)) return look_at_burst(now, latency, true);
    usual_ += (seconds(latency) - usual_) / (usual_ == 0 ? 1 : latency_memory);
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
    estimates_ = std::min(estimates_, 1);
    was_streak_ = true;
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
    if (estimates_ == 1 && cost_ == 0) return growth_then;
    const double unhurried = std::clamp(*rate_ * patience_seconds, patience_least, patience);
    const double many = cost_ > 0 ? *rate_ * costly_waits * cost_ : unhurried;
    const double growth = (cost_ > 0 ? costly_growth : growth_later * std::log(faster)) / many;
    return std::min(growth_then, growth * std::pow(faster, accepted_ / many));
}

bool Pace::refused(TimePoint now, Duration latency, double throughput, std::optional<Duration> retry_after) {
    if (burst_ && burst_->has(now - latency)) {
        look_at_burst(now, latency, false);
        return false;
    }
    if (refused_at_ && now - latency <= *refused_at_) return false;
    explains_ = true;
    const double accepted = refused_at_ ? accepted_ / std::max(shortest, seconds(now - *refused_at_)) : 0;
    const bool is_known = accepted_ >= enough_to_doubt && !most_;
    const double tried = retry_after ? rate_.value_or(0) : accepted;
    wait_ = wait_ == 0 ? first_wait : std::max(wait_, std::min(longer * wait_, longest_wait));
    if (!refused_at_) {
        set_rate(throughput > 0 ? throughput / 2 : 1);
    } else if (accepted_ < enough && low_) {
        set_rate(*std::exchange(low_, std::nullopt));
        wait_ = 1 / *rate_;
    } else if (accepted_ == 0) {
        if (!before_streak_) before_streak_ = rate_;
        set_rate(std::max(std::min(*rate_ / 2, 1 / wait_), std::min(*rate_, 1 / longest_wait)));
    } else {
        estimate(now, accepted);
    }
    refused_at_ = now;
    accepted_ = 0;
    cost_ = retry_after ? seconds(*retry_after) : 0;
    waited_until_ = now + (cost_ > 0 ? *retry_after : duration(wait_));
    next_ = waited_until_;
    if (is_known) doubt(now, tried, accepted);
    return true;
}

// It refused what it had accepted before. Where that costs a wait, the bucket has filled up meanwhile.
void Pace::doubt(TimePoint now, double tried, double accepted) {
    burst_.reset();
    const bool costs = cost_ > 0;
    if (best_ && tried < doubtful * *best_)
        burst_.emplace(costs ? waited_until_ : now, accepted, costs ? waited_until_ - now : Duration{});
    best_ = std::max(best_.value_or(0), accepted);
}

// While a source stands still, its bucket fills up.
void Pace::look_at_burst(TimePoint now, Duration latency, bool is_accepted) {
    const bool was_open = burst_->verdict() == Burst::Verdict::open;
    const Duration late = std::max(Duration::zero(), latency - duration(late_beyond * usual_));
    burst_->answered(now - latency, is_accepted, late);
    if (!was_open || burst_->verdict() == Burst::Verdict::open) return;
    if (burst_->verdict() == Burst::Verdict::rate) {
        best_ = rate_;
    } else {
        give_up();
    }
}

void Pace::give_up() {
    *this = Pace(most_);
    explains_ = false;
}

void Pace::estimate(TimePoint now, double least) {
    low_.reset();
    const double since_wait = std::max(shortest, seconds(now - waited_until_));
    const double most = accepted_ / since_wait;
    if (cost_ == 0 || most < 1.1 * least) {
        estimates_ += accepted_ >= enough ? 1 : 0;
        top_.reset();
        const bool is_guess = std::exchange(was_streak_, false) && now - *refused_at_ < guess_lasts;
        if (accepted_ < enough && is_guess) {
            set_rate(std::sqrt(*rate_ * least));
        } else if (accepted_ >= enough && *rate_ > far_off * least) {
            low_ = below * least;
            set_rate(std::sqrt(*rate_ * least));
        } else {
            set_rate(below * least);
        }
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
