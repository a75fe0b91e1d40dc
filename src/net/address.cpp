#include "trawl/net/address.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "socket.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/thread.hpp"

namespace trawl {
namespace {

struct Lookup {
    int error = 0;
    int missing = 0;  // the errno, when there was no descriptor to ask with: that is no word about the host
    std::vector<Address> addresses;
};

/// The errno of opening one more file; 0 when that goes well. getaddrinfo(3) says that the host is unknown instead.
int missing_descriptor() noexcept {
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    ::close(fd);
    return 0;
}

// getaddrinfo(3) blocks on the network, except for addresses in digits.
Lookup look_up(const std::string& host, std::uint16_t port, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    Lookup result;
    result.error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (result.error != 0) {
        result.missing = missing_descriptor();
        return result;
    }
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        result.addresses.emplace_back(entry->ai_addr, entry->ai_addrlen);
    }
    ::freeaddrinfo(found);
    return result;
}

}  // namespace

Address::Address(const sockaddr* address, socklen_t size) noexcept : size_(size) {
    std::memcpy(&storage_, address, size);
}

std::uint16_t Address::port() const noexcept {
    if (family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port);
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
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

Task<std::vector<Address>> resolve(std::string host, std::uint16_t port) {
    Lookup numeric = look_up(host, port, AI_NUMERICHOST);
    if (numeric.error == 0) co_return std::move(numeric.addresses);
    Lookup named = co_await to_thread(look_up, host, port, 0);
    if (named.missing == EMFILE || named.missing == ENFILE) {
        throw ConnectError(named.missing, format("find the address of host '{}'", host), net::advice_on(named.missing));
    }
    if (named.error != 0 || named.addresses.empty()) {
        throw ResolveError(format("no address for host '{}': {}; check its spelling and the network", host,
                                  ::gai_strerror(named.error)));
    }
    co_return std::move(named.addresses);
}

}  // namespace trawl
