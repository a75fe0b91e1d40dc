/// The system's own way from a name to addresses: getaddrinfo(3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trawl/coro/task.hpp"
#include "trawl/net/address.hpp"

namespace trawl::net {

/// The address that `host` is in digits, also with an IPv6 scope ("fe80::1%eth0"); empty when it is a name. Asks
/// nobody.
[[nodiscard]] std::vector<Address> addresses_in_digits(const std::string& host, std::uint16_t port);

/// As resolve(), by a thread.
Task<std::vector<Address>> resolve_by_system(std::string host, std::uint16_t port);

/// The errno of opening one more file; 0 when that goes well.
[[nodiscard]] int missing_descriptor() noexcept;

/// Throws the ConnectError of a process without a descriptor (`error`) to ask for `host` with.
[[noreturn]] void throw_no_descriptor(int error, const std::string& host);

}  // namespace trawl::net
