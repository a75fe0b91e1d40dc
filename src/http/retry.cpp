/// RetryPolicy and RetryBudget: arithmetic only.
#include "trawl/http/retry.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "request_rules.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/http_date.hpp"

namespace trawl {
namespace {

constexpr std::array<int, 7> retried_statuses = {408, 425, 429, 500, 502, 503, 504};

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string name(const Failure& failure) {
    switch (failure.kind) {
        case FailureKind::unsent:
            return "no connection";
        case FailureKind::connection:
            return "a connection error";
        case FailureKind::timeout:
            return "a timeout";
        case FailureKind::damaged:
            return "a damaged answer";
        case FailureKind::status:
            break;
    }
    return format("status {}", failure.status);
}

}  // namespace

RetryBudget::RetryBudget(double share, double per_second) : share_(share), per_second_(per_second) {
    if (!(share >= 0) || !(per_second >= 0)) throw UsageError("a retry budget cannot be negative");
}

void RetryBudget::on_request() { tokens_ = std::min(tokens_ + share_, most_saved); }

void RetryBudget::refill(TimePoint now) {
    const TimePoint from = filled_.value_or(now);
    if (now > from) tokens_ = std::min(tokens_ + per_second_ * seconds(now - from), most_saved);
    filled_ = std::max(from, now);
}

// A nanosecond more: what is rounded off must not leave a hair too little at that time.
std::optional<TimePoint> RetryBudget::ready_at(TimePoint now) {
    refill(now);
    if (tokens_ >= 1) return std::nullopt;
    if (per_second_ == 0) return TimePoint::max();
    const auto missing = std::chrono::duration<double>((1 - tokens_) / per_second_);
    return now + std::chrono::duration_cast<Duration>(missing) + Duration(1);
}

bool RetryBudget::take(TimePoint now) {
    refill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
}

RetryPolicy::RetryPolicy(int attempts, Duration base, Duration cap, Duration longest_wait)
    : attempts_(attempts), base_(base), cap_(cap), longest_wait_(longest_wait) {
    if (attempts < 1) throw UsageError(format("{} attempts make no request: at least 1 is needed", attempts));
    if (base < Duration::zero() || cap < base)
        throw UsageError("a retry delay must not be negative, nor its cap below it");
}

bool RetryPolicy::is_retried(const Failure& failure) {
    if (failure.kind != FailureKind::status) return true;
    return std::find(retried_statuses.begin(), retried_statuses.end(), failure.status) != retried_statuses.end();
}

bool RetryPolicy::may_repeat(std::string_view method, FailureKind kind) const noexcept {
    return all_methods_ || kind == FailureKind::unsent || http::is_idempotent(method);
}

Duration RetryPolicy::backoff(int attempt, double random) const {
    constexpr int doublings_max = 40;  // 2^40 base delays are beyond any cap; the product still fits
    const double ceiling = seconds(base_) * static_cast<double>(1ULL << std::clamp(attempt - 1, 0, doublings_max));
    const double delay = std::min(ceiling, seconds(cap_)) * std::clamp(random, 0.0, 1.0);
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(delay));
}

RetryDecision RetryPolicy::decide(int attempt, const Failure& failure, std::chrono::system_clock::time_point now,
                                  double random) const {
    if (!is_retried(failure)) return GiveUp{format("{} is not retried", name(failure))};
    if (attempt >= attempts_) return GiveUp{format("{} attempts failed, the last with {}", attempts_, name(failure))};
    const auto asked = failure.retry_after ? parse_retry_after(*failure.retry_after, now) : std::nullopt;
    if (asked && *asked > longest_wait_)
        return GiveUp{format("the source asks to wait {:.0f} s ({}), longer than the {:.0f} s allowed", seconds(*asked),
                             name(failure), seconds(longest_wait_))};
    // Jitter on top, so that all who were told the same moment do not come back in it together.
    const Duration jitter = backoff(attempt, random);
    // "Retry-After: 0" is what servers say that do not know it either.
    if (asked && *asked > Duration::zero()) return Retry{*asked + std::min(jitter, base_), true};
    return Retry{jitter, false};
}

std::optional<Duration> parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now) {
    constexpr std::int64_t ten_years = 10LL * 365 * 24 * 3600;  // in seconds; as nanoseconds they fit 64 bits
    value = trim(value);
    if (!value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos) {
        std::int64_t seconds = ten_years;
        (void)std::from_chars(value.data(), value.data() + value.size(), seconds);  // out of range leaves it as it is
        return std::chrono::seconds(std::min(seconds, ten_years));
    }
    const auto date = parse_http_date(value, now);
    if (!date) return std::nullopt;
    return std::clamp<Duration>(*date - now, Duration::zero(), std::chrono::seconds(ten_years));
}

}  // namespace trawl
