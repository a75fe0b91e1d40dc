#include "retry.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

namespace trawl::fetch {

bool may_pass(const Outcome& outcome) noexcept {
    constexpr std::array<int, 7> kPassing{408, 425, 429, 500, 502, 503, 504};
    if (outcome.is_final) return false;
    return !outcome.status || std::find(kPassing.begin(), kPassing.end(), *outcome.status) != kPassing.end();
}

RetryDecision decide(const RetryPolicy& policy, int attempt, const Outcome& outcome, double random,
                     std::uint64_t requests, std::uint64_t retries) noexcept {
    if (!may_pass(outcome)) return {.give_up = GiveUp::pointless};
    if (attempt >= policy.attempts_max) return {.give_up = GiveUp::attempts};
    const double budget = policy.budget_floor + policy.budget_share * static_cast<double>(requests);
    if (static_cast<double>(retries) >= budget) return {.give_up = GiveUp::budget};
    const double doubled = static_cast<double>(policy.backoff_first.count()) * std::pow(2.0, attempt - 1);
    const double most = std::min(doubled, static_cast<double>(policy.backoff_max.count()));
    RetryDecision decision{.delay = Duration(static_cast<Duration::rep>(most * random))};
    if (outcome.retry_after) {
        if (*outcome.retry_after > policy.retry_after_max) return {.give_up = GiveUp::wait};
        decision.delay = std::max(decision.delay, *outcome.retry_after);
        decision.for_everyone = true;
    }
    return decision;
}

std::optional<Duration> parse_retry_after(std::string_view field, std::chrono::system_clock::time_point now) {
    int seconds = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), seconds);
    if (error == std::errc() && end == field.data() + field.size()) {
        return seconds < 0 ? std::nullopt : std::optional<Duration>(std::chrono::seconds(seconds));
    }
    const std::string text(field);
    for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
        std::tm parts{};
        const char* rest = ::strptime(text.c_str(), form, &parts);
        if (rest == nullptr || *rest != '\0') continue;
        const auto when = std::chrono::system_clock::from_time_t(::timegm(&parts));
        return std::max<Duration>(when - now, Duration::zero());
    }
    return std::nullopt;
}

}  // namespace trawl::fetch
