/// The connection to a host that is made first: happy eyeballs (RFC 8305) at work.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "eyeballs.hpp"
#include "host_search.hpp"
#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/net/address.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl::net {

/// Connects to the first address, and to the next one when that has failed or `delay` has passed, until one answers;
/// the others are given up. Families take turns. Suspends. Throws ConnectError, which names all. Requires: there is an
/// address.
Task<TcpStream> connect_first(std::string host, std::vector<Address> addresses,
                              Duration delay = Eyeballs::kAttemptDelay);

/// How a host is looked up and connected to.
struct HostCalls {
    HostCalls() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate

    /// What a family of a name came to before, and still holds; null when that must be asked.
    std::function<NameAnswerPtr(const std::string& name, Family family)> known;
    std::function<Task<NameAnswerPtr>(std::string name, Family family)> ask;
    std::function<Task<TcpStream>(Address address)> connect;
};

/// Looks up both families of `host` at once and connects as soon as there is an address to begin with. `until_begun`
/// gets how long that took, unless it is null. Suspends. Throws ResolveError and ConnectError.
Task<TcpStream> connect_to_host(std::string host, std::uint16_t port, HostSearch search, HostCalls calls,
                                Duration* until_begun);

/// The same, asking whom this loop's resolver asks: TcpStream::connect().
Task<TcpStream> resolve_and_connect(std::string host, std::uint16_t port, Duration* until_begun);

}  // namespace trawl::net
