// RFC 8305 at work, in virtual time: what is asked and connected to, and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "answers.hpp"
#include "connect_first.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl::net {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Reason = ResolveError::Reason;

constexpr Duration kLost = 14s;  // what a silent server costs: 2 + 4 + 8 s

/// Servers and hosts that answer as a test says.
class World {
public:
    struct Said {
        Duration after{};
        NameAnswerPtr answer;
    };
    struct Reached {
        Duration after{};
        int error = 0;
    };
    std::map<std::pair<std::string, Family>, Said> says;
    std::map<std::string, Reached> reaches;  // by the address; others answer after 1 ms
    std::map<std::pair<std::string, Family>, NameAnswerPtr> known;
    std::string log;  // "5 [::1]:80 ": what was connected to, and when
    int asked = 0;
    int at_work = 0;

    HostCalls calls() {
        HostCalls calls;
        calls.known = [this](const std::string& name, Family family) {
            const auto found = known.find({name, family});
            return found == known.end() ? nullptr : found->second;
        };
        calls.ask = [this](std::string name, Family family) { return ask(std::move(name), family); };
        calls.connect = [this](Address address) { return connect(address); };
        return calls;
    }
    Task<TcpStream> race(std::vector<std::string> names, Duration* until_begun = nullptr) {
        HostSearch search(std::move(names));
        HostCalls its_calls = calls();
        co_return co_await connect_to_host("a.example", 80, std::move(search), std::move(its_calls), until_begun);
    }
    /// Runs a race and gives its log, with its error behind it.
    std::string run(std::vector<std::string> names = {"a."}) {
        VirtualLoop loop;
        began_ = loop.now();
        try {
            loop.run(race(std::move(names)));
        } catch (const ResolveError& error) {
            log += format("{}: reason {}", error.what(), static_cast<int>(error.reason()));
        } catch (const ConnectError& error) {
            log += format("{}: errno {}", error.what(), error.code());
        }
        EXPECT_EQ(at_work, 0);
        return log;
    }

private:
    /// Counts what is at work, however it ends.
    class Count {
    public:
        explicit Count(int& count) : count_(count) { ++count_; }
        Count(const Count&) = delete;
        Count& operator=(const Count&) = delete;
        ~Count() { --count_; }

    private:
        int& count_;
    };

    Task<NameAnswerPtr> ask(std::string name, Family family) {
        const Count count(at_work);
        ++asked;
        const Said said = says.at({name, family});
        co_await sleep(said.after);
        co_return said.answer;
    }
    Task<TcpStream> connect(Address address) {
        const Count count(at_work);
        const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now() - began_).count();
        log += format("{} {} ", elapsed, address.str());
        const auto found = reaches.find(address.str());
        const Reached reached = found == reaches.end() ? Reached{1ms, 0} : found->second;
        co_await sleep(reached.after);
        if (reached.error != 0) throw ConnectError(reached.error, "connect to " + address.str());
        co_return TcpStream();
    }

    TimePoint began_;
};

constexpr const char* kSix = "[2001:db8::1]:80";
constexpr const char* kFour = "192.0.2.1:80";

NameAnswerPtr six() { return found({"2001:db8::1"}); }
NameAnswerPtr four() { return found({"192.0.2.1"}); }
NameAnswerPtr lost() { return without(Reason::kNoAnswer); }

World world_of(World::Said ipv6, World::Said ipv4) {
    World world;
    world.says[{"a.", Family::kIPv6}] = std::move(ipv6);
    world.says[{"a.", Family::kIPv4}] = std::move(ipv4);
    return world;
}

