#include "trawl/net/resolver.hpp"

#include "connect_first.hpp"
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
    if (answer.addresses.empty()) net::throw_no_address(answer, host);
    std::vector<Address> addresses;
    for (const net::Destination& one : answer.addresses) addresses.push_back(one.address.with_port(port));
    return addresses;
}

// A NUL would end the name for the system's functions: another host than the one that was named.
std::vector<Address> in_digits(const std::string& host, std::uint16_t port) {
    return host.contains('\0') ? std::vector<Address>() : net::addresses_in_digits(host, port);
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
    std::vector<Address> numeric = in_digits(host, port);
    if (!numeric.empty()) co_return numeric;
    std::string name = net::checked_host_name(host);
    Loop& loop = Loop::current();
    if (!loop.has_virtual_threads()) {  // a virtual loop has no sockets
        auto answer = co_await loop.own<net::LoopResolver>().find(name);
        if (answer != nullptr) co_return addresses_or_throw(*answer, host, port);
    }
    auto addresses = co_await net::resolve_by_system(std::move(name), port);
    co_return addresses;
}

namespace net {
namespace {

Task<TcpStream> connect_by_system(std::string host, std::uint16_t port, Duration* until_begun, TimePoint began) {
    std::vector<Address> addresses = co_await resolve_by_system(host, port);
    if (until_begun != nullptr) *until_begun = Clock::now() - began;
    co_return co_await connect_first(std::move(host), std::move(addresses));
}

HostCalls calls_of(LoopResolver& resolver) {
    HostCalls calls;
    calls.known = [&resolver](const std::string& name, Family family) { return resolver.known(name, family); };
    calls.ask = [&resolver](std::string name, Family family) { return resolver.ask(std::move(name), family); };
    calls.connect = [](Address address) { return TcpStream::connect(address); };
    return calls;
}

}  // namespace

Task<TcpStream> resolve_and_connect(std::string host, std::uint16_t port, Duration* until_begun) {
    std::vector<Address> numeric = in_digits(host, port);
    if (!numeric.empty()) co_return co_await connect_first(std::move(host), std::move(numeric));
    const TimePoint began = Clock::now();
    std::string name = checked_host_name(host);
    Loop& loop = Loop::current();
    if (loop.has_virtual_threads()) co_return co_await connect_by_system(std::move(name), port, until_begun, began);
    auto& resolver = loop.own<LoopResolver>();
    HostPlan plan = co_await resolver.plan(name);
    if (plan.is_by_system) co_return co_await connect_by_system(std::move(name), port, until_begun, began);
    if (until_begun != nullptr) *until_begun = Clock::now() - began;
    if (plan.known) {
        std::vector<Address> known = addresses_or_throw(*plan.known, host, port);
        co_return co_await connect_first(std::move(host), std::move(known));
    }
    HostSearch search(std::move(plan.names), std::move(plan.otherwise));
    HostCalls calls = calls_of(resolver);
    co_return co_await connect_to_host(std::move(host), port, std::move(search), std::move(calls), until_begun);
}

}  // namespace net

}  // namespace trawl
