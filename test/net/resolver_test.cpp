#include "trawl/net/resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "ares_channel.hpp"
#include "dns_server.hpp"
#include "loop/descriptors.hpp"
#include "loop_resolver.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/coro/task_set.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/file.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Reason = ResolveError::Reason;

// No answer on the loopback comes later, however slow the machine is; and what a silent server costs a test.
constexpr Duration kPatience = 10s;
constexpr Duration kImpatience = 20ms;
// With the limit of each round twice that of the one before, the last is over a second.
constexpr int kManyRounds = 7;

struct Outcome {
    std::vector<std::string> addresses;
    Reason reason = Reason::kOther;
    std::string error;
};

Task<Outcome> outcome_of(std::string host) {
    Outcome outcome;
    try {
        auto addresses = co_await resolve(std::move(host), 80);
        for (const Address& address : addresses) outcome.addresses.push_back(address.str());
    } catch (const ResolveError& error) {
        outcome.reason = error.reason();
        outcome.error = error.what();
    }
    co_return outcome;
}

/// Runs `test` on a loop that asks a server which answers so.
template <class Test>
void with_server(DnsServer::Answer answer, Test test, Duration limit = kPatience, int rounds = 2) {
    auto work = [&]() -> Task<> {
        DnsServer server(std::move(answer));
        configure_resolver(server.options().timeout(limit).tries(rounds));
        co_await test(server);
    };
    run(work());
}

DnsReply both_families(const std::string& name, unsigned type) {
    return type == kDnsA ? DnsReply().a(name, 60, "192.0.2.1") : DnsReply().aaaa(name, 60, "2001:db8::1");
}

TEST(Resolver, AsksForBothFamiliesOnceAndKeepsTheAnswer) {
    with_server(both_families, [](DnsServer& server) -> Task<> {
        for (const char* host : {"a.example", "A.Example", "a.example"}) {
            Outcome outcome = co_await outcome_of(host);
            EXPECT_THAT(outcome.addresses, UnorderedElementsAre("192.0.2.1:80", "[2001:db8::1]:80"));
        }
        EXPECT_THAT(server.asked, UnorderedElementsAre("a.example A", "a.example AAAA"));
    });
}

TEST(Resolver, SharesALookupAmongThoseWhoAskAtOnce) {
    with_server(both_families, [](DnsServer& server) -> Task<> {
        auto all = co_await gather(outcome_of("a.example"), outcome_of("a.example"), outcome_of("A.EXAMPLE"));
        EXPECT_EQ(std::get<0>(all).addresses.size(), 2U);
        EXPECT_EQ(std::get<2>(all).addresses, std::get<0>(all).addresses);
        EXPECT_EQ(server.asked.size(), 2U);
    });
}

Task<bool> gives_up_on(std::string host) {
    try {
        co_await timeout(1ms, resolve(std::move(host), 80));
    } catch (const TimeoutError&) {
        co_return true;
    }
    co_return false;
}

TEST(Resolver, LeavesALookupToTheOthersWhenOneGivesItUp) {
    int questions = 0;
    const auto answer = [&](const std::string& name, unsigned type) {
        return ++questions <= 2 ? DnsReply().silent() : both_families(name, type);
    };
    const auto test = [](DnsServer& server) -> Task<> {
        auto both = co_await gather(gives_up_on("a.example"), outcome_of("a.example"));
        EXPECT_TRUE(std::get<0>(both));
        EXPECT_EQ(std::get<1>(both).addresses.size(), 2U) << std::get<1>(both).error;
        EXPECT_GE(server.asked.size(), 4U);
    };
    with_server(answer, test, kImpatience, kManyRounds);
}

TEST(Resolver, SaysWhyAHostHasNoAddress) {
    const auto answer = [](const std::string& name, unsigned) {
        if (name == "unknown.example") return DnsReply().code(3);
        if (name == "failing.example") return DnsReply().code(2);
        if (name == "refused.example") return DnsReply().code(5);
        if (name == "damaged.example") return DnsReply().a(name, 60, "192.0.2.1").broken_off();
        return DnsReply();
    };
    const auto test = [](DnsServer& server) -> Task<> {
        const std::pair<const char*, std::pair<Reason, std::string>> cases[] = {
            {"unknown.example", {Reason::kNoSuchHost, "no such host"}},
            {"empty.example", {Reason::kNoAddress, "neither"}},
            {"failing.example", {Reason::kServerFailed, server.name() + " answers SERVFAIL"}},
            {"refused.example", {Reason::kServerFailed, server.name() + " answers REFUSED"}},
            {"damaged.example", {Reason::kServerFailed, server.name()}},
            {"bad name", {Reason::kBadName, "character"}},
        };
        for (const auto& [host, expected] : cases) {
            Outcome outcome = co_await outcome_of(host);
            EXPECT_EQ(outcome.reason, expected.first) << outcome.error;
            EXPECT_THAT(outcome.error, AllOf(HasSubstr(format("'{}'", host)), HasSubstr(expected.second)));
        }
    };
    with_server(answer, test);
}

