/// Who is let in to an origin that cannot be reached.
#include "trawl/fetch/origin_gate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

OriginLimits eight_at_once() {
    OriginLimits limits;
    limits.limiter.fixed = 8;
    return limits;
}

Task<> begin_outage(OriginGate& gate) {
    OriginGate::Pass pass = co_await gate.enter();
    pass.lost();
}

/// Asks for as long as the origin is away; puts down when it was let in.
Task<> ask(OriginGate& gate, TimePoint back, std::vector<Duration>& let_in, TimePoint start) {
    bool answered = false;
    while (!answered) {
        OriginGate::Pass pass = co_await gate.enter();
        let_in.push_back(now() - start);
        co_await sleep(10ms);
        answered = now() >= back;
        if (answered) {
            pass.succeeded();
        } else {
            pass.lost();
        }
    }
}

TEST(OriginGate, OfAnOutageLetsOneAtATimeLookAndAllInOnceThereIsAnAnswer) {
    std::vector<Duration> let_in;
    auto work = [&]() -> Task<> {
        OriginGate gate(eight_at_once());
        co_await begin_outage(gate);
        EXPECT_TRUE(gate.outage_since());
        const TimePoint start = now();
        TaskGroup group;
        for (int i = 0; i < 5; ++i) group.spawn(ask(gate, start + 1s, let_in, start));
        co_await group.join();
        EXPECT_FALSE(gate.outage_since());
    };
    VirtualLoop().run(work());
    // Pauses of 100, 200, 400 and 800 ms behind what was asked 10 ms before; the last is answered, and all come in.
    const std::vector<Duration> expected{100ms, 310ms, 720ms, 1530ms, 1540ms, 1540ms, 1540ms, 1540ms};
    EXPECT_EQ(let_in, expected);
}

/// So many requests in a row find nothing served.
Task<> find_nothing(OriginGate& gate, int requests, bool are_first) {
    for (int i = 0; i < requests; ++i) {
        OriginGate::Pass pass = co_await gate.enter();
        pass.down(nullptr, are_first);
    }
}

TEST(OriginGate, TakesAnOriginForAwayWhenSeveralRequestsInARowFindNothingServed) {
    auto work = []() -> Task<> {
        OriginGate gate(eight_at_once());
        co_await find_nothing(gate, 4, true);
        co_await find_nothing(gate, 10, false);  // one page that is always broken
        EXPECT_FALSE(gate.outage_since());
        OriginGate::Pass answered = co_await gate.enter();
        answered.succeeded();
        co_await find_nothing(gate, 4, true);
        EXPECT_FALSE(gate.outage_since());
        co_await find_nothing(gate, 1, true);
        EXPECT_TRUE(gate.outage_since());
        const TimePoint away = now();
        OriginGate::Pass look = co_await gate.enter();
        EXPECT_EQ(now() - away, 100ms);
        look.succeeded();
        EXPECT_FALSE(gate.outage_since());
    };
    VirtualLoop().run(work());
}

// What goes down refuses at once, and still answers what it had begun.
TEST(OriginGate, LateAnswersToEarlierRequestsAreNoSignThatAnOriginServes) {
    auto work = []() -> Task<> {
        OriginGate gate(eight_at_once());
        std::vector<OriginGate::Pass> earlier;
        for (int i = 0; i < 4; ++i) {
            OriginGate::Pass pass = co_await gate.enter();
            earlier.push_back(std::move(pass));
        }
        co_await sleep(10ms);
        for (OriginGate::Pass& answered : earlier) {
            co_await find_nothing(gate, 1, true);
            answered.succeeded();
        }
        EXPECT_FALSE(gate.outage_since());
        co_await find_nothing(gate, 1, true);
        EXPECT_TRUE(gate.outage_since());
    };
    VirtualLoop().run(work());
}

