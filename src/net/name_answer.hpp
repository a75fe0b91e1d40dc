/// What looking up a host's name came to.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "destination.hpp"
#include "trawl/base/error.hpp"

namespace trawl::net {

enum class Family : std::uint8_t { kIPv6, kIPv4 };

/// In the order in which to ask for them (RFC 8305, section 3).
inline constexpr std::array kFamilies = {Family::kIPv6, Family::kIPv4};
[[nodiscard]] constexpr std::size_t index_of(Family family) noexcept { return static_cast<std::size_t>(family); }
[[nodiscard]] constexpr Family other_than(Family family) noexcept {
    return family == Family::kIPv4 ? Family::kIPv6 : Family::kIPv4;
}
/// A thing for each family.
template <class T>
using PerFamily = std::array<T, kFamilies.size()>;

/// Of one family, or of both.
struct NameAnswer {
    std::vector<Destination> addresses;  // in the order in which to try them, without a port; none when it failed
    std::chrono::seconds ttl{};          // for how long servers say that it holds
    bool may_be_kept = false;            // it is the servers' word: these addresses, or that there are none

    // Of a failure.
    ResolveError::Reason reason = ResolveError::Reason::kOther;
    std::string why;  // a phrase that follows a colon
    int missing = 0;  // the errno, when there was no descriptor to ask with: that is no word about the host

    /// There is no such name, or it has no such address; otherwise it is not known.
    [[nodiscard]] bool is_absence() const noexcept {
        return addresses.empty() &&
               (reason == ResolveError::Reason::kNoSuchHost || reason == ResolveError::Reason::kNoAddress);
    }
};

using NameAnswerPtr = std::shared_ptr<const NameAnswer>;

/// Throws the error that `answer`, which has no address, is for whoever asked for `host`.
[[noreturn]] void throw_no_address(const NameAnswer& answer, const std::string& host);

}  // namespace trawl::net
