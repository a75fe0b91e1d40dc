#include "trawl/net/resolver.hpp"

#include "host_name.hpp"
#include "loop_resolver.hpp"
#include "socket.hpp"
#include "system_lookup.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

constexpr Duration kTimeoutMin = 1ms;  // c-ares counts in them
constexpr Duration kTimeoutMax = 30s;  // as resolv.conf(5)
constexpr int kTriesMax = 10;          // the last of them lasts 2^9 times as long as the first

std::vector<Address> addresses_or_throw(const net::NameAnswer& answer, const std::string& host, std::uint16_t port) {
    if (answer.missing != 0) net::throw_no_descriptor(answer.missing, host);
    if (answer.addresses.empty())
        throw ResolveError(format("no address for host '{}': {}", host, answer.why), answer.reason);
    std::vector<Address> addresses;
    for (const Address& address : answer.addresses) addresses.push_back(address.with_port(port));
    return addresses;
}

}  // namespace

ResolverOptions& ResolverOptions::server(const std::string& host, std::uint16_t port) {
    servers_.push_back(net::numeric_address(host, port));
    return *this;
}

ResolverOptions& ResolverOptions::timeout(Duration limit) {
    if (limit < kTimeoutMin || limit > kTimeoutMax)
        throw UsageError("a name server has between 1 ms and 30 s for its first answer");
    timeout_ = limit;
    return *this;
}

ResolverOptions& ResolverOptions::tries(int rounds) {
    if (rounds < 1 || rounds > kTriesMax)
        throw UsageError(format("name servers are asked in 1 to {} rounds, not in {}", kTriesMax, rounds));
    tries_ = rounds;
    return *this;
}

void configure_resolver(ResolverOptions options) {
    Loop::current().own<net::LoopResolver>().configure(std::move(options));
}

Task<std::vector<Address>> resolve(std::string host, std::uint16_t port) {
    // A NUL would end the name for the system's functions: another host than the one that was named.
    if (!host.contains('\0')) {
        std::vector<Address> numeric = net::addresses_in_digits(host, port);
        if (!numeric.empty()) co_return numeric;
    }
    std::string name = net::checked_host_name(host);
    Loop& loop = Loop::current();
    if (!loop.has_virtual_threads()) {  // a virtual loop has no sockets
        auto answer = co_await loop.own<net::LoopResolver>().find(name);
        if (answer != nullptr) co_return addresses_or_throw(*answer, host, port);
    }
    auto addresses = co_await net::resolve_by_system(std::move(name), port);
    co_return addresses;
}

}  // namespace trawl
