/// trawl's limiter as the simulation's policy.
#pragma once

#include <memory>

#include "fetch/sim/simulate.hpp"
#include "trawl/fetch/limiter.hpp"

namespace trawl::sim {

/// Forwards to a limiter of one's own, so that it can be looked at afterwards.
class Ours : public Policy {
public:
    explicit Ours(Limiter& limiter) : limiter_(limiter) {}

    int limit() override { return static_cast<int>(limiter_.limit()); }
    Seconds ready_at(Seconds now) override;
    void sent(Seconds now) override { limiter_.sent(time(now)); }
    void succeeded(Seconds now, Seconds latency, int in_flight, int kind) override;
    void refused(Seconds now, Seconds latency, int in_flight, Refused how, std::optional<Seconds> retry_after) override;
    void failed(Seconds now) override { limiter_.failed(time(now)); }
    [[nodiscard]] std::string describe() const override { return limiter_.describe(); }

    static TimePoint time(Seconds now);
    static Duration duration(Seconds seconds);

private:
    Limiter& limiter_;
};

}  // namespace trawl::sim