/// A loop that has much to do looks at the clock once in hundreds of steps.
TEST(OriginGate, KnowsHowLongAReplyTookThatCameWithinATickOfTheLoop) {
    std::vector<TracePoint> trace;
    auto work = [&]() -> Task<> {
        OriginGate gate(eight_at_once());
        while (gate.limiter().trace().empty()) {
            OriginGate::Pass pass = co_await gate.enter();
            const TimePoint until = Clock::now() + 10ms;
            while (Clock::now() < until) continue;
            pass.succeeded();
            if (Clock::now() > now() + 5s) break;
        }
        trace = gate.limiter().trace();
    };
    run(work());
    ASSERT_EQ(trace.size(), 1U);
    EXPECT_GE(trace.front().latency, 10ms);
}

TEST(OriginGate, WhoeverIsNoLongerToGoWhenItsTurnComesLeavesThePlaceToTheNext) {
    auto work = []() -> Task<> {
        OriginLimits one_a_minute;
        one_a_minute.limiter.fixed = 1;
        one_a_minute.windows = {{1, 1min}};
        OriginGate gate(one_a_minute);
        int asked = 0;
        const OriginGate::MayGo no = [&asked] { return ++asked == 0; };
        const OriginGate::Pass none = co_await gate.enter(1, no);
        EXPECT_FALSE(none);
        EXPECT_EQ(gate.in_flight(), 0U);
        OriginGate::Pass first = co_await timeout(1s, gate.enter());  // nothing was sent before
        EXPECT_TRUE(first);
        EXPECT_THROW((void)co_await timeout(30s, gate.enter(1, no)), TimeoutError);
        EXPECT_EQ(asked, 1) << "before there was a place";
        first.succeeded();
        EXPECT_FALSE(first);
    };
    VirtualLoop().run(work());
}

TEST(OriginGate, WhoeverLooksAndGivesUpHandsItOn) {
    auto work = []() -> Task<> {
        OriginGate gate(eight_at_once());
        co_await begin_outage(gate);
        {
            OriginGate::Pass dropped = co_await gate.enter();
        }
        OriginGate::Pass next = co_await timeout(1s, gate.enter());
        next.succeeded();
        EXPECT_FALSE(gate.outage_since());
    };
    VirtualLoop().run(work());
}

TEST(OriginGate, AHardLimitCountsFromWhenARequestWasSent) {
    auto work = []() -> Task<> {
        OriginLimits two_a_second = eight_at_once();
        two_a_second.windows = {{2, 1s}};
        OriginGate gate(two_a_second);
        const TimePoint start = now();
        OriginGate::Pass first = co_await gate.enter();
        OriginGate::Pass second = co_await gate.enter();
        co_await sleep(100ms);  // for a connection
        first.left_at(now());
        second.left_at(now());
        OriginGate::Pass third = co_await gate.enter();
        EXPECT_EQ(now() - start, 1100ms);
    };
    VirtualLoop().run(work());
}

/// Begins something that is led on to another origin, and is done there at once.
Task<> begin(OriginGates& gates, std::vector<std::string>& log) {
    OriginGate::Pass pass = co_await gates.enter("http://a");
    log.emplace_back("begun");
    co_await sleep(10ms);
    pass.succeeded();
    pass = co_await gates.enter_next("http://b");
    log.emplace_back("done");
    pass.succeeded();
}

