#include "trawl/net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

#include "trawl/base/format.hpp"

namespace trawl {

Address::Address(const sockaddr* address, socklen_t size) noexcept : size_(size) {
    std::memcpy(&storage_, address, size);
}

std::uint16_t Address::port() const noexcept {
    if (family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port);
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
}

Address Address::with_port(std::uint16_t port) const noexcept {
    Address other = *this;
    if (family() == AF_INET6) {
        reinterpret_cast<sockaddr_in6*>(&other.storage_)->sin6_port = htons(port);
    } else {
        reinterpret_cast<sockaddr_in*>(&other.storage_)->sin_port = htons(port);
    }
    return other;
}

std::string Address::str() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (family() == AF_INET6) {
        ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr, text.data(), text.size());
        return format("[{}]:{}", text.data(), port());
    }
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr, text.data(), text.size());
    return format("{}:{}", text.data(), port());
}

}  // namespace trawl
