#include "trawl/fetch/origin_gate.hpp"

#include <algorithm>

#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {

void OriginGate::Pass::succeeded() {
    if (gate_ == nullptr) return;
    const TimePoint at = exact_now();
    gate_->refusals_.reset();
    gate_->outage_.answered();
    gate_->limiter_.succeeded(at, at - sent_, gate_->in_flight_ - 1);
    leave();
}

void OriginGate::Pass::refused(const Refusal& refusal) {
    if (gate_ == nullptr) return;
    const TimePoint at = exact_now();
    if (!gate_->refusals_) gate_->refusals_.emplace(Refusals{at, 0});
    ++gate_->refusals_->count;
    if (refusal.kind != RefusalKind::timeout) gate_->outage_.answered();
    gate_->limiter_.refused(at, at - sent_, refusal, gate_->in_flight_ - 1);
    leave();
}

void OriginGate::Pass::failed() {
    if (gate_ == nullptr) return;
    gate_->limiter_.failed(exact_now());
    leave();
}

void OriginGate::Pass::lost() {
    if (gate_ == nullptr) return;
    gate_->outage_.failed(exact_now(), sent_);
    failed();
}

void OriginGate::Pass::leave() noexcept {
    if (gate_ == nullptr) return;
    if (is_probe_) gate_->outage_.left();
    std::exchange(gate_, nullptr)->left();
}

void OriginGate::left() noexcept {
    --in_flight_;
    changed_.set();
}

std::optional<TimePoint> OriginGate::closed_until(TimePoint at, double weight) {
    // An empty optional is less than any time.
    return std::max({limiter_.ready_at(at), budget_.ready_at(at, weight), outage_.ready_at(at)});
}

Task<OriginGate::Pass> OriginGate::enter(double weight) {
    const Lock::Guard turn = co_await turn_.acquire();
    while (true) {
        const TimePoint at = exact_now();
        if (in_flight_ >= limiter_.limit() || (outage_.since() && outage_.is_probed())) {
            changed_.clear();
            co_await changed_.wait();
        } else if (const auto ready = closed_until(at, weight)) {
            co_await sleep_until(*ready);
        } else {
            ++in_flight_;
            limiter_.sent(at);
            budget_.sent(at, weight);
            co_return Pass(*this, at, outage_.sent());
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
