/// Where to connect to: addresses, and the names that stand for them.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "trawl/coro/task.hpp"

namespace trawl {

/// An IPv4 or IPv6 address with its port.
class Address {
public:
    Address() = default;
    /// Copies `size` bytes of `address`.
    Address(const sockaddr* address, socklen_t size) noexcept;

    [[nodiscard]] const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); }
    [[nodiscard]] socklen_t size() const noexcept { return size_; }
    [[nodiscard]] int family() const noexcept { return storage_.ss_family; }
    [[nodiscard]] std::uint16_t port() const noexcept;
    /// The same address with another port.
    [[nodiscard]] Address with_port(std::uint16_t port) const noexcept;
    /// "127.0.0.1:80", "[::1]:80".
    [[nodiscard]] std::string str() const;

private:
    sockaddr_storage storage_{};
    socklen_t size_ = 0;
};

/// The addresses of `host` (a name, or an address as text), in the order in which to try them (RFC 6724). Never empty.
/// Suspends; throws ResolveError, and ConnectError when the process has no descriptor left to ask with. How names are
/// looked up, and for how long answers are kept: net/resolver.hpp.
Task<std::vector<Address>> resolve(std::string host, std::uint16_t port);

}  // namespace trawl
