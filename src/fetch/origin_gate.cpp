#include "trawl/fetch/origin_gate.hpp"

#include <algorithm>

#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {

namespace {

// One page in a hundred that fails makes five in a row once in 10^10 pages.
constexpr std::size_t kDownMin = 5;

}  // namespace

void OriginGate::Pass::left_at(TimePoint left) {
    if (gate_ != nullptr) gate_->budget_.left_later(sent_, left, weight_);
}

void OriginGate::Pass::succeeded(std::size_t kind) {
    if (gate_ == nullptr) return;
    const TimePoint at = exact_now();
    gate_->refusals_.reset();
    gate_->answered(sent_);
    gate_->limiter_.succeeded(at, at - sent_, gate_->in_flight_ - 1, kind);
    leave();
}

void OriginGate::Pass::refused(const Refusal& refusal) {
    if (gate_ == nullptr) return;
    const TimePoint at = exact_now();
    if (!gate_->refusals_) gate_->refusals_.emplace(Refusals{at, 0});
    ++gate_->refusals_->count;
    if (refusal.kind != RefusalKind::timeout) gate_->answered(sent_);
    gate_->limiter_.refused(at, at - sent_, refusal, gate_->in_flight_ - 1);
    leave();
}

void OriginGate::Pass::failed() {
    if (gate_ == nullptr) return;
    gate_->limiter_.failed(exact_now());
    leave();
}

// What a look at a source that is away comes to says nothing of how much it serves.
void OriginGate::Pass::down(const Refusal* refusal, bool is_first) {
    if (gate_ == nullptr) return;
    const TimePoint at = exact_now();
    if (is_first && gate_->down_++ == 0) gate_->down_from_ = sent_;
    const bool was_away = gate_->outage_.since().has_value();
    if (was_away || gate_->down_ >= kDownMin) gate_->outage_.failed(at, was_away ? sent_ : gate_->down_from_);
    if (refusal != nullptr && !was_away) {
        gate_->limiter_.refused(at, at - sent_, *refusal, gate_->in_flight_ - 1);
    } else {
        gate_->limiter_.failed(at);
    }
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

// Where an origin goes down, it still answers for a while what it had begun, between all that it refuses.
void OriginGate::answered(TimePoint sent) noexcept {
    outage_.answered(sent);
    if (sent >= down_from_) down_ = 0;
}

void OriginGate::left() noexcept {
    --in_flight_;
    changed_.set();
}

std::optional<TimePoint> OriginGate::closed_until(TimePoint at, double weight) {
    // An empty optional is less than any time.
    return std::max({limiter_.ready_at(at), budget_.ready_at(at, weight), outage_.ready_at(at)});
}

Task<OriginGate::Pass> OriginGate::enter(double weight, MayGo may_go) {
    const Lock::Guard turn = co_await turn_.acquire();
    while (true) {
        const TimePoint at = exact_now();
        if (in_flight_ >= limiter_.limit() || (outage_.since() && outage_.is_probed())) {
            changed_.clear();
            co_await changed_.wait();
        } else if (const auto ready = closed_until(at, weight)) {
            co_await sleep_until(*ready);
        } else if (may_go && !may_go()) {
            co_return Pass();
        } else {
            ++in_flight_;
            limiter_.sent(at);
            budget_.sent(at, weight);
            co_return Pass(*this, at, weight, outage_.sent());
        }
    }
}

void OriginGate::learn(const Headers& headers) {
    if (const auto left = parse_rate_left(headers, std::chrono::system_clock::now())) budget_.learned(now(), *left);
}

class OriginGates::Waiting {
public:
    Waiting(OriginGates& gates, std::size_t& count) noexcept : gates_(gates), count_(count) { ++count_; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() {
        --count_;
        gates_.fewer_wait_.set();
    }

private:
    OriginGates& gates_;
    std::size_t& count_;
};

// What leads on may lead to any origin; retries wait for their own.
bool OriginGates::is_held_up(const OriginGate& gate) const noexcept {
    const auto fill = [](std::size_t waiting, std::size_t limit) { return waiting > 0 && waiting >= limit; };
    return fill(waiting_, limit()) || fill(gate.repeating_, gate.limiter_.limit());
}

Task<OriginGate::Pass> OriginGates::enter(std::string origin, double weight, OriginGate::MayGo may_go) {
    OriginGate& gate = at(origin);
    const Lock::Guard begins = co_await gate.begins_.acquire();
    while (is_held_up(gate)) {
        fewer_wait_.clear();
        co_await fewer_wait_.wait();
    }
    auto entering = gate.enter(weight, std::move(may_go));
    OriginGate::Pass pass = co_await std::move(entering);
    if (pass) gate.retries_.on_request();
    co_return pass;
}

Task<OriginGate::Pass> OriginGates::enter_next(std::string origin, double weight) {
    const Waiting waiting(*this, waiting_);
    co_return co_await at(origin).enter(weight);
}

Task<> OriginGates::wait_for_retry(std::string origin) {
    OriginGate& gate = at(origin);
    const Waiting waiting(*this, gate.repeating_);
    const Lock::Guard turn = co_await gate.repeats_.acquire();
    while (const auto ready = gate.retries_.ready_at(exact_now())) co_await sleep_until(*ready);
    (void)gate.retries_.take(exact_now());
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
