/// The concurrency beyond which a source's throughput no longer grows, from the latencies of its replies. Part of
/// Limiter.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "trawl/base/clock.hpp"
#include "trawl/fetch/background.hpp"
#include "trawl/fetch/mix.hpp"

namespace trawl::limit {

/// Latencies of replies, in seconds, and how many were in flight then.
struct Window {
    double count = 0, sum = 0, squares = 0, in_flight = 0;

    void add(double latency, double concurrency);
    /// Forgets so much that no more than `most` replies' weight remains.
    void fade(double most);
    [[nodiscard]] double mean() const { return count > 0 ? sum / count : 0; }
    [[nodiscard]] double concurrency() const { return count > 0 ? in_flight / count : 0; }
    /// Squared coefficient of variation; 1, that of exponential times, while nothing is known.
    [[nodiscard]] double spread() const;

    friend Window operator+(const Window& a, const Window& b);
};

/// What a change of level did: logarithms of the ratio of latencies and of levels, both positive when they grew with
/// the level, and the error of the first. No growth: nobody waited. Growth as large as the step: throughput stayed as
/// it was.
struct Effect {
    double growth = 0, step = 0, error = 0;
    double drift = 0;  ///< of the latency at home meanwhile, as a logarithm
};

/// Seeks the knee of one origin; Limiter says how.
class Knee {
public:
    Knee(std::size_t initial, std::size_t most);

    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
    /// Mean latency of late, in seconds; 0 before the first reply.
    [[nodiscard]] double latency() const noexcept { return latency_; }

    /// `kind`: of requests whose latencies compare.
    void succeeded(TimePoint now, Duration latency, std::size_t in_flight, std::size_t kind);
    /// Too much was in flight, as the source lets a request know that was sent `latency` ago.
    void overloaded(TimePoint now, Duration latency, std::size_t in_flight);
    /// Something failed, in a way that says nothing of the load: trouble is not over.
    void failed() noexcept { since_cut_ = 0; }
    /// What was sent before `until` says nothing of the limit: somebody was made to wait.
    void disturbed(TimePoint until);

    [[nodiscard]] std::string describe() const;

private:
    enum class Phase { start, verify, home, down, up, after };

    void enter(TimePoint now, Phase phase, double limit);
    void count(double latency, double concurrency);
    void judge(TimePoint now);
    void judge_start(TimePoint now);
    void judge_verify(TimePoint now);
    void end_start(TimePoint now, double error);

    void probe(TimePoint now);
    void probe_up(TimePoint now);
    void probe_down(TimePoint now);
    [[nodiscard]] bool is_up_next(TimePoint now) const;
    [[nodiscard]] double pause(bool up) const;
    [[nodiscard]] double expected_error() const;

    [[nodiscard]] bool pays_at_once() const;
    void judge_probe(TimePoint now);
    void judge_down(TimePoint now, const Effect& effect);
    void judge_up(TimePoint now, const Effect& effect);
    void move_up(TimePoint now);
    void changed(const Window& before, const Window& after);
    void believe(double log_knee, double error);

    void note_cliff(const Effect& effect);
    void start_at_cliff(double unloaded);
    [[nodiscard]] double step_at_cliff() const;
    [[nodiscard]] double pause_at_cliff() const;
    void judge_at_cliff(TimePoint now, const Effect& effect);
    void learn_at_cliff(const Effect& effect);
    void leave_cliff();

    void go_home(TimePoint now);

    [[nodiscard]] bool has_shifted() const;
    [[nodiscard]] bool has_dropped() const;
    [[nodiscard]] double samples_wanted() const;
    [[nodiscard]] double most() const;
    [[nodiscard]] double level_above_knee() const;
    void relax(TimePoint now);
    [[nodiscard]] Duration ceiling_lasts() const;
    void ignore_cuts(TimePoint now);
    void restart(TimePoint now, double limit);
    void look_at_cuts(TimePoint now);
    void take_cut_back(TimePoint now);

    // Where it is.
    Phase phase_ = Phase::start;
    std::size_t limit_, most_;
    double home_;                    // the limit between probes
    std::optional<double> ceiling_;  // above it there were refusals
    double log_knee_ = 0;            // what is believed of ln(knee)...
    double doubt_ = 0.04;            // ...and the variance of that belief
    double latency_ = 0;             // seconds

    // What is tried next.
    bool next_is_up_ = true;
    std::optional<double> next_up_, next_down_;  // steps, where something suggests them
    double hurry_ = 1;                           // share of the usual pause before it
    int early_probes_ = 0;                       // that are still to follow soon after each other
    bool was_below_ = false;                     // the last probe down lost all that it could
    bool was_steep_ = false, is_cliff_ = false;  // throughput falls above the knee: seen once, twice in a row
    bool is_climbing_ = false;
    bool is_new_home_ = false;     // and no probe down has looked at it
    double step_ = 1;              // ln of the level that is tried over home, if it is up
    int probes_of_new_cliff_ = 0;  // that are still to follow soon after each other
    int beyond_ = 0;               // probes in a row by which the knee of a cliff lies beyond the tried level
    bool was_beyond_up_ = false;   // they were higher ones

    // What was measured.
    Mix mix_;
    Window base_, full_;              // while starting: unloaded, and at the first level that did not pay
    Window before_, window_, probe_;  // at home before a probe, in this phase, in the probe
    Window recent_, of_late_;         // at home: a few replies, which show a shift; more, which show less of it
    Duration probe_took_{};
    bool probed_up_ = false;

    // Which replies count.
    std::optional<TimePoint> last_reply_;
    bool is_undisturbed_ = true;  // one came that counts: what comes in pulses is no series of standstills
    TimePoint phase_since_{}, settled_at_{}, sent_from_{}, undisturbed_from_{}, last_down_{};
    TimePoint cut_at_{}, ceiling_since_{}, restarted_at_{};
    Duration restart_pause_{};
    int ceiling_steps_ = 1;             // by how much and how soon it is raised: twice as much each time
    std::size_t after_cut_ = 0;         // the limit that the last cut led to
    int refused_at_cut_ = 0;            // of what was under way at the last of them
    Phase phase_before_ = Phase::home;  // before that, and where it was
    double limit_before_ = 0, home_before_ = 0;
    std::optional<double> ceiling_before_;
    std::optional<double> before_cuts_;  // the limit before cuts that followed each other
    bool was_refused_alone_ = false;     // the last was of a request that was under way alone
    Background background_;
    double since_cut_ = 0;  // replies in a row to what was sent since the last of them
};

}  // namespace trawl::limit