TEST(ConnectToHost, BeginsAsTheFirstAnswersAllow) {
    struct Case {
        const char* what;
        World::Said ipv6, ipv4;
        std::string log;
    };
    const Case cases[] = {
        {"both in time", {10ms, six()}, {20ms, four()}, format("10 {} ", kSix)},
        {"AAAA late by 20 ms", {25ms, six()}, {5ms, four()}, format("25 {} ", kSix)},
        {"AAAA late by 100 ms", {105ms, six()}, {5ms, four()}, format("55 {} ", kFour)},
        {"AAAA lost", {kLost, lost()}, {5ms, four()}, format("55 {} ", kFour)},
        {"A lost", {5ms, six()}, {kLost, lost()}, format("5 {} ", kSix)},
        {"AAAA fails later", {10ms, without(Reason::kServerFailed)}, {5ms, four()}, format("10 {} ", kFour)},
        {"AAAA fails first", {5ms, without(Reason::kServerFailed)}, {10ms, four()}, format("10 {} ", kFour)},
        {"no AAAA", {3ms, without(Reason::kNoAddress)}, {5ms, four()}, format("5 {} ", kFour)},
        {"AAAA says NXDOMAIN", {3ms, without(Reason::kNoSuchHost)}, {5ms, four()}, format("5 {} ", kFour)},
        {"no A", {5ms, six()}, {3ms, without(Reason::kNoAddress)}, format("5 {} ", kSix)},
    };
    for (const Case& c : cases) {
        World world = world_of(c.ipv6, c.ipv4);
        EXPECT_EQ(world.run(), c.log) << c.what;
        EXPECT_EQ(world.asked, 2) << c.what;
    }
}

TEST(ConnectToHost, TriesTheOtherFamilyWhenOneIsRefusedOrSilent) {
    struct Case {
        const char* what;
        World::Said ipv6, ipv4;
        World::Reached six, four;
        std::string log;
    };
    const Case cases[] = {
        {"IPv6 refuses", {5ms, six()}, {5ms, four()}, {1ms, ECONNREFUSED}, {1ms, 0}, format("5 {} 6 {} ", kSix, kFour)},
        {"IPv6 refuses before A",
         {5ms, six()},
         {40ms, four()},
         {1ms, ECONNREFUSED},
         {1ms, 0},
         format("5 {} 40 {} ", kSix, kFour)},
        {"IPv6 is silent", {5ms, six()}, {8ms, four()}, {1h, 0}, {1ms, 0}, format("5 {} 255 {} ", kSix, kFour)},
        {"IPv6 is silent and A late",
         {5ms, six()},
         {300ms, four()},
         {1h, 0},
         {1ms, 0},
         format("5 {} 300 {} ", kSix, kFour)},
        {"IPv4 is silent and AAAA late",
         {105ms, six()},
         {5ms, four()},
         {1ms, 0},
         {1h, 0},
         format("55 {} 305 {} ", kFour, kSix)},
        {"IPv4 is slow, AAAA comes when it is there",
         {70ms, six()},
         {5ms, four()},
         {1ms, 0},
         {100ms, 0},
         format("55 {} ", kFour)},
        {"IPv4 refuses before AAAA",
         {105ms, six()},
         {5ms, four()},
         {1ms, 0},
         {1ms, ECONNREFUSED},
         format("55 {} 105 {} ", kFour, kSix)},
    };
    for (const Case& c : cases) {
        World world = world_of(c.ipv6, c.ipv4);
        world.reaches[kSix] = c.six;
        world.reaches[kFour] = c.four;
        EXPECT_EQ(world.run(), c.log) << c.what;
    }
}

TEST(ConnectToHost, SaysWhyThereIsNoConnection) {
    World silent = world_of({kLost, lost()}, {kLost, lost()});
    EXPECT_EQ(silent.run(), format("no address for host 'a.example': told so: reason {}", int(Reason::kNoAnswer)));
    World unknown = world_of({5ms, without(Reason::kNoSuchHost)}, {9ms, without(Reason::kNoSuchHost)});
    EXPECT_THAT(unknown.run(), HasSubstr(format(": reason {}", int(Reason::kNoSuchHost))));
    World refusing = world_of({5ms, six()}, {9ms, four()});
    refusing.reaches[kFour] = {1ms, ECONNREFUSED};
    refusing.reaches[kSix] = {1ms, ENETUNREACH};
    EXPECT_THAT(refusing.run(), HasSubstr(format("connect to a.example ({}, {}): ", kSix, kFour)));
    EXPECT_THAT(refusing.log, HasSubstr(format("errno {}", ECONNREFUSED)));
    World half = world_of({kLost, lost()}, {9ms, four()});
    half.reaches[kFour] = {1ms, ECONNREFUSED};
    EXPECT_THAT(half.run(), HasSubstr(format("errno {}", ECONNREFUSED)));
}

