/// Runs a limiter against a simulated source, event by event, and counts what came of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fetch/sim/source.hpp"

namespace trawl::sim {

/// What the simulation asks of a limiter, and tells it.
class Policy {
public:
    virtual ~Policy() = default;
    virtual int limit() = 0;
    /// When the next request may be sent: `now` or later.
    virtual Seconds ready_at(Seconds now) { return now; }
    virtual void sent(Seconds) {}
    /// `in_flight`: the others that are still under way.
    /// `kind`: 1 of the second resource.
    virtual void succeeded(Seconds now, Seconds latency, int in_flight, int kind) = 0;
    virtual void refused(Seconds now, Seconds latency, int in_flight, Refused how,
                         std::optional<Seconds> retry_after) = 0;
    virtual void failed(Seconds) {}
    [[nodiscard]] virtual std::string describe() const { return ""; }
};

/// Half a second of a run.
struct Step {
    int done = 0;
    int limit = 0;      // at its end
    int in_flight = 0;  // at its end
};

struct Outcome {
    static constexpr Seconds step = 0.5;

    std::vector<Step> steps;
    std::int64_t done = 0, refused = 0;
    std::int64_t early = 0;    // sent although a Retry-After that we had been told was not over
    Seconds latency_mean = 0;  // of what ended after `settled`
    Seconds finished = 0;      // when the last page came

    /// Pages per second between two moments.
    [[nodiscard]] double throughput(Seconds from, Seconds to) const;
    /// Mean limit between two moments.
    [[nodiscard]] double limit_mean(Seconds from, Seconds to) const;
    /// How long after `from` it took until 93% of `rate` was reached, and 90% held for the next step; none if never.
    [[nodiscard]] std::optional<Seconds> reached(double rate, Seconds from) const;
};

/// Figures count from here: what was in the first seconds is start-up, which `reached` tells of.
inline constexpr Seconds settled = 5;

Outcome simulate(const SourceOptions& source, Policy& policy, std::uint64_t seed);

}  // namespace trawl::sim
