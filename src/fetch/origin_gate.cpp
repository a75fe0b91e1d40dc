#include "trawl/fetch/origin_gate.hpp"

#include <algorithm>

#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {

void OriginGate::Pass::succeeded() {
    if (gate_ == nullptr) return;
    const TimePoint at = now();
    gate_->limiter_.succeeded(at, at - sent_, gate_->in_flight_ - 1);
    leave();
}

void OriginGate::Pass::refused(const Refusal& refusal) {
    if (gate_ == nullptr) return;
    const TimePoint at = now();
    gate_->limiter_.refused(at, at - sent_, refusal, gate_->in_flight_ - 1);
    leave();
}

void OriginGate::Pass::failed() {
    if (gate_ == nullptr) return;
    gate_->limiter_.failed(now());
    leave();
}

void OriginGate::Pass::leave() noexcept {
    if (gate_ != nullptr) std::exchange(gate_, nullptr)->left();
}

void OriginGate::left() noexcept {
    --in_flight_;
    changed_.set();
}

std::optional<TimePoint> OriginGate::closed_until(TimePoint at, double weight) {
    const auto paced = limiter_.ready_at(at);
    const auto allowed = budget_.ready_at(at, weight);
    if (!paced) return allowed;
    return allowed ? std::max(*paced, *allowed) : *paced;
}

Task<OriginGate::Pass> OriginGate::enter(double weight) {
    const Lock::Guard turn = co_await turn_.acquire();
    while (true) {
        const TimePoint at = now();
        if (in_flight_ >= limiter_.limit()) {
            changed_.clear();
            co_await changed_.wait();
        } else if (const auto ready = closed_until(at, weight)) {
            co_await sleep_until(*ready);
        } else {
            ++in_flight_;
            limiter_.sent(at);
            budget_.sent(at, weight);
            co_return Pass(*this, at);
        }
    }
}

void OriginGate::learn(const Headers& headers) {
    if (const auto left = parse_rate_left(headers, std::chrono::system_clock::now())) budget_.learned(now(), *left);
}

std::size_t OriginGates::limit() const noexcept {
    std::size_t sum = 0;
    for (const auto& [origin, gate] : gates_) sum += gate->limiter().limit();
    return sum;
}

OriginGate& OriginGates::at(const std::string& origin) {
    std::unique_ptr<OriginGate>& gate = gates_[origin];
    if (!gate) gate = std::make_unique<OriginGate>(limits_);
    return *gate;
}

}  // namespace trawl
