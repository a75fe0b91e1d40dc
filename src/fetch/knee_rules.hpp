/// The constants of Knee and the arithmetic that its two parts share. Found by simulation (bench/limiter), unless said
/// otherwise.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

#include "trawl/base/clock.hpp"
#include "trawl/fetch/knee.hpp"

namespace trawl::limit {

/// Replies are counted so many mean latencies after a change: the line has its new length by then.
inline constexpr double settling = 1.5;
/// Around a probe, where a few percent matter: what is slow of the first replies (e^-2 of them) would be missing.
inline constexpr double settling_of_probe = 2;
/// Nothing for so many mean latencies: the source stood still, which says nothing of the limit. e^-6 of all single
/// requests.
inline constexpr double standstill = 6;
/// The running mean of the latency forgets about so many replies ago.
inline constexpr double latency_memory = 16;
/// Shorter ones are the clock's error, and nothing is a ratio of: a reply takes longer over any wire.
inline constexpr double shortest_latency = 1e-6;
/// The limit holds requests back if so much of it is used; less is a caller who had nothing to ask.
inline constexpr double full_enough = 0.8;

/// The relative error of a mean that probes aim at: below a third of the smallest usual step.
inline constexpr double error_wanted = 0.07;
/// Probes end after about so long, in seconds, whatever their error.
inline constexpr double probe_seconds = 0.5;
inline constexpr double fewest_samples = 8, most_samples = 400, recent_samples = 64;
/// The first level is that of an idle source; ten pages should not wait for more.
inline constexpr double fewest_at_first = 4;
inline constexpr double fewest_verified = 16;
/// A mean of hardly varying times is still off by the moments at which it is taken.
inline constexpr double spread_least = 0.01;

/// Of a doubling: about halfway between the latency staying as it is (ln 1) and doubling too (ln 2).
inline constexpr double halfway = 0.35;
/// The first probes after the start follow each other soon.
inline constexpr int probes_in_a_hurry = 4;
/// Levels below this many replies per second: probes down cost much of what little there is.
inline constexpr double slow_source = 20;
/// Smaller steps (in ln) need twice the replies.
inline constexpr double small_step = 0.2;

/// Between looks down, in times of a probe: each costs a quarter of the throughput while it lasts. Looks up go on
/// meanwhile: they cost nothing where nothing thrashes.
inline constexpr double looks_down_every = 18;
/// A lower latency at the usual level is a sign of more capacity: of so many replies, half a second at 400/s, by so
/// much (in ln) and so many errors. A false alarm costs one look up; a knee just below the level shows no more than
/// 0.2.
inline constexpr double late_samples = 200, drop_least = 0.15, drop_errors = 2;

/// Throughput falls if latency grows by more than this share of the step, twice in a row.
inline constexpr double steep = 1.25;
/// Above a cliff the latency is taken to grow with this power of the level: throughput falls as fast as it rose below.
inline constexpr double cliff_power = 2;
/// There levels are tried so many deviations of the belief away (in ln): the knee is to lie between, and what the step
/// has beyond it costs and tells nothing. The least step's effect, 0.12, is twice the error of a probe.
inline constexpr double cliff_deviations = 2, cliff_step_least = 0.06, cliff_step_most = 0.16;
/// Seconds at home before each, in times of a probe: while the belief deviates by more than this (in ln), and then.
inline constexpr double cliff_unsure = 0.04, cliff_pause_unsure = 1, cliff_pause = 4;
inline constexpr int probes_of_new_cliff = 2;
/// By the share of a step that lies above the knee: with so little or so much, all of it lies on one side. After so
/// many steps up with little there is no cliff.
inline constexpr double cliff_little = 0.25, cliff_much = 0.75;
inline constexpr int climbs_that_end_cliff = 3;
/// Bounds that the belief is off by less than this (in ln) are no news.
inline constexpr double cliff_agrees = 0.02;

/// Variances of what is believed of ln(knee): at first, after a move, and what it gains from probe to probe; at a cliff
/// less, where a level that is off by some percent costs as much.
inline constexpr double doubt_at_first = 0.04, doubt_of_move = 0.02, doubt_gained = 0.0016;
inline constexpr double doubt_gained_at_cliff = 0.0004;

/// A refusal for overload cuts the limit to this share of what was in flight, and no probe goes beyond the second for a
/// while.
inline constexpr double cut = 0.8, below_refusals = 0.9;
/// That while lasts so many mean latencies, within these bounds in seconds: each of its ends is paid for with refusals.
inline constexpr double ceiling_rounds = 100, ceiling_least = 5, ceiling_most = 30;
/// Cuts that followed each other and led below this share were not for too much at once: whoever refuses at any level
/// refuses for reasons of its own. Later ones are about something new.
inline constexpr double share_of_load = 0.25;
inline constexpr Duration cuts_remembered = std::chrono::seconds(30);
/// Where that was wrong it is looked at again so much later, and twice as much each time.
inline constexpr Duration first_restart_pause = std::chrono::seconds(1);

inline double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
inline Duration duration(double seconds) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

/// The error of ln(mean of a / mean of b).
inline double error_of(const Window& a, const Window& b) {
    const double spread = std::max(a.spread(), b.spread());
    return std::sqrt(spread * (1 / std::max(1.0, a.count) + 1 / std::max(1.0, b.count)));
}

}  // namespace trawl::limit
