/// Happy eyeballs (RFC 8305): of several addresses, the connection that is made first.
#pragma once

#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/net/address.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl::net {

/// The addresses with their families by turns, beginning with that of the first (RFC 8305, section 4): one that is
/// broken costs one delay, and not one for each of its addresses.
[[nodiscard]] std::vector<Address> by_turns(std::vector<Address> addresses);

/// Connects to the first address, and to the next one when that has failed or `delay` has passed, until one answers;
/// the others are given up. Suspends. Throws ConnectError, which names all. Requires: there is an address.
Task<TcpStream> connect_first(std::string host, std::vector<Address> addresses, Duration delay);

}  // namespace trawl::net
