#include "faults.hpp"

#include <algorithm>

#include "random.hpp"

namespace trawl::origin {

Faults::Faults(const FaultSettings& settings, std::uint64_t seed) noexcept
    : settings_(settings),
      seed_(mix(seed)),
      any_(std::any_of(settings.shares.begin(), settings.shares.end(), [](double share) { return share > 0; })) {}

Fate Faults::decide(std::uint64_t page) {
    Fate fate;
    if (!any_) return fate;
    const std::uint64_t bits = mix(mix(seed_ ^ page) + attempts_[page]++);
    double left = unit_interval(bits);
    for (std::size_t kind = 1; kind < kFaultKinds; ++kind) {
        if (left < settings_.shares[kind]) {
            fate.fault = static_cast<Fault>(kind);
            fate.place = unit_interval(mix(bits));
            break;
        }
        left -= settings_.shares[kind];
    }
    return fate;
}

int Faults::failure(std::size_t index) const {
    const auto found = settings_.fail_pages.find(index + 1);
    return found == settings_.fail_pages.end() ? 0 : found->second;
}

}  // namespace trawl::origin
