#include "system_lookup.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <unistd.h>

#include <cerrno>

#include "socket.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/thread.hpp"

namespace trawl::net {
namespace {

struct Lookup {
    int error = 0;
    int missing = 0;  // the errno, when there was no descriptor to ask with: that is no word about the host
    std::vector<Address> addresses;
};

// getaddrinfo(3) blocks on the network, except for addresses in digits. It says that the host is unknown when it has no
// descriptor to ask with.
Lookup look_up(const std::string& host, std::uint16_t port, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    Lookup result;
    result.error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (result.error != 0) {
        if ((flags & AI_NUMERICHOST) == 0) result.missing = missing_descriptor();
        return result;
    }
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        result.addresses.emplace_back(entry->ai_addr, entry->ai_addrlen);
    }
    ::freeaddrinfo(found);
    return result;
}

ResolveError::Reason reason_of(int error) noexcept {
    if (error == EAI_NONAME) return ResolveError::Reason::kNoSuchHost;
    return error == EAI_AGAIN ? ResolveError::Reason::kNoAnswer : ResolveError::Reason::kOther;
}

}  // namespace

int missing_descriptor() noexcept {
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    ::close(fd);
    return 0;
}

void throw_no_descriptor(int error, const std::string& host) {
    throw ConnectError(error, format("find the address of host '{}'", host), advice_on(error));
}

std::vector<Address> addresses_in_digits(const std::string& host, std::uint16_t port) {
    return look_up(host, port, AI_NUMERICHOST).addresses;
}

Task<std::vector<Address>> resolve_by_system(std::string host, std::uint16_t port) {
    Lookup named = co_await to_thread(look_up, host, port, 0);
    if (named.missing == EMFILE || named.missing == ENFILE) throw_no_descriptor(named.missing, host);
    if (named.error != 0 || named.addresses.empty()) {
        throw ResolveError(format("no address for host '{}': {}; check its spelling and the network", host,
                                  ::gai_strerror(named.error)),
                           reason_of(named.error));
    }
    co_return std::move(named.addresses);
}

}  // namespace trawl::net