TEST(Resolver, NamesTheServerThatIsSilentAndForgetsThatItWas) {
    const auto answer = [](const std::string&, unsigned) { return DnsReply().silent(); };
    const auto test = [](DnsServer& server) -> Task<> {
        Outcome first = co_await outcome_of("a.example");
        EXPECT_EQ(first.reason, Reason::kNoAnswer);
        EXPECT_THAT(first.error, HasSubstr("no answer from " + server.name()));
        const std::size_t asked = server.asked.size();
        co_await outcome_of("a.example");
        EXPECT_GT(server.asked.size(), asked);
    };
    with_server(answer, test, kImpatience);
}

TEST(Resolver, NamesAServerThatNobodyIsAt) {
    const auto test = [](DnsServer& server) -> Task<> {
        UdpSocket gone = UdpSocket::bind("127.0.0.1", 0);
        const std::uint16_t port = gone.local_address().port();
        gone.close();
        configure_resolver(ResolverOptions().server("127.0.0.1", port).timeout(kImpatience));
        Outcome outcome = co_await outcome_of("a.example");
        EXPECT_EQ(outcome.reason, Reason::kNoAnswer);
        // Whether a refusal is heard of is the kernel's choice.
        EXPECT_THAT(outcome.error, HasSubstr(format("127.0.0.1:{}", port)));
        EXPECT_THAT(server.asked, IsEmpty());
    };
    with_server(both_families, test);
}

TEST(Resolver, KeepsThatThereIsNoneAndNoFailure) {
    const auto answer = [](const std::string& name, unsigned) {
        if (name == "unknown.example") return DnsReply().code(3).soa(300, 300);
        if (name == "empty.example") return DnsReply().soa(300, 300);
        return DnsReply().code(2);
    };
    const auto test = [](DnsServer& server) -> Task<> {
        for (const char* host : {"unknown.example", "empty.example", "failing.example"}) {
            Outcome first = co_await outcome_of(host);
            const std::size_t asked = server.asked.size();
            Outcome second = co_await outcome_of(host);
            EXPECT_EQ(second.reason, first.reason);
            const bool is_kept = first.reason == Reason::kNoSuchHost || first.reason == Reason::kNoAddress;
            EXPECT_EQ(server.asked.size() == asked, is_kept) << host;
        }
    };
    with_server(answer, test);
}

TEST(Resolver, AsksAgainOverTcpWhenAnAnswerIsTruncated) {
    const auto answer = [](const std::string& name, unsigned type) {
        DnsReply reply;
        for (int i = 0; i < 100 && type == kDnsA; ++i) reply.a(name, 60, format("192.0.2.{}", i));
        return reply.truncated();
    };
    with_server(answer, [](DnsServer& server) -> Task<> {
        Outcome outcome = co_await outcome_of("many.example");
        EXPECT_EQ(outcome.addresses.size(), 100U) << outcome.error;
        EXPECT_EQ(server.connections, 1);
    });
}

TEST(Resolver, TakesOneFamilyWhenTheOtherFails) {
    const auto answer = [](const std::string& name, unsigned type) {
        const bool fails = (type == kDnsA) == name.starts_with("six");
        return fails ? DnsReply().code(2) : both_families(name, type);
    };
    with_server(answer, [](DnsServer&) -> Task<> {
        Outcome four = co_await outcome_of("four.example");
        EXPECT_THAT(four.addresses, ElementsAre("192.0.2.1:80")) << four.error;
        Outcome six = co_await outcome_of("six.example");
        EXPECT_THAT(six.addresses, ElementsAre("[2001:db8::1]:80")) << six.error;
    });
}

TEST(Resolver, SaysThatAServerFailedWhenTheOtherFamilyHasNoAddress) {
    const auto answer = [](const std::string&, unsigned type) {
        return type == kDnsA ? DnsReply().code(2) : DnsReply();
    };
    with_server(answer, [](DnsServer&) -> Task<> {
        Outcome outcome = co_await outcome_of("a.example");
        EXPECT_EQ(outcome.reason, Reason::kServerFailed) << outcome.error;
    });
}

