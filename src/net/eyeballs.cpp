#include "eyeballs.hpp"

#include <algorithm>

namespace trawl::net {

void Eyeballs::answered(Family family, const std::vector<Destination>& found, TimePoint now) {
    awaited_[index_of(family)] = false;
    if (!found.empty() && is_awaited(Family::kIPv6)) hold_ = now + kResolutionDelay;
    add(found);
}

void Eyeballs::add(const std::vector<Destination>& found) {
    untried_.insert(untried_.end(), found.begin(), found.end());
    put_in_order(untried_);
}

void Eyeballs::failed() noexcept {
    --at_work_;
    next_ = TimePoint::min();
}

TimePoint Eyeballs::due() const noexcept {
    if (has_begun()) return next_;
    return is_awaited(Family::kIPv6) ? hold_ : TimePoint::min();
}

// Section 4, with a First Address Family Count of one.
Address Eyeballs::take() {
    const int last = has_begun() ? tried_.back().family() : AF_UNSPEC;
    auto chosen = std::ranges::find_if(untried_, [&](const auto& one) { return one.address.family() != last; });
    if (chosen == untried_.end()) chosen = untried_.begin();
    tried_.push_back(chosen->address);
    untried_.erase(chosen);
    return tried_.back();
}

Eyeballs::Step Eyeballs::next(TimePoint now) {
    if (!untried_.empty()) {
        if (now < due()) return {Step::Kind::kWait, {}, due()};
        next_ = now + attempt_delay_;
        ++at_work_;
        return {Step::Kind::kConnect, take(), std::nullopt};
    }
    const bool is_going_on = at_work_ > 0 || is_awaited(Family::kIPv4) || is_awaited(Family::kIPv6);
    return {is_going_on ? Step::Kind::kWait : Step::Kind::kGiveUp, {}, std::nullopt};
}

std::string Eyeballs::tried() const {
    std::string text;
    for (const Address& address : tried_) text += (text.empty() ? "" : ", ") + address.str();
    return text;
}

}  // namespace trawl::net