TEST(ConnectToHost, SaysThatThereIsNoWayOnlyWhenThatIsAll) {
    for (const auto& [ipv6, ipv4] : {std::pair{ENETUNREACH, ECONNREFUSED}, std::pair{ECONNREFUSED, ENETUNREACH}}) {
        World world = world_of({5ms, six()}, {5ms, four()});
        world.reaches[kSix] = {1ms, ipv6};
        world.reaches[kFour] = {1ms, ipv4};
        EXPECT_THAT(world.run(), HasSubstr(format("errno {}", ECONNREFUSED)));
    }
}

TEST(ConnectToHost, TriesTheNextNameWhenBothFamiliesSayThatThereIsNone) {
    World world;
    world.says[{"a.b.", Family::kIPv6}] = {5ms, without(Reason::kNoAddress)};
    world.says[{"a.b.", Family::kIPv4}] = {7ms, without(Reason::kNoSuchHost)};
    world.says[{"a.", Family::kIPv6}] = {kLost, lost()};
    world.says[{"a.", Family::kIPv4}] = {5ms, four()};
    EXPECT_EQ(world.run({"a.b.", "a."}), format("62 {} ", kFour));
    EXPECT_EQ(world.asked, 4);
}

TEST(ConnectToHost, AsksForWhatIsNotKnown) {
    World both;
    both.known[{"a.", Family::kIPv6}] = six();
    both.known[{"a.", Family::kIPv4}] = four();
    EXPECT_EQ(both.run(), format("0 {} ", kSix));
    EXPECT_EQ(both.asked, 0);
    World half = world_of({20ms, six()}, {});
    half.known[{"a.", Family::kIPv4}] = four();
    EXPECT_EQ(half.run(), format("20 {} ", kSix));
    EXPECT_EQ(half.asked, 1);
    World nowhere;
    for (const char* name : {"a.b.", "a."})
        for (const Family family : kFamilies) nowhere.known[{name, family}] = without(Reason::kNoSuchHost);
    EXPECT_THAT(nowhere.run({"a.b.", "a."}), HasSubstr("no such host"));
}

TEST(ConnectToHost, TellsHowLongTheNamesTook) {
    World world = world_of({kLost, lost()}, {5ms, four()});
    Duration until_begun = 1h;
    VirtualLoop().run(world.race({"a."}, &until_begun));
    EXPECT_LT(until_begun, 1h) << "measured by the real clock";
}

Task<bool> gives_up(World& world, Duration after) {
    std::vector<std::string> names = {"a."};
    try {
        co_await timeout(after, world.race(std::move(names)));
    } catch (const TimeoutError&) {
        EXPECT_EQ(world.at_work, 0);
        co_return true;
    }
    co_return false;
}

// In each state: both are asked for, IPv4 waits for IPv6, one and two attempts are at work.
TEST(ConnectToHost, IsGivenUpWithAllThatIsAtWork) {
    for (const Duration after : {2ms, 20ms, 60ms, 320ms}) {
        World world = world_of({105ms, six()}, {5ms, four()});
        world.reaches[kSix] = world.reaches[kFour] = {1h, 0};
        EXPECT_TRUE(VirtualLoop().run(gives_up(world, after)));
        EXPECT_GT(world.asked, 0);
    }
}

}  // namespace
}  // namespace trawl::net