TEST(Resolver, IgnoresAnswersWithAWrongId) {
    const auto answer = [](const std::string& name, unsigned type) {
        return both_families(name, type).behind_a_wrong_id("203.0.113.66");
    };
    with_server(answer, [](DnsServer&) -> Task<> {
        Outcome outcome = co_await outcome_of("a.example");
        EXPECT_THAT(outcome.addresses, UnorderedElementsAre("192.0.2.1:80", "[2001:db8::1]:80"));
    });
}

TEST(Resolver, AsksTheNextServerWhenOneFails) {
    const auto test = [](DnsServer& server) -> Task<> {
        DnsServer failing([](const std::string&, unsigned) { return DnsReply().code(2); });
        configure_resolver(failing.options().server("127.0.0.1", server.port()).timeout(kPatience));
        Outcome outcome = co_await outcome_of("a.example");
        EXPECT_EQ(outcome.addresses.size(), 2U) << outcome.error;
        EXPECT_THAT(failing.asked, UnorderedElementsAre("a.example A", "a.example AAAA"));
    };
    with_server(both_families, test);
}

TEST(Resolver, LooksUpAHundredNamesAtOnce) {
    with_server(both_families, [](DnsServer& server) -> Task<> {
        TaskSet<Outcome> lookups;
        for (int i = 0; i < 100; ++i) lookups.add(outcome_of(format("h{}.example", i)));
        for (int i = 0; i < 100; ++i) {
            auto done = co_await lookups.next();
            EXPECT_EQ(done->outcome.take().addresses.size(), 2U);
        }
        EXPECT_EQ(server.asked.size(), 200U);
    });
}

TEST(Resolver, OfALoopThatEndsLeavesNothingOfItsLookups) {
    const std::size_t before = open_descriptors();
    const auto answer = [](const std::string&, unsigned) { return DnsReply().silent(); };
    with_server(answer, [](DnsServer&) -> Task<> {
        auto both = co_await gather(gives_up_on("a.example"), gives_up_on("b.example"));
        EXPECT_TRUE(std::get<0>(both) && std::get<1>(both));
    });
    EXPECT_EQ(open_descriptors(), before);
}

TEST(Resolver, ClosesItsSocketsWhenNothingIsLookedUp) {
    with_server(both_families, [](DnsServer&) -> Task<> {
        const std::size_t before = open_descriptors();
        co_await outcome_of("a.example");
        EXPECT_EQ(open_descriptors(), before);
    });
}

TEST(Resolver, EndsWhatIsUnderwayAsItBeganWhenOptionsChange) {
    int questions = 0;
    const auto answer = [&](const std::string& name, unsigned type) {
        return ++questions <= 2 ? DnsReply().silent() : both_families(name, type);
    };
    const auto change = []() -> Task<Outcome> {
        DnsServer other([](const std::string&, unsigned) { return DnsReply().code(3); });
        co_await sleep(0ms);
        configure_resolver(other.options().timeout(kPatience));
        co_return co_await outcome_of("a.example");
    };
    const auto test = [&](DnsServer&) -> Task<> {
        co_await outcome_of("localhost");  // the system's files are read
        auto both = co_await gather(outcome_of("a.example"), change());
        EXPECT_EQ(std::get<0>(both).addresses.size(), 2U) << std::get<0>(both).error;
        EXPECT_EQ(std::get<1>(both).reason, Reason::kNoSuchHost);
        Outcome later = co_await outcome_of("a.example");
        EXPECT_EQ(later.reason, Reason::kNoSuchHost) << "what was asked before the change is not kept";
    };
    with_server(answer, test, kImpatience, kManyRounds);
}

TEST(Resolver, KeepsNamesOfThisMachineOnIt) {
    with_server(both_families, [](DnsServer& server) -> Task<> {
        for (const char* host : {"localhost", "LOCALHOST.", "app.localhost", "a.b.localhost."}) {
            Outcome outcome = co_await outcome_of(host);
            EXPECT_FALSE(outcome.addresses.empty()) << outcome.error;
            for (const std::string& address : outcome.addresses)
                EXPECT_TRUE(address == "[::1]:80" || address.starts_with("127.")) << host << " is " << address;
        }
        Outcome invalid = co_await outcome_of("no-such-host.invalid");
        EXPECT_EQ(invalid.reason, Reason::kNoSuchHost);
        EXPECT_THAT(server.asked, IsEmpty());
    });
}

