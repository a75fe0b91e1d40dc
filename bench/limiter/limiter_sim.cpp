/// Limiters against simulated sources, as a table: `bench_limiter_sim [--seeds N] [--first SEED] [--ours] [--trace]
/// [source]`.
///
/// Exits with 1 when the limiter's mean throughput on one of the nine sources is below 95% of the best fixed limit's.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/sim/ours.hpp"
#include "fetch/sim/published.hpp"
#include "fetch/sim/sources.hpp"
#include "trawl/base/format.hpp"

namespace trawl::sim {
namespace {

constexpr std::array levels = {1,  2,  4,  8,  16,  20,  24,  28,  30,  32,  34,  36,
                               40, 44, 48, 64, 100, 200, 400, 500, 600, 800, 1000};
constexpr double goal = 95;  // percent

struct Options {
    std::uint64_t seeds = 3, first = 1;
    bool only_ours = false, trace = false;
    std::string source;
};

/// The best throughput of all fixed limits, and the smallest of them that has nearly that.
struct Best {
    int limit = 0;
    double rate = 0, latency = 0;
    std::vector<double> later;  // the best throughput after each change of the source
};

struct Figures {
    double share = 0, lowest = 1e9, reached = 0, refused = 0, latency = 0, limit = 0;
    double found_again = 0;
    std::int64_t early = 0;
};

double rate_of(const SourceOptions& source, const Outcome& run) {
    if (source.pages > 0) return source.pages / std::max(1e-9, run.finished);
    return run.throughput(settled, source.duration);
}

Best best_fixed(const SourceOptions& source, std::uint64_t seed) {
    if (source.bucket) {  // a fixed limit would only be refused more; the bucket's rate is the bound
        const Seconds alone = source.service + source.rtt;
        return {static_cast<int>(std::ceil(source.bucket->rate * alone)), source.bucket->rate, alone, {}};
    }
    std::vector<Best> all;
    for (const int level : levels) {
        const Outcome run = simulate(source, *fixed(level), seed);
        all.push_back({level, rate_of(source, run), run.latency_mean, {}});
        for (const Seconds change : source.changes) all.back().later.push_back(run.throughput(change + 1, change + 9));
    }
    const double most =
        std::max_element(all.begin(), all.end(), [](auto& a, auto& b) { return a.rate < b.rate; })->rate;
    Best best = *std::find_if(all.begin(), all.end(), [&](auto& one) { return one.rate >= 0.985 * most; });
    best.rate = most;
    for (const Best& one : all)
        for (std::size_t i = 0; i < best.later.size(); ++i) best.later[i] = std::max(best.later[i], one.later[i]);
    return best;
}

void add(Figures& sum, const SourceOptions& source, const Best& best, const Outcome& run) {
    constexpr Seconds never = 99;
    const double share = 100 * rate_of(source, run) / best.rate;
    sum.share += share;
    sum.lowest = std::min(sum.lowest, share);
    sum.reached = std::max(sum.reached, run.reached(best.rate, 0).value_or(never));
    sum.refused += 100.0 * static_cast<double>(run.refused) /
                   static_cast<double>(std::max<std::int64_t>(1, run.done + run.refused));
    sum.latency += run.latency_mean / std::max(1e-9, best.latency);
    sum.limit += run.limit_mean(settled, source.duration);
    sum.early += run.early;
    for (std::size_t i = 0; i < best.later.size(); ++i)
        sum.found_again = std::max(sum.found_again, run.reached(best.later[i], source.changes[i]).value_or(never));
}

std::string brief(const Figures& sum, double seeds) {
    std::string text = format("{:.0f}", sum.share / seeds);
    if (sum.latency / seeds > 1.5) text += format(", latency ×{:.1f}", sum.latency / seeds);
    if (sum.refused / seeds >= 1) text += format(", {:.0f}% refused", sum.refused / seeds);
    return text;
}

std::unique_ptr<Policy> published(int which) { return which == 0 ? vegas() : which == 1 ? aimd() : gradient2(); }

/// One row; the share of the best, in percent.
double row(const SourceOptions& source, const Options& options) {
    const auto seeds = static_cast<double>(options.seeds);
    Figures ours;
    std::array<Figures, 3> others;
    double best_limit = 0, best_rate = 0;
    for (std::uint64_t seed = options.first; seed < options.first + options.seeds; ++seed) {
        const Best best = best_fixed(source, seed);
        best_limit += best.limit;
        best_rate += best.rate;
        Limiter limiter;
        Ours policy(limiter);
        add(ours, source, best, simulate(source, policy, seed));
        // Against a bucket of one a minute, those who do not pace send millions of requests in vain.
        if (options.only_ours || source.duration > 1000) continue;
        for (std::size_t i = 0; i < others.size(); ++i)
            add(others[i], source, best, simulate(source, *published(static_cast<int>(i)), seed));
    }
    const bool has_reached = source.pages == 0 && best_rate / seeds > 1;
    print("| {} | {:.0f}: {:.4g}/s | {:.1f} ({:.1f}) | {} | {:.2f}% | ×{:.2f} | {:.0f} | {} |", source.name,
          best_limit / seeds, best_rate / seeds, ours.share / seeds, ours.lowest,
          has_reached ? format("{:.1f} s", ours.reached) : "", ours.refused / seeds, ours.latency / seeds,
          ours.limit / seeds, source.changes.empty() ? "" : format("{:.1f} s", ours.found_again));
    if (!options.only_ours)
        for (const Figures& other : others) print(" {} |", source.duration > 1000 ? "" : brief(other, seeds));
    print("\n");
    if (ours.early > 0) print("sent {} requests before a Retry-After was over\n", ours.early);
    return ours.early > 0 ? 0 : ours.share / seeds;
}

/// `second,limit,in flight,pages per second` of one run.
void trace(const SourceOptions& source, std::uint64_t seed) {
    Limiter limiter;
    Ours policy(limiter);
    simulate(source, policy, seed);
    for (const TracePoint& point : limiter.trace())
        print("{:.3f},{},{},{:.2f}\n", std::chrono::duration<double>(point.at.time_since_epoch()).count(), point.limit,
              point.in_flight, point.throughput);
}

Options parse(const std::vector<std::string_view>& arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto number = [&] { return std::strtoull(std::string(arguments.at(++i)).c_str(), nullptr, 10); };
        if (arguments[i] == "--seeds")
            options.seeds = std::max<std::uint64_t>(1, number());
        else if (arguments[i] == "--first")
            options.first = number();
        else if (arguments[i] == "--ours")
            options.only_ours = true;
        else if (arguments[i] == "--trace")
            options.trace = true;
        else
            options.source = arguments[i];
    }
    return options;
}

int run(const Options& options) {
    if (options.trace) {
        trace(source_named(options.source), options.first);
        return 0;
    }
    print(
        "| source | best fixed limit | % of its throughput, mean (lowest) | reached | refused | latency | limit | "
        "found again |{}\n",
        options.only_ours ? "" : " Vegas | AIMD | Gradient2 |");
    print("|---|---|---|---|---|---|---|---|{}\n", options.only_ours ? "" : "---|---|---|");
    int missed = 0;
    for (const SourceOptions& source : nine_sources())
        if (source.name.find(options.source) != std::string::npos && row(source, options) < goal) missed += 1;
    for (const SourceOptions& source : further_sources())
        if (source.name.find(options.source) != std::string::npos) row(source, options);
    if (missed > 0) print("{} of the nine sources below {}%\n", missed, goal);
    return missed > 0 ? 1 : 0;
}

}  // namespace
}  // namespace trawl::sim

int main(int count, char** arguments) { return trawl::sim::run(trawl::sim::parse({arguments + 1, arguments + count})); }
