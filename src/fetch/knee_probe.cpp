/// Knee after its start: a lower or a higher level for a moment, and what follows from it.
#include <algorithm>
#include <cmath>

#include "knee_rules.hpp"
#include "trawl/fetch/knee.hpp"

namespace trawl::limit {

/// A little above the knee, the more the less is known: too low costs throughput, too high only latency. Not where
/// throughput falls above it.
double Knee::level_above_knee() const {
    if (is_cliff_) return std::clamp(std::round(std::exp(log_knee_)), 1.0, most());
    constexpr double margin = 0.02, of_doubt = 0.5;
    return std::clamp(std::ceil(std::exp(log_knee_ + margin + of_doubt * std::sqrt(doubt_)) - 0.05), 1.0, most());
}

void Knee::go_home(TimePoint now) {
    home_ = level_above_knee();
    enter(now, Phase::home, home_);
}

bool Knee::has_shifted() const {
    if (recent_.count < recent_samples / 2 || before_.count < recent_.count) return false;
    const double change = std::abs(std::log(recent_.mean() / before_.mean()));
    return change > std::max(0.3, 4 * error_of(recent_, before_));
}

/// By less than has_shifted() wants: where the level lies just above the knee, twice the capacity shows no more.
bool Knee::has_dropped() const {
    if (of_late_.count < late_samples / 2 || before_.count < of_late_.count) return false;
    const double drop = std::log(before_.mean() / of_late_.mean());
    return drop > std::max(drop_least, drop_errors * error_of(of_late_, before_));
}

/// The source is another one now. Were it the same but for its capacity, the knee would have moved as the latency did:
/// a level there tells.
void Knee::changed(const Window& before, const Window& after) {
    next_down_ = std::clamp(before.mean() / after.mean(), 0.3, 0.75);
    next_is_up_ = after.mean() < before.mean();
    before_ = after;
    doubt_ = doubt_at_first;
    hurry_ = 0;
}

double Knee::expected_error() const { return std::sqrt(before_.spread() * 1.5 / samples_wanted()); }

bool Knee::is_up_next(TimePoint now) const {
    if (home_ <= 1) return true;
    if (home_ >= most()) return false;
    const bool is_down_due = hurry_ >= 1 && seconds(now - last_down_) > looks_down_every * seconds(probe_took_);
    return next_is_up_ && !is_down_due;
}

/// Seconds at home before a probe. Those up are cheap, but where throughput falls; those down cost what they leave out.
double Knee::pause(bool up) const {
    const double took = seconds(probe_took_);
    if (static_cast<double>(limit_) < slow_source * latency_ && !up) return (is_new_home_ ? 2 : 8) * took;
    if (is_cliff_) return pause_at_cliff() * took;
    if (!up && next_is_up_) return 0;  // it is overdue
    return hurry_ * std::min(8.0, (up ? 1 : 6) * took);
}

void Knee::probe(TimePoint now) {
    if (before_.count < samples_wanted()) return;
    if (has_shifted()) changed(Window(before_), Window(recent_));
    if (!is_cliff_ && home_ < most() && has_dropped()) {
        of_late_ = {};
        return probe_up(now);
    }
    const bool up = is_up_next(now);
    if (seconds(now - phase_since_) < pause(up)) return;
    if (up) return probe_up(now);
    if (home_ > 1) probe_down(now);
}

/// So far away that the difference stands out from the error.
void Knee::probe_up(TimePoint now) {
    const double by_error = std::clamp(std::exp(3 * expected_error()), 1.33, 2.0);
    const double factor = next_up_.value_or(is_cliff_ ? std::exp(step_at_cliff()) : by_error);
    const double wanted = is_cliff_ ? std::ceil(home_ * factor) : std::round(home_ * factor);
    const double level = std::min(most(), std::max(home_ + 1, wanted));
    if (level <= home_) return;
    step_ = std::log(level / home_);
    enter(now, Phase::up, level);
}

void Knee::probe_down(TimePoint now) {
    const double by_error = std::clamp(std::exp(-2 * expected_error()), 0.6, 0.8);
    const double factor = next_down_.value_or(is_cliff_ ? std::exp(-step_at_cliff()) : by_error);
    next_down_.reset();
    step_ = 1;
    last_down_ = now;
    enter(now, Phase::down, std::max(1.0, std::min(home_ - 1, std::floor(home_ * factor))));
}

/// So clearly that the way back, which only tells whether the source changed meanwhile, would be lost time. Not on a
/// cliff, where a level too high costs more than that.
bool Knee::pays_at_once() const {
    if (!probed_up_ || is_cliff_) return false;
    const double growth = std::log(probe_.mean() / before_.mean());
    const double step = std::log(probe_.concurrency() / home_);
    return growth < 0.5 * step - error_of(probe_, before_);
}

void Knee::judge_probe(TimePoint now) {
    const double sign = probed_up_ ? 1 : -1;
    const Window before = before_, after = window_;
    before_ = after;
    Effect effect;
    effect.growth = sign * std::log(probe_.mean() / ((before.mean() + after.mean()) / 2));
    effect.step = sign * std::log(probe_.concurrency() / after.concurrency());
    effect.error = error_of(probe_, before + after);
    if (effect.step <= 0) return enter(now, Phase::home, home_);
    effect.drift = std::abs(std::log(after.mean() / before.mean()));
    if (effect.drift > std::max(0.3, 3 * error_of(after, before))) {
        changed(before, after);
        return enter(now, Phase::home, home_);
    }
    if (early_probes_ > 0) early_probes_ -= 1;
    hurry_ = early_probes_ > 0 ? 0.3 : 1;
    if (is_cliff_) return judge_at_cliff(now, effect);
    if (probed_up_) return judge_up(now, effect);
    judge_down(now, effect);
}

void Knee::judge_down(TimePoint now, const Effect& effect) {
    const double old = home_;
    is_new_home_ = false;
    const bool was_above = effect.growth > 0.6 * effect.step;
    was_below_ = effect.growth < 0.15 * effect.step;
    if (was_below_) {
        log_knee_ = std::max(log_knee_, std::log(home_) + 0.05);
    } else {
        // With few replies it cannot be known so well.
        const double growth = effect.error > 0.2 ? std::min(effect.growth, effect.step) : effect.growth;
        believe(std::log(home_) - growth, effect.error);
    }
    go_home(now);
    const bool shrank = home_ < 0.9 * old;
    next_is_up_ = !was_above && !shrank;
    if (was_above || was_below_ || shrank) hurry_ = 0.25;
}

void Knee::judge_up(TimePoint now, const Effect& effect) {
    const double certainty = effect.error > 0.15 ? 1 : 0.5;
    if (effect.growth < 0.5 * effect.step - certainty * effect.error) return move_up(now);
    note_cliff(effect);
    if (is_cliff_) return judge_at_cliff(now, effect);
    is_climbing_ = false;
    next_is_up_ = true;
    next_up_.reset();
    if (was_below_ && effect.growth > 0.8 * effect.step)
        next_up_ = std::max(1.1, std::exp(effect.step / 2));  // home is below the knee, and the probe was above it
    if (effect.growth < effect.step - 0.5 * effect.error) {
        believe(std::log(home_) + effect.step - effect.growth, effect.error);
        home_ = std::max(home_, level_above_knee());
    }
    if (was_steep_) {
        next_up_ = std::min(2.0, std::exp(2 * effect.step));
        hurry_ = 0;
    }
    if (effect.growth < 0.5 * effect.step) {
        next_is_up_ = true;
        next_up_.reset();
        hurry_ = 0;
    }
    enter(now, Phase::home, home_);
    settled_at_ = now;  // it was the level before this already
    sent_from_ = TimePoint::min();
}

void Knee::move_up(TimePoint now) {
    home_ = std::min(most(), probe_.concurrency());
    log_knee_ = std::log(home_);
    doubt_ = doubt_of_move;
    next_up_ = is_climbing_ ? 2 : 1.5;
    is_climbing_ = true;
    was_below_ = was_steep_ = false;
    is_new_home_ = true;
    hurry_ = 0;
    before_ = probe_;  // it was measured there
    enter(now, Phase::home, home_);
}

/// Kalman's filter of one number. What contradicts it by far makes it doubt.
void Knee::believe(double log_knee, double error) {
    const double news = log_knee - log_knee_;
    doubt_ += is_cliff_ ? doubt_gained_at_cliff : doubt_gained;
    if (std::abs(news) > 2.5 * std::sqrt(doubt_ + error * error)) doubt_ = std::max(doubt_, news * news / 2);
    const double gain = doubt_ / (doubt_ + error * error);
    log_knee_ += gain * news;
    doubt_ *= 1 - gain;
}

}  // namespace trawl::limit
