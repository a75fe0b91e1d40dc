#include "trawl/fetch/budget.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

// What a window remembers: requests that lie closer together than a thousandth of it are counted as one moment, the
// later one, so that the limit holds all the same.
constexpr int kSlots = 1000;

// Above this a Reset is a moment (Unix time), below it a number of seconds: a billion seconds are 31 years.
constexpr double kUnixTimesFrom = 1e9;

std::optional<double> number(std::string_view text) {
    text = trim(text);
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size() || value < 0) return {};
    return value;
}

Duration seconds(double count) {
    constexpr double kMost = 10.0 * 365 * 24 * 3600;  // ten years: nobody waits for longer, and it fits a Duration
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(count, kMost)));
}

Duration until(double reset, std::chrono::system_clock::time_point now) {
    if (reset < kUnixTimesFrom) return seconds(reset);
    const double unix_now = std::chrono::duration<double>(now.time_since_epoch()).count();
    return seconds(std::max(0.0, reset - unix_now));
}

/// One policy of a `RateLimit` field: parameters separated by ';' (or ',', as its older drafts had it).
std::optional<RateLeft> parse_policy(std::string_view policy, char separator) {
    std::optional<double> remaining, reset;
    while (!policy.empty()) {
        std::string_view part = policy.substr(0, policy.find(separator));
        policy.remove_prefix(std::min(policy.size(), part.size() + 1));
        while (part.starts_with(' ')) part.remove_prefix(1);
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view key = part.substr(0, equals);
        if (key == "r" || key == "remaining") remaining = number(part.substr(equals + 1));
        if (key == "t" || key == "reset") reset = number(part.substr(equals + 1));
    }
    if (!remaining || !reset) return std::nullopt;
    return RateLeft{*remaining, seconds(*reset)};
}

std::optional<RateLeft> parse_field(std::string_view field) {
    if (field.find(';') == std::string_view::npos) return parse_policy(field, ',');
    std::optional<RateLeft> tightest;
    while (!field.empty()) {
        const std::string_view policy = field.substr(0, field.find(','));
        field.remove_prefix(std::min(field.size(), policy.size() + 1));
        const auto left = parse_policy(policy, ';');
        if (left && (!tightest || left->remaining < tightest->remaining)) tightest = left;
    }
    return tightest;
}

std::optional<RateLeft> parse_pair(const Headers& headers, std::string_view prefix,
                                   std::chrono::system_clock::time_point now) {
    const auto remaining = headers.get(format("{}Remaining", prefix));
    const auto reset = headers.get(format("{}Reset", prefix));
    if (!remaining || !reset) return std::nullopt;
    const auto left = number(*remaining);
    const auto when = number(*reset);
    if (!left || !when) return std::nullopt;
    return RateLeft{*left, until(*when, now)};
}

}  // namespace

std::optional<RateLeft> parse_rate_left(const Headers& headers, std::chrono::system_clock::time_point now) {
    if (const auto field = headers.get("RateLimit")) {
        if (const auto left = parse_field(*field)) return left;
    }
    for (const std::string_view prefix : {"RateLimit-", "X-RateLimit-", "X-Rate-Limit-"}) {
        if (const auto left = parse_pair(headers, prefix, now)) return left;
    }
    return std::nullopt;
}

Budget::Budget(std::vector<RateWindow> windows) {
    for (const RateWindow& rule : windows) {
        if (!(rule.requests > 0) || rule.per <= Duration::zero())
            throw UsageError(format("{} requests in {} s is no limit: both must be positive", rule.requests,
                                    std::chrono::duration<double>(rule.per).count()));
        windows_.push_back({rule, {}, 0});
    }
}

void Budget::forget(Window& window, TimePoint now) {
    while (!window.spent.empty() && window.spent.front().last + window.rule.per <= now) {
        window.total -= window.spent.front().weight;
        window.spent.pop_front();
    }
    if (window.spent.empty()) window.total = 0;  // what adding and subtracting rounded is not kept
}

std::optional<TimePoint> Budget::ready_at(TimePoint now, double weight) {
    std::optional<TimePoint> ready;
    const auto not_before = [&](TimePoint time) { ready = std::max(ready.value_or(time), time); };
    for (Window& window : windows_) {
        forget(window, now);
        double total = window.total;
        for (const Spent& spent : window.spent) {
            if (total + weight <= window.rule.requests) break;
            not_before(spent.last + window.rule.per);
            total -= spent.weight;
        }
    }
    if (left_ && *left_ < weight && now < reset_at_) not_before(reset_at_);
    return ready;
}

void Budget::sent(TimePoint now, double weight) {
    for (Window& window : windows_) {
        forget(window, now);
        window.total += weight;
        put(window, now, weight);
    }
    if (left_) *left_ -= weight;
    if (left_ && now >= reset_at_) left_.reset();  // a new span, of which nothing is known yet
}

void Budget::left_later(TimePoint counted, TimePoint left, double weight) {
    if (left <= counted) return;
    for (Window& window : windows_) {
        const auto is_it = [&](const Spent& spent) { return spent.first <= counted && counted <= spent.last; };
        const auto spent = std::ranges::find_if(window.spent, is_it);
        if (spent == window.spent.end()) {  // forgotten before it left
            window.total += weight;
        } else {
            spent->weight -= weight;
            if (spent->weight <= 0) window.spent.erase(spent);
        }
        put(window, left, weight);
    }
}

void Budget::put(Window& window, TimePoint left, double weight) {
    const auto behind = std::ranges::upper_bound(window.spent, left, {}, &Spent::last);
    const bool same_moment =
        behind != window.spent.begin() && left - std::prev(behind)->first < window.rule.per / kSlots;
    if (same_moment) {
        std::prev(behind)->last = left;
        std::prev(behind)->weight += weight;
    } else {
        window.spent.insert(behind, {left, left, weight});
    }
}

void Budget::learned(TimePoint now, const RateLeft& left) {
    // Answers overtake each other: within one span the smallest number is the latest. Spans whose ends differ by more
    // than the second that headers are rounded to are different ones.
    constexpr Duration kRounded = std::chrono::seconds(2);
    const TimePoint reset_at = now + left.reset;
    const bool same_span = left_ && now < reset_at_ && reset_at - reset_at_ < kRounded;
    left_ = same_span ? std::min(*left_, left.remaining) : left.remaining;
    reset_at_ = same_span ? std::max(reset_at_, reset_at) : reset_at;
}

std::string Budget::describe(TimePoint now) {
    using Seconds = std::chrono::duration<double>;
    std::string text;
    for (Window& window : windows_) {
        forget(window, now);
        text += format("{}{:g} of {:g} in {:g} s", text.empty() ? "" : "; ", window.total, window.rule.requests,
                       Seconds(window.rule.per).count());
    }
    if (left_ && now < reset_at_)
        text += format("{}{:g} left for {:g} s", text.empty() ? "" : "; ", *left_, Seconds(reset_at_ - now).count());
    return text.empty() ? "no limit" : text;
}

}  // namespace trawl
