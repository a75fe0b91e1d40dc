/// Which of a host's addresses to try first (RFC 6724, section 6).
///
/// Rules: the choice is a number per address, so that addresses of different lookups can be put in order later. What
/// the system alone knows of its own addresses (deprecated, mobile, tunnelled: rules 3, 4 and 7) is not asked.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "trawl/net/address.hpp"

namespace trawl::net {

/// An address to connect to. One with more preference comes first; among equals, the order is kept.
struct Destination {
    Address address;
    std::uint32_t preference = 0;
};

/// How good a choice `to` is for a system that would connect to it from `from`; nothing: it has no way there.
[[nodiscard]] std::uint32_t preference(const Address& to, const std::optional<Address>& from) noexcept;

/// The addresses in the order in which to try them. Asks the system, without sending anything, from which address it
/// would connect to each.
[[nodiscard]] std::vector<Destination> in_order(const std::vector<Address>& addresses);

/// Puts them in order by their preferences.
void put_in_order(std::vector<Destination>& destinations);

}  // namespace trawl::net
