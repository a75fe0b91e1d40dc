#include "destination.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace trawl::net {
namespace {

using Bytes = std::array<std::uint8_t, 16>;  // of an IPv6 address, or of an IPv4 address mapped to one (RFC 4291)

// RFC 6724, section 3.1.
enum Scope : std::uint8_t { kLinkLocal = 2, kSiteLocal = 5, kGlobal = 14, kScopeMax = 15 };

/// A line of the policy table (RFC 6724, section 2.1), from which glibc's default differs in nothing that is in use.
struct Policy {
    Bytes prefix;
    unsigned bits;
    std::uint8_t precedence;
    std::uint8_t label;
};
// The longer prefixes first.
constexpr std::array<Policy, 9> kPolicies = {{
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, 50, 0},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96, 35, 4},
    {{}, 96, 1, 3},
    {{0x20, 0x01}, 32, 5, 5},
    {{0x20, 0x02}, 16, 30, 2},
    {{0x3F, 0xFE}, 16, 1, 12},
    {{0xFE, 0xC0}, 10, 1, 11},
    {{0xFC}, 7, 3, 13},
    {{}, 0, 40, 1},
}};

// Section 2.2: no more than the prefix of the source's network, which is not known here; this is what networks have.
constexpr unsigned kPrefixMax = 64;

Bytes bytes_of(const Address& address) noexcept {
    Bytes bytes{};
    if (address.family() == AF_INET6) {
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(address.get())->sin6_addr, bytes.size());
        return bytes;
    }
    bytes[10] = bytes[11] = 0xFF;
    std::memcpy(&bytes[12], &reinterpret_cast<const sockaddr_in*>(address.get())->sin_addr, 4);
    return bytes;
}

unsigned common_bits(const Bytes& one, const Bytes& other) noexcept {
    for (std::size_t i = 0; i < one.size(); ++i) {
        const auto different = static_cast<std::uint8_t>(one[i] ^ other[i]);
        if (different != 0) return static_cast<unsigned>(i * 8) + static_cast<unsigned>(std::countl_zero(different));
    }
    return 128;
}

const Policy& policy_of(const Bytes& bytes) noexcept {
    return *std::ranges::find_if(kPolicies,
                                 [&](const Policy& one) { return common_bits(bytes, one.prefix) >= one.bits; });
}

bool is_ipv4(const Bytes& bytes) noexcept { return common_bits(bytes, kPolicies[1].prefix) >= 96; }

// Section 3.2: private IPv4 addresses are global.
std::uint8_t scope_of(const Bytes& bytes) noexcept {
    if (is_ipv4(bytes)) return bytes[12] == 127 || (bytes[12] == 169 && bytes[13] == 254) ? kLinkLocal : kGlobal;
    if (bytes[0] == 0xFF) return bytes[1] & 0x0FU;
    if (bytes == kPolicies[0].prefix) return kLinkLocal;
    if (bytes[0] != 0xFE) return kGlobal;
    if ((bytes[1] & 0xC0U) == 0x80) return kLinkLocal;
    return (bytes[1] & 0xC0U) == 0xC0 ? kSiteLocal : kGlobal;
}

// Connecting a datagram's socket sends nothing.
std::optional<Address> source_of(const Address& to) noexcept {
    const int fd = ::socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return std::nullopt;
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    const bool is_reached =
        ::connect(fd, to.get(), to.size()) == 0 && ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) == 0;
    ::close(fd);
    if (!is_reached) return std::nullopt;
    return Address(reinterpret_cast<sockaddr*>(&bound), size);
}

}  // namespace

std::uint32_t preference(const Address& to, const std::optional<Address>& from) noexcept {
    const Bytes target = bytes_of(to);
    const Policy& policy = policy_of(target);
    const std::uint8_t scope = scope_of(target);
    const Bytes source = from ? bytes_of(*from) : Bytes{};
    const bool same_scope = from && scope_of(source) == scope;
    const bool same_label = from && policy_of(source).label == policy.label;
    const unsigned prefix = from && !is_ipv4(target) ? std::min(common_bits(target, source), kPrefixMax) : 0;
    std::uint32_t value = from ? 1 : 0;                             // rule 1
    value = value << 1 | (same_scope ? 1U : 0U);                    // rule 2
    value = value << 1 | (same_label ? 1U : 0U);                    // rule 5
    value = value << 6 | policy.precedence;                         // rule 6
    value = value << 4 | static_cast<unsigned>(kScopeMax - scope);  // rule 8
    return value << 7 | prefix;                                     // rule 9
}

std::vector<Destination> in_order(const std::vector<Address>& addresses) {
    std::vector<Destination> destinations;
    destinations.reserve(addresses.size());
    for (const Address& one : addresses) destinations.push_back({one, preference(one, source_of(one))});
    put_in_order(destinations);
    return destinations;
}

void put_in_order(std::vector<Destination>& destinations) {
    // By insertion: there are few, and those of one preference stay as they came.
    for (auto next = destinations.begin(); next != destinations.end(); ++next) {
        const auto place = std::ranges::upper_bound(destinations.begin(), next, next->preference,
                                                    std::ranges::greater(), &Destination::preference);
        std::rotate(place, next, next + 1);
    }
}

}  // namespace trawl::net
