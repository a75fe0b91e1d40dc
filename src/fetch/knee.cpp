/// Knee: which replies count, and the start, which doubles the limit while that pays.
#include "trawl/fetch/knee.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "knee_rules.hpp"
#include "trawl/base/format.hpp"

namespace trawl::limit {

void Window::add(double latency, double concurrency) {
    count += 1;
    sum += latency;
    squares += latency * latency;
    in_flight += concurrency;
}

void Window::fade(double most) {
    if (count <= most) return;
    const double kept = most / count;
    *this = {count * kept, sum * kept, squares * kept, in_flight * kept};
}

double Window::spread() const {
    if (count < 2 || sum <= 0) return 1;
    return std::max(spread_least, squares * count / (sum * sum) - 1);
}

Window operator+(const Window& a, const Window& b) {
    return {a.count + b.count, a.sum + b.sum, a.squares + b.squares, a.in_flight + b.in_flight};
}

Knee::Knee(std::size_t initial, std::size_t most)
    : limit_(std::min(initial, most)), most_(most), home_(static_cast<double>(limit_)) {}

double Knee::most() const {
    const auto most = static_cast<double>(most_);
    return std::max(1.0, ceiling_ ? std::min(most, *ceiling_) : most);
}

double Knee::samples_wanted() const {
    const double finer = is_cliff_ || step_ < small_step ? 2 : 1;
    const double exact = std::min(most_samples * finer, finer * before_.spread() / (error_wanted * error_wanted));
    const double in_time = latency_ > 0 ? finer * static_cast<double>(limit_) / latency_ * probe_seconds : exact;
    return std::max(
        {fewest_samples, std::min(exact, in_time), std::min(most_samples, static_cast<double>(limit_) / 2)});
}

void Knee::enter(TimePoint now, Phase phase, double limit) {
    const bool is_usual = phase == Phase::start || phase == Phase::home;
    phase_ = phase;
    limit_ = static_cast<std::size_t>(std::clamp(std::round(limit), 1.0, most()));
    phase_since_ = sent_from_ = now;
    settled_at_ = now + duration((is_usual ? settling : settling_of_probe) * latency_);
    window_ = recent_ = of_late_ = {};
}

void Knee::disturbed(TimePoint until) {
    undisturbed_from_ = std::max(undisturbed_from_, until);
    settled_at_ = std::max(settled_at_, until + duration(settling * latency_));
    window_ = {};
    last_reply_.reset();
    is_undisturbed_ = false;
}

Duration Knee::ceiling_lasts() const {
    return duration(std::clamp(ceiling_rounds * latency_, ceiling_least, ceiling_most));
}

void Knee::relax(TimePoint now) {
    if (!ceiling_ || now - ceiling_since_ < ceiling_lasts() / ceiling_steps_) return;
    ceiling_since_ = now;
    *ceiling_ = std::max(*ceiling_ * (1 + 0.1 * ceiling_steps_), *ceiling_ + ceiling_steps_);
    ceiling_steps_ *= 2;
    if (*ceiling_ > 3 * home_ + 10) ceiling_.reset();
}

void Knee::succeeded(TimePoint now, Duration latency, std::size_t in_flight, std::size_t kind) {
    relax(now);
    const bool may_stand = is_undisturbed_ && last_reply_ && limit_ > 1 && latency_ > 0;
    if (may_stand && seconds(now - *last_reply_) > standstill * latency_) disturbed(now);
    last_reply_ = now;
    const TimePoint sent = now - latency;
    const double took = std::max(seconds(latency), shortest_latency);
    if (sent < undisturbed_from_) return;
    is_undisturbed_ = true;
    latency_ += (took - latency_) / (latency_ == 0 ? 1 : latency_memory);
    const double comparable = mix_.comparable(kind, took);
    if (sent > cut_at_) background_.accepted(limit_);
    if (before_cuts_ && sent > cut_at_ && ++since_cut_ >= fewest_samples) look_at_cuts(now);
    // The burst that fills a higher level at once sees a line that is only growing: it does not count either.
    if (now < settled_at_ || sent <= sent_from_) return;
    const double concurrency = static_cast<double>(in_flight) + 1;
    if (concurrency < full_enough * static_cast<double>(limit_)) return;
    count(comparable, concurrency);
    judge(now);
}

void Knee::count(double latency, double concurrency) {
    window_.add(latency, concurrency);
    if (phase_ != Phase::home) return;
    before_.add(latency, concurrency);
    before_.fade(2 * samples_wanted());
    recent_.add(latency, concurrency);
    recent_.fade(recent_samples);
    of_late_.add(latency, concurrency);
    of_late_.fade(late_samples);
}

void Knee::judge(TimePoint now) {
    switch (phase_) {
        case Phase::start:
            return judge_start(now);
        case Phase::verify:
            return judge_verify(now);
        case Phase::home:
            return probe(now);
        case Phase::down:
        case Phase::up:
            if (window_.count < samples_wanted()) return;
            probe_ = window_;
            probe_took_ = now - phase_since_;
            probed_up_ = phase_ == Phase::up;
            if (pays_at_once()) return move_up(now);
            return enter(now, Phase::after, home_);
        case Phase::after:
            if (window_.count >= samples_wanted()) judge_probe(now);
            return;
    }
}

void Knee::judge_start(TimePoint now) {
    const auto limit = static_cast<double>(limit_);
    const bool is_first = base_.count == 0;
    const double least = std::max(is_first ? fewest_at_first : fewest_samples, limit / 2);
    if (window_.count < least) return;
    const double excess = is_first ? -halfway : std::log(window_.mean() / base_.mean()) - halfway;
    const double error = is_first ? 0 : error_of(window_, base_);
    if (std::abs(excess) < error && window_.count < 2 * least) return;
    if (limit >= most()) {
        log_knee_ = std::log(limit);
        next_is_up_ = false;
        return go_home(now);
    }
    if (excess >= error) {
        if (window_.count < limit) return;  // how much it costs: beyond a cliff the line grows for a whole round
        full_ = window_;
        return enter(now, Phase::verify, limit / 2);
    }
    if (excess < 0) base_ = base_ + window_;
    enter(now, Phase::start, 2 * limit);
}

void Knee::judge_verify(TimePoint now) {
    const double least = std::max(fewest_verified, full_.count / 2);
    if (window_.count < least) return;
    const double excess = std::log(full_.mean() / window_.mean()) - halfway;
    const double error = error_of(window_, full_);
    if (std::abs(excess) < error && window_.count < 2 * least) return;
    if (excess >= 0) return end_start(now, error);
    base_ = base_ + window_;
    enter(now, Phase::start, 2 * static_cast<double>(limit_));
}

void Knee::end_start(TimePoint now, double error) {
    const bool agree =
        base_.count > 0 && std::abs(std::log(base_.mean() / window_.mean())) < 2 * error_of(base_, window_);
    const double unloaded = (agree ? base_ + window_ : window_).mean();
    const double by_full = full_.concurrency() * unloaded / full_.mean();
    const double by_this = window_.concurrency() * std::min(1.0, unloaded / window_.mean());
    log_knee_ = std::log(std::max(by_full, by_this));
    doubt_ = std::clamp(error * error, 0.01, doubt_at_first);
    hurry_ = 0;
    early_probes_ = probes_in_a_hurry;
    start_at_cliff(unloaded);
    next_is_up_ = !is_cliff_;  // the doubling has shown what is above
    go_home(now);
}

void Knee::overloaded(TimePoint now, Duration latency, std::size_t in_flight) {
    if (now - latency < cut_at_) {
        ++refused_at_cut_;
        return;
    }
    if (background_.refused(limit_, limit_ > after_cut_)) return ignore_cuts(now);
    cut_at_ = ceiling_since_ = now;
    since_cut_ = 0;
    refused_at_cut_ = 1;
    phase_before_ = phase_;
    limit_before_ = static_cast<double>(limit_);
    home_before_ = home_;
    ceiling_before_ = ceiling_;
    before_cuts_ = std::max(before_cuts_.value_or(0), static_cast<double>(limit_));
    was_refused_alone_ = limit_ == 1;
    const double concurrency = std::min(static_cast<double>(in_flight) + 1, static_cast<double>(limit_));
    const double lower = std::max(1.0, std::floor(cut * concurrency));
    const bool is_starting = phase_ == Phase::start || phase_ == Phase::verify;
    ceiling_ = std::max(1.0, std::floor(below_refusals * concurrency));
    ceiling_steps_ = 1;
    home_ = is_starting ? lower : std::min(home_, lower);
    log_knee_ = std::log(home_);
    doubt_ = doubt_of_move;
    next_is_up_ = false;
    beyond_ = 0;
    before_ = {};
    enter(now, Phase::home, home_);
    after_cut_ = limit_;
}

// The source refuses as much whatever the limit is: back to what it was.
void Knee::ignore_cuts(TimePoint now) {
    if (!before_cuts_) return;
    restart(now, *before_cuts_);
    background_.expect(limit_);
}

// It accepts again. After trouble that had nothing to do with our load, what it serves is found anew: from where the
// cuts led, probes would take minutes.
void Knee::look_at_cuts(TimePoint now) {
    const bool is_round_over = since_cut_ >= limit_before_;
    const bool is_accident = refused_at_cut_ == 1 && background_.was_alone();
    if (is_accident && limit_before_ >= fewest_samples && is_round_over) return take_cut_back(now);
    if (static_cast<double>(limit_) >= share_of_load * *before_cuts_ && !was_refused_alone_) {
        if (now - cut_at_ > cuts_remembered) before_cuts_.reset();
        return;
    }
    if (now - restarted_at_ < restart_pause_) return;
    restart_pause_ = now - restarted_at_ > cuts_remembered
                         ? first_restart_pause
                         : std::clamp(2 * restart_pause_, first_restart_pause, cuts_remembered);
    restarted_at_ = now;
    was_refused_alone_ = false;
    restart(now, 2 * static_cast<double>(limit_));
}

void Knee::restart(TimePoint now, double limit) {
    before_cuts_.reset();
    ceiling_.reset();
    base_ = full_ = {};
    is_cliff_ = false;
    enter(now, Phase::start, limit);
}

// One refusal among all that was under way, long after the one before, and none in a whole round since, was an
// accident: where the source is full, others are refused with it, or soon again at that level.
void Knee::take_cut_back(TimePoint now) {
    refused_at_cut_ = 0;
    ceiling_ = ceiling_before_;
    if (before_cuts_ && *before_cuts_ <= limit_before_) before_cuts_.reset();
    const bool was_starting = phase_before_ == Phase::start || phase_before_ == Phase::verify;
    home_ = home_before_;
    if (was_starting) return enter(now, Phase::start, limit_before_);
    log_knee_ = std::log(home_);
    enter(now, Phase::home, home_);
}

std::string Knee::describe() const {
    constexpr const char* names[] = {"starting", "verifying", "at home", "trying less", "trying more", "back home"};
    std::string text = format("{} with {}", names[static_cast<int>(phase_)], limit_);
    if (phase_ != Phase::start && phase_ != Phase::verify)
        text += format(", home {:.0f}, knee {:.1f}", home_, std::exp(log_knee_));
    if (is_cliff_) text += ", a cliff above";
    if (ceiling_) text += format(", refused above {:.0f}", *ceiling_);
    return text;
}

}  // namespace trawl::limit