TEST(Resolver, GivesDigitsAsTheyAre) {
    with_server(both_families, [](DnsServer& server) -> Task<> {
        Outcome four = co_await outcome_of("192.0.2.7");
        EXPECT_THAT(four.addresses, ElementsAre("192.0.2.7:80"));
        Outcome six = co_await outcome_of("2001:db8::7");
        EXPECT_THAT(six.addresses, ElementsAre("[2001:db8::7]:80"));
        auto scoped = co_await resolve("fe80::7%1", 80);
        EXPECT_EQ(reinterpret_cast<const sockaddr_in6*>(scoped.front().get())->sin6_scope_id, 1U);
        Outcome hidden = co_await outcome_of(std::string("192.0.2.7\0.example", 18));
        EXPECT_EQ(hidden.reason, Reason::kBadName);
        EXPECT_THAT(server.asked, IsEmpty());
    });
}

TEST(Resolver, AnswersWithTheSmallestTtlOfAChain) {
    const auto answer = [](const std::string& name, unsigned type) {
        DnsReply reply;
        reply.cname(name, 40, "b.example").cname("b.example", 7, "c.example");
        return type == kDnsA ? reply.a("c.example", 50, "192.0.2.1") : reply.aaaa("c.example", 30, "2001:db8::1");
    };
    with_server(answer, [](DnsServer& server) -> Task<> {
        auto& resolver = Loop::current().own<net::LoopResolver>();
        auto chain = co_await resolver.find("a.example");
        EXPECT_EQ(chain->addresses.size(), 2U) << chain->why;
        EXPECT_EQ(chain->ttl, 7s);
        EXPECT_TRUE(chain->may_be_kept);
        EXPECT_EQ(server.asked.size(), 2U);
    });
}

TEST(Resolver, TakesATtlWithTheHighestBitForNone) {
    const auto answer = [](const std::string& name, unsigned type) {
        return type == kDnsA ? DnsReply().a(name, 0xFFFFFFFFU, "192.0.2.1") : DnsReply();
    };
    with_server(answer, [](DnsServer&) -> Task<> {
        auto found = co_await Loop::current().own<net::LoopResolver>().find("a.example");
        EXPECT_EQ(found->ttl, 0s);
    });
}