TEST(OriginGates, NoMoreIsBegunThanMayBeUnderWayWhileWhatWasBegunWaits) {
    std::vector<std::string> log;
    auto work = [&]() -> Task<> {
        OriginLimits two_at_once;
        two_at_once.limiter.fixed = 2;
        OriginGates gates(two_at_once);
        OriginGate::Pass first = co_await gates.at("http://b").enter();
        OriginGate::Pass second = co_await gates.at("http://b").enter();
        TaskGroup group;
        for (int i = 0; i < 9; ++i) group.spawn(begin(gates, log));
        co_await sleep(1s);
        EXPECT_EQ(log, std::vector<std::string>(5, "begun")) << "two of each origin, and one that entered before";
        first.succeeded();
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_EQ(log.size(), 18U);
}

/// Notes when it may ask again, and when something new is let in.
Task<> repeat(OriginGates& gates, std::vector<std::string>& log) {
    co_await gates.wait_for_retry("http://a");
    log.emplace_back("again");
}

Task<> begin_anew(OriginGates& gates, std::vector<std::string>& log) {
    OriginGate::Pass pass = co_await gates.enter("http://a");
    log.emplace_back("new");
    pass.succeeded();
}

TEST(OriginGates, WhereTooMuchFailsRetriesComeSlowerAndWhatIsNewWaitsBehindThem) {
    std::vector<std::string> log;
    auto work = [&]() -> Task<> {
        OriginLimits two_at_once;
        two_at_once.limiter.fixed = 2;
        OriginGates gates(two_at_once);
        const TimePoint start = now();
        for (int i = 0; i < 100; ++i) co_await gates.wait_for_retry("http://a");
        EXPECT_EQ(now(), start) << "a bad moment is survived without a pause";
        TaskGroup group;
        for (int i = 0; i < 3; ++i) group.spawn(repeat(gates, log));
        group.spawn(begin_anew(gates, log));
        co_await sleep(150ms);
        EXPECT_EQ(log, std::vector<std::string>{"again"}) << "two wait, as many as may be under way";
        co_await group.join();
        const TimePoint spent = now();
        co_await gates.wait_for_retry("http://b");
        EXPECT_EQ(now(), spent) << "each origin has its own";
    };
    VirtualLoop().run(work());
    EXPECT_EQ(log, (std::vector<std::string>{"again", "again", "new", "again"}));
}

TEST(OriginGates, RetriesThatWaitHoldUpWhatIsNewOfTheirOriginAlone) {
    std::vector<std::string> log;
    auto work = [&]() -> Task<> {
        OriginLimits two_at_once;
        two_at_once.limiter.fixed = 2;
        OriginGates gates(two_at_once);
        (void)gates.at("http://b");
        (void)gates.at("http://c");  // six at once, over all
        for (int i = 0; i < 100; ++i) co_await gates.wait_for_retry("http://a");
        TaskGroup group;
        for (int i = 0; i < 20; ++i) group.spawn(repeat(gates, log));
        co_await sleep(0s);
        const TimePoint start = now();
        OriginGate::Pass healthy = co_await gates.enter("http://b");
        EXPECT_EQ(now(), start);
        healthy.succeeded();
        group.spawn(begin_anew(gates, log));
        co_await group.join();
    };
    VirtualLoop().run(work());
    std::vector<std::string> expected(19, "again");  // until fewer than two wait
    expected.insert(expected.end(), {"new", "again"});
    EXPECT_EQ(log, expected);
}

TEST(OriginGates, FewRetriesOfAnOriginHoldItUpThoughOthersHaveRoom) {
    std::vector<std::string> log;
    auto work = [&]() -> Task<> {
        OriginLimits two_at_once;
        two_at_once.limiter.fixed = 2;
        OriginGates gates(two_at_once);
        (void)gates.at("http://b");
        for (int i = 0; i < 100; ++i) co_await gates.wait_for_retry("http://a");
        TaskGroup group;
        for (int i = 0; i < 3; ++i) group.spawn(repeat(gates, log));
        group.spawn(begin_anew(gates, log));
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_EQ(log, (std::vector<std::string>{"again", "again", "new", "again"}));
}

TEST(OriginGates, WhoeverWaitsForItsNextPlaceAndIsDestroyedKeepsNobodyOut) {
    auto work = []() -> Task<> {
        OriginLimits one_at_once;
        one_at_once.limiter.fixed = 1;
        OriginGates gates(one_at_once);
        OriginGate::Pass held = co_await gates.at("http://b").enter();
        for (int i = 0; i < 3; ++i) {
            EXPECT_THROW((void)co_await timeout(1s, gates.enter_next("http://b")), TimeoutError);
        }
        OriginGate::Pass pass = co_await timeout(1s, gates.enter("http://a"));
        pass.succeeded();
    };
    VirtualLoop().run(work());
}

}  // namespace
}  // namespace trawl
