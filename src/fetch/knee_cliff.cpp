/// Knee where throughput falls above it. There a level too high costs as much as one too low, so that the knee itself
/// is the level, and small steps measure where it lies between the two that are compared.
#include <algorithm>
#include <cmath>

#include "knee_rules.hpp"
#include "trawl/fetch/knee.hpp"

namespace trawl::limit {

/// One steep step may be chance, and where a pool is taken for a cliff, a capacity that grows is noticed late. So the
/// second look goes twice as far, where the latencies of the two differ by more than any error.
void Knee::note_cliff(const Effect& effect) {
    const bool is_steep = effect.step > small_step && effect.growth > steep * effect.step;
    is_cliff_ = is_steep && was_steep_ && effect.growth > steep * effect.step + effect.error;
    was_steep_ = is_steep && !was_steep_;
    if (is_cliff_) probes_of_new_cliff_ = probes_of_new_cliff;
}

/// The doubling that did not pay may have shown one already. Not where few replies tell little: there a level too low
/// costs most.
void Knee::start_at_cliff(double unloaded) {
    const double growth = std::log(full_.mean() / window_.mean());
    const double step = std::log(full_.concurrency() / window_.concurrency());
    const bool is_slow = window_.concurrency() < slow_source * latency_;
    if (is_slow || growth < steep * step + 0.5 * error_of(window_, full_)) return;
    is_cliff_ = true;
    probes_of_new_cliff_ = probes_of_new_cliff;
    const double waited = std::max(0.0, std::log(window_.mean() / unloaded));
    log_knee_ = std::log(window_.concurrency()) - waited / cliff_power;
}

double Knee::step_at_cliff() const {
    return std::clamp(cliff_deviations * std::sqrt(doubt_), cliff_step_least, cliff_step_most);
}

/// In times of a probe.
double Knee::pause_at_cliff() const {
    if (beyond_ > 0) return 0;
    const bool is_unsure = probes_of_new_cliff_ > 0 || std::sqrt(doubt_) > cliff_unsure;
    return is_unsure ? cliff_pause_unsure : cliff_pause;
}

/// Up as long as the knee seems to lie above home, and else up and down in turn. Where it lies beyond the level that
/// was tried, the next one is further off and follows at once.
void Knee::judge_at_cliff(TimePoint now, const Effect& effect) {
    learn_at_cliff(effect);
    if (probes_of_new_cliff_ > 0) probes_of_new_cliff_ -= 1;
    is_new_home_ = is_climbing_ = was_below_ = was_steep_ = false;
    const double above = effect.growth / (cliff_power * effect.step);
    const bool is_beyond = probed_up_ ? above < cliff_little : above > cliff_much;
    beyond_ = is_beyond ? (probed_up_ == was_beyond_up_ ? beyond_ : 0) + 1 : 0;
    was_beyond_up_ = probed_up_;
    next_is_up_ = above < cliff_much;
    next_up_.reset();
    next_down_.reset();
    const double further = std::min(cliff_step_most, 2 * effect.step);
    if (is_beyond && probed_up_) next_up_ = std::exp(further);
    if (is_beyond && !probed_up_) next_down_ = std::exp(-further);
    if (probed_up_ && beyond_ >= climbs_that_end_cliff) leave_cliff();
    go_home(now);
}

/// Below the knee nobody waits, above it the latency grows by the cliff's power: so its growth tells how much of the
/// step lies above. A step that lies on one side only bounds the knee.
void Knee::learn_at_cliff(const Effect& effect) {
    const double high = std::log(home_) + (probed_up_ ? effect.step : 0), low = high - effect.step;
    const double knee = high - effect.growth / cliff_power;
    const bool agrees =
        (knee <= low && log_knee_ <= low + cliff_agrees) || (knee >= high && log_knee_ >= high - cliff_agrees);
    if (!agrees) believe(std::clamp(knee, low, high), effect.error / cliff_power);
}

/// The source serves ever more, as one whose capacity grew.
void Knee::leave_cliff() {
    is_cliff_ = false;
    beyond_ = 0;
    next_up_ = 1.5;
    hurry_ = 0;
}

}  // namespace trawl::limit