/// A resolv.conf of the test's.
class ConfFile {
public:
    explicit ConfFile(const std::string& text) { write(text); }
    ConfFile(const ConfFile&) = delete;
    ConfFile& operator=(const ConfFile&) = delete;
    ~ConfFile() { ::unlink(path_.c_str()); }
    void write(const std::string& text) const {
        FILE* file = std::fopen(path_.c_str(), "w");
        std::fwrite(text.data(), 1, text.size(), file);
        std::fclose(file);
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_ = ::testing::TempDir() + format("trawl-resolv-{}.conf", ::getpid());
};

// Without their types.
std::vector<std::string> names_asked(const DnsServer& server) {
    std::vector<std::string> names;
    for (const std::string& one : server.asked) {
        const std::string name = one.substr(0, one.find(' '));
        if (names.empty() || names.back() != name) names.push_back(name);
    }
    return names;
}

TEST(Resolver, TriesSearchDomainsUnlessTheNameIsAbsolute) {
    const auto answer = [](const std::string& name, unsigned type) {
        return name == "db.corp.example" ? both_families(name, type) : DnsReply().code(3);
    };
    const auto test = [](DnsServer& server) -> Task<> {
        const ConfFile conf("search corp.example\n");
        configure_resolver(server.options().resolv_conf(conf.path()).timeout(kPatience));
        Outcome found = co_await outcome_of("db");
        EXPECT_EQ(found.addresses.size(), 2U) << found.error;
        server.asked.clear();
        Outcome absolute = co_await outcome_of("db.");
        EXPECT_EQ(absolute.reason, Reason::kNoSuchHost);
        EXPECT_THAT(server.asked, UnorderedElementsAre("db A", "db AAAA"));
    };
    with_server(answer, test);
}

TEST(Resolver, TriesANameWithManyDotsAsItIsFirst) {
    const auto answer = [](const std::string&, unsigned) { return DnsReply().code(3); };
    const auto test = [](DnsServer& server) -> Task<> {
        const ConfFile conf("search One.example . two.example\noptions ndots:2\n");
        configure_resolver(server.options().resolv_conf(conf.path()).timeout(kPatience));
        co_await outcome_of("a.b");
        EXPECT_THAT(names_asked(server), ElementsAre("a.b.one.example", "a.b.two.example", "a.b"));
        server.asked.clear();
        co_await outcome_of("a.b.c");
        EXPECT_THAT(names_asked(server), ElementsAre("a.b.c", "a.b.c.one.example", "a.b.c.two.example"));
    };
    with_server(answer, test);
}

TEST(Resolver, NeverMixesTheAddressesOfTwoNames) {
    const auto answer = [](const std::string& name, unsigned type) {
        if (name == "db.one.example") return type == kDnsA ? both_families(name, type) : DnsReply();
        return both_families(name, type);
    };
    const auto test = [](DnsServer& server) -> Task<> {
        const ConfFile conf("search one.example two.example\n");
        configure_resolver(server.options().resolv_conf(conf.path()).timeout(kPatience));
        Outcome found = co_await outcome_of("db");
        EXPECT_THAT(found.addresses, ElementsAre("192.0.2.1:80")) << found.error;
    };
    with_server(answer, test);
}

TEST(Resolver, NoticesThatTheSystemsFileChanged) {
    const auto answer = [](const std::string& name, unsigned type) {
        return name == "db.second.example" ? both_families(name, type) : DnsReply().code(3).soa(60, 60);
    };
    const auto test = [](DnsServer& server) -> Task<> {
        const ConfFile conf("search first.example\n");
        auto& resolver = Loop::current().own<net::LoopResolver>();
        resolver.configure(server.options().resolv_conf(conf.path()).timeout(kPatience));
        resolver.look_every(Duration::zero());
        auto unknown = co_await resolver.find("db");
        EXPECT_EQ(unknown->reason, Reason::kNoSuchHost) << unknown->why;
        conf.write("search second.example\n");
        auto found = co_await resolver.find("db");
        EXPECT_EQ(found->addresses.size(), 2U) << found->why;
    };
    with_server(answer, test);
}

TEST(Resolver, LeavesAllToTheSystemWhenItIsTold) {
    const auto test = [](DnsServer& server) -> Task<> {
        auto& resolver = Loop::current().own<net::LoopResolver>();
        const ConfFile conf("search example\n");
        resolver.configure(ResolverOptions().resolv_conf(conf.path()));
        auto no_server = co_await resolver.find("a.example");
        EXPECT_EQ(no_server, nullptr);
        resolver.configure(server.options().system());
        auto by_option = co_await resolver.find("a.example");
        EXPECT_EQ(by_option, nullptr);
        EXPECT_THAT(server.asked, IsEmpty());
    };
    with_server(both_families, test);
}

/// An environment variable for as long as it lives.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { ::unsetenv(name_); }

private:
    const char* name_;
};

TEST(Resolver, ObeysTheEnvironment) {
    const auto find = []() -> Task<bool> {
        DnsServer server(both_families);
        auto& resolver = Loop::current().own<net::LoopResolver>();
        resolver.configure(server.options());
        auto found = co_await resolver.find("a.example");
        co_return found == nullptr;
    };
    EXPECT_FALSE(run(find()));
    {
        const Variable system("TRAWL_RESOLVER", "system");
        EXPECT_TRUE(run(find()));
    }
    const Variable nonsense("TRAWL_RESOLVER", "dns5");
    EXPECT_THROW(run(find()), UsageError);
}

TEST(Resolver, ReadsTheHostsFileFirst) {
    const ConfFile hosts("192.0.2.9 pinned.example Other.Example\n2001:db8::9 pinned.example\n");
    const Variable named("CARES_HOSTS", hosts.path());
    with_server(both_families, [](DnsServer& server) -> Task<> {
        Outcome pinned = co_await outcome_of("Pinned.example");
        EXPECT_THAT(pinned.addresses, UnorderedElementsAre("192.0.2.9:80", "[2001:db8::9]:80"));
        Outcome alias = co_await outcome_of("other.example");
        EXPECT_THAT(alias.addresses, ElementsAre("192.0.2.9:80"));
        EXPECT_THAT(server.asked, IsEmpty());
    });
}

TEST(ResolverOptions, RefuseWhatHasNoMeaning) {
    EXPECT_THROW(ResolverOptions().server("ns.example"), UsageError);
    EXPECT_THROW(ResolverOptions().timeout(0s), UsageError);
    EXPECT_THROW(ResolverOptions().timeout(31s), UsageError);
    EXPECT_THROW(ResolverOptions().tries(0), UsageError);
    EXPECT_THROW(ResolverOptions().tries(11), UsageError);
    EXPECT_THROW(configure_resolver(ResolverOptions()), UsageError) << "no loop runs";
}

}  // namespace
}  // namespace trawl
