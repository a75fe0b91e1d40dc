/// Limiter: the knee, the pace and the gate together, and what a report says of them.
#include "trawl/fetch/limiter.hpp"

#include <algorithm>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

constexpr std::size_t trace_most = 512;
constexpr Duration first_trace_step = std::chrono::milliseconds(100);

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::size_t first_limit(const LimiterOptions& options) {
    if (options.initial == 0 || options.max_concurrency == 0 || options.fixed == 0U)
        throw UsageError("a limit of 0 would send nothing: at least 1 is needed");
    if (options.max_rate && !(*options.max_rate > 0))
        throw UsageError(format("a rate of {} per second would send nothing", *options.max_rate));
    return options.fixed.value_or(options.initial);
}

}  // namespace

Limiter::Limiter(LimiterOptions options)
    : options_(options),
      knee_(first_limit(options), options.max_concurrency),
      pace_(options.max_rate),
      trace_step_(first_trace_step) {
    trace_.reserve(trace_most);
}

// The user's word holds whatever is computed.
std::size_t Limiter::limit() const noexcept {
    return options_.fixed.value_or(std::min(knee_.limit(), options_.max_concurrency));
}

std::optional<TimePoint> Limiter::ready_at(TimePoint now) const noexcept {
    auto ready = pace_.ready_at(now);
    if (gate_ && *gate_ > now) ready = ready ? std::max(*ready, *gate_) : *gate_;
    return ready;
}

void Limiter::sent(TimePoint now) {
    pace_.sent(now);
    if (!trace_since_) trace_since_ = now;
}

void Limiter::succeeded(TimePoint now, Duration latency, std::size_t in_flight, std::size_t kind) {
    successes_ += 1;
    trace_count_ += 1;
    trace_latency_ += latency;
    pace_.succeeded(now, latency, in_flight);
    knee_.succeeded(now, latency, in_flight, kind);
    note(now, in_flight);
}

double Limiter::throughput() const noexcept {
    return knee_.latency() > 0 ? static_cast<double>(limit()) / knee_.latency() : 0;
}

void Limiter::refused(TimePoint now, Duration latency, const Refusal& refusal, std::size_t in_flight) {
    refusals_ += 1;
    if (refusal.retry_after) {
        const TimePoint until = now + *refusal.retry_after;
        gate_ = gate_ ? std::max(*gate_, until) : until;
        knee_.disturbed(until);
    }
    // A source that fails now and then (503), or has slow answers among quick ones, names no rate: a pace would slow it
    // down at each failure, and for long.
    const bool is_failure = refusal.kind != RefusalKind::too_many_requests && !refusal.retry_after;
    const bool is_of_pace = refusal.kind == RefusalKind::too_many_requests && pace_.explains();
    const bool is_least = std::min(limit(), knee_.limit()) == 1;
    if (is_of_pace || (is_least && !is_failure)) {
        if (pace_.refused(now, latency, throughput(), refusal.retry_after)) knee_.disturbed(now);
    } else {
        knee_.overloaded(now, latency, in_flight);
    }
    note(now, in_flight);
}

void Limiter::failed(TimePoint now) {
    knee_.failed();
    note(now, 0);
}

void Limiter::note(TimePoint now, std::size_t in_flight) {
    if (!trace_since_) trace_since_ = now;
    const Duration passed = now - *trace_since_;
    if (passed < trace_step_) return;
    const Duration mean = trace_count_ > 0 ? trace_latency_ / static_cast<std::int64_t>(trace_count_) : Duration{};
    trace_.push_back({now, limit(), in_flight, static_cast<double>(trace_count_) / seconds(passed), mean});
    trace_since_ = now;
    trace_count_ = 0;
    trace_latency_ = {};
    if (trace_.size() < trace_most) return;
    for (std::size_t i = 0; i < trace_most / 2; ++i) trace_[i] = trace_[2 * i + 1];
    trace_.resize(trace_most / 2);
    trace_step_ *= 2;
}

std::string Limiter::describe() const {
    std::string text = options_.fixed ? format("fixed at {}", *options_.fixed) : knee_.describe();
    if (pace_.rate()) text += format(", {:.3g} per second", *pace_.rate());
    return text + format("; {} replies, {} refused", successes_, refusals_);
}

}  // namespace trawl
