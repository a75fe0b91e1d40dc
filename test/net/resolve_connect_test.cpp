// A connection by name: real name servers and listeners on the loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "dns_server.hpp"
#include "loop/descriptors.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/coro/task_set.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// No answer on the loopback comes later, however slow the machine is.
constexpr Duration kPatience = 10s;
// Of a name server that is silent at first.
constexpr Duration kImpatience = 20ms;
constexpr int kManyRounds = 7;

DnsReply loopback(const std::string& name, unsigned type) {
    return type == kDnsA ? DnsReply().a(name, 60, "127.0.0.1") : DnsReply().aaaa(name, 60, "::1");
}

/// A listener for both families, or for one.
TcpListener listener_on(const std::string& host) {
    return TcpListener::bind(host, 0, ListenOptions().ipv6_only(false));
}

template <class Test>
void with_server(DnsServer::Answer answer, Test test, Duration limit = kPatience, int rounds = 1) {
    auto work = [&]() -> Task<> {
        DnsServer server(std::move(answer));
        configure_resolver(server.options().timeout(limit).tries(rounds));
        co_await test(server);
    };
    run(work());
}

/// To whom "a.example" led: "127.0.0.1", "::1"; or the reason of why it did not.
Task<std::string> peer_of(std::uint16_t port) {
    try {
        TcpStream stream = co_await TcpStream::connect("a.example", port);
        co_return stream.peer_address().family() == AF_INET6 ? "::1" : "127.0.0.1";
    } catch (const ConnectError& error) {
        co_return format("errno {}", error.code());
    } catch (const ResolveError& error) {
        co_return format("reason {}", static_cast<int>(error.reason()));
    }
}

TEST(ResolveAndConnect, PrefersIPv6WhenBothAreThere) {
    with_server(loopback, [](DnsServer& server) -> Task<> {
        TcpListener listener = listener_on("::");
        const std::string peer = co_await peer_of(listener.port());
        EXPECT_EQ(peer, "::1");
        EXPECT_THAT(server.asked, ElementsAre("a.example AAAA", "a.example A"));
    });
}

// Whoever waited for both would wait for as long as a test may take.
TEST(ResolveAndConnect, DoesNotWaitForALostAnswer) {
    for (const unsigned lost : {kDnsA, kDnsAaaa}) {
        const auto answer = [&](const std::string& name, unsigned type) {
            return type == lost ? DnsReply().silent() : loopback(name, type);
        };
        with_server(answer, [&](DnsServer&) -> Task<> {
            TcpListener listener = listener_on("::");
            const std::string peer = co_await peer_of(listener.port());
            EXPECT_EQ(peer, lost == kDnsA ? "::1" : "127.0.0.1");
        });
    }
}

TEST(ResolveAndConnect, TakesIPv4WhenIPv6FailsOrRefuses) {
    const auto failing = [](const std::string& name, unsigned type) {
        return type == kDnsAaaa ? DnsReply().code(2) : loopback(name, type);
    };
    for (const DnsServer::Answer& answer : {DnsServer::Answer(failing), DnsServer::Answer(loopback)}) {
        with_server(answer, [](DnsServer&) -> Task<> {
            TcpListener listener = listener_on("127.0.0.1");
            const std::string peer = co_await peer_of(listener.port());
            EXPECT_EQ(peer, "127.0.0.1");
        });
    }
}

TEST(ResolveAndConnect, SaysWhichErrorItWas) {
    const auto silent = [](const std::string&, unsigned) { return DnsReply().silent(); };
    const auto test = [](std::string expected) {
        return [expected](DnsServer&) -> Task<> {
            TcpListener gone = listener_on("::");
            const std::uint16_t port = gone.port();
            gone.close();
            const std::string peer = co_await peer_of(port);
            EXPECT_EQ(peer, expected);
        };
    };
    with_server(silent, test(format("reason {}", static_cast<int>(ResolveError::Reason::kNoAnswer))), kImpatience);
    with_server(loopback, test(format("errno {}", ECONNREFUSED)));
}

TEST(ResolveAndConnect, KeepsEachFamilyAndAsksForWhatIsMissing) {
    int questions = 0;
    const auto answer = [&](const std::string& name, unsigned type) {
        const bool is_lost = type == kDnsAaaa && ++questions == 1;
        return is_lost ? DnsReply().silent() : loopback(name, type);
    };
    const auto test = [](DnsServer& server) -> Task<> {
        TcpListener listener = listener_on("::");
        const std::string first = co_await peer_of(listener.port());
        EXPECT_EQ(first, "127.0.0.1");
        server.asked.clear();
        auto both = co_await resolve("a.example", 80);  // joins the lookup that goes on by itself
        EXPECT_EQ(both.size(), 2U);
        const std::string later = co_await peer_of(listener.port());
        EXPECT_EQ(later, "::1");
        EXPECT_THAT(server.asked, Each("a.example AAAA")) << "the answer of A is kept";
    };
    with_server(answer, test, 200ms, 2);
}

TEST(ResolveAndConnect, SharesItsLookupsAmongManyTasks) {
    with_server(loopback, [](DnsServer& server) -> Task<> {
        TcpListener listener = listener_on("::");
        TaskSet<std::string> peers;
        for (int i = 0; i < 50; ++i) peers.add(peer_of(listener.port()));
        for (int i = 0; i < 50; ++i) {
            auto done = co_await peers.next();
            EXPECT_EQ(done->outcome.take(), "::1");
        }
        EXPECT_THAT(server.asked, UnorderedElementsAre("a.example AAAA", "a.example A"));
    });
}

Task<bool> gives_up() {
    try {
        co_await timeout(1ms, TcpStream::connect("a.example", 9));
    } catch (const TimeoutError&) {
        co_return true;
    }
    co_return false;
}

TEST(ResolveAndConnect, LeavesALookupToTheOthersWhenOneGivesItUp) {
    int questions = 0;
    const auto answer = [&](const std::string& name, unsigned type) {
        return ++questions <= 2 ? DnsReply().silent() : loopback(name, type);
    };
    const auto test = [](DnsServer&) -> Task<> {
        TcpListener listener = listener_on("::");
        auto both = co_await gather(gives_up(), peer_of(listener.port()));
        EXPECT_TRUE(std::get<0>(both));
        EXPECT_EQ(std::get<1>(both), "::1");
    };
    with_server(answer, test, kImpatience, kManyRounds);
}

TEST(ResolveAndConnect, LeavesNothingWhenItIsGivenUp) {
    const std::size_t before = open_descriptors();
    const auto silent = [](const std::string&, unsigned) { return DnsReply().silent(); };
    with_server(silent, [](DnsServer&) -> Task<> {
        const bool given_up = co_await gives_up();
        EXPECT_TRUE(given_up);
    });
    EXPECT_EQ(open_descriptors(), before);
}

TEST(ResolveAndConnect, TellsHowLongTheNamesTook) {
    with_server(loopback, [](DnsServer&) -> Task<> {
        TcpListener listener = listener_on("::");
        Duration by_name{};
        co_await TcpStream::connect("a.example", listener.port(), &by_name);
        EXPECT_GT(by_name, 0s);
        Duration in_digits{};
        co_await TcpStream::connect("::1", listener.port(), &in_digits);
        EXPECT_EQ(in_digits, 0s);
    });
}

}  // namespace
}  // namespace trawl
