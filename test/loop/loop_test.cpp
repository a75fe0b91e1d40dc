#include "trawl/loop/loop.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <limits>
#include <string>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/signal.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

TEST(Run, GivesTheValueOfItsTask) {
    auto work = []() -> Task<int> {
        co_await sleep(1ms);
        co_return 3;
    };
    EXPECT_EQ(run(work()), 3);
}

TEST(Run, ThrowsTheErrorOfItsTask) {
    auto work = []() -> Task<> {
        co_await sleep(0s);
        throw UsageError("mine");
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST(Run, MayBeNestedInATask) {
    auto inner = []() -> Task<int> {
        co_await sleep(1ms);
        co_return 2;
    };
    auto outer = [&]() -> Task<int> {
        int below = run(inner());
        co_await sleep(1ms);
        co_return below + 1;
    };
    EXPECT_EQ(run(outer()), 3);
}

TEST(Loop, OutsideOfARunIsAnError) { EXPECT_THROW(Loop::current(), UsageError); }

TEST(Sleep, WakesInOrderOfDeadline) {
    std::vector<int> order;
    auto nap = [](std::vector<int>& out, int number, Duration duration) -> Task<> {
        co_await sleep(duration);
        out.push_back(number);
    };
    run(gather(nap(order, 3, 9ms), nap(order, 1, 3ms), nap(order, 2, 6ms)));
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(Sleep, AsATaskCanBeGathered) { run(gather(Task<>(sleep(1ms)), Task<>(sleep(2ms)))); }

TEST(Sleep, OfZeroLetsOthersRun) {
    std::string order;
    auto turns = [](std::string& out, char name) -> Task<> {
        for (int i = 0; i < 3; ++i) {
            out.push_back(name);
            co_await sleep(0s);
        }
    };
    run(gather(turns(order, 'a'), turns(order, 'b')));
    EXPECT_EQ(order, "ababab");
}

TEST(Sleep, OfLessThanZeroIsOver) {
    auto work = []() -> Task<> {
        co_await sleep(-100h);
        co_await sleep(Duration::min());
    };
    run(work());
}

TEST(Timeout, OfLessThanZeroFires) {
    auto work = []() -> Task<> { co_await timeout(-100h, sleep(1h)); };
    EXPECT_THROW(run(work()), TimeoutError);
}

TEST(Timeout, GivesTheResultInTime) {
    auto quick = []() -> Task<int> {
        co_await sleep(1ms);
        co_return 1;
    };
    auto work = [&]() -> Task<int> { co_return co_await timeout(10s, quick()); };
    EXPECT_EQ(run(work()), 1);
}

TEST(Timeout, ResultWithoutWaitingNeedsNoTimer) {
    auto ready = []() -> Task<int> { co_return 1; };
    auto work = [&]() -> Task<int> { co_return co_await timeout(0s, ready()); };
    EXPECT_EQ(run(work()), 1);
}

struct Flag {
    bool* flag;
    ~Flag() { *flag = true; }
};

TEST(Timeout, TheWorkIsGoneWhenTheErrorIsThrown) {
    bool gone = false;
    auto slow = [](bool& flag) -> Task<> {
        Flag mark{&flag};
        co_await sleep(1h);
    };
    auto work = [&]() -> Task<bool> {
        bool gone_in_handler = false;
        try {
            co_await timeout(1ms, slow(gone));
        } catch (const TimeoutError&) {
            gone_in_handler = gone;
        }
        co_return gone_in_handler;
    };
    EXPECT_TRUE(run(work()));
}

TEST(Timeout, AnErrorInTimePassesThrough) {
    auto failing = []() -> Task<> {
        co_await sleep(1ms);
        throw UsageError("inner");
    };
    auto work = [&]() -> Task<> { co_await timeout(10s, failing()); };
    EXPECT_THROW(run(work()), UsageError);
}

// The second join() is refused when it is about to wait.
TEST(Timeout, WorkThatIsRefusedLeavesTheTaskWaitingForNothing) {
    auto work = []() -> Task<> {
        TaskGroup group;
        group.spawn([]() -> Task<> { co_await sleep(1h); }());
        TaskGroup joining;
        joining.spawn([](TaskGroup& joined) -> Task<> { co_await joined.join(); }(group));
        co_await sleep(0s);
        bool refused = false;
        try {
            co_await timeout(1h, group.join());
        } catch (const UsageError&) {
            refused = true;
        }
        EXPECT_TRUE(refused);
        EXPECT_EQ(Schedule::current().running()->waits_for(), nullptr);
    };
    run(work());
}

TEST(SignalWatcher, GivesTheSignal) {
    auto work = []() -> Task<int> {
        SignalWatcher watcher{SIGUSR1, SIGUSR2};
        ::raise(SIGUSR2);
        co_return co_await watcher.next();
    };
    EXPECT_EQ(run(work()), SIGUSR2);
}

TEST(Sleep, RefusesADurationThatIsNotANumber) {
    const std::chrono::duration<double> none(std::numeric_limits<double>::quiet_NaN());
    EXPECT_THROW(static_cast<void>(sleep(none)), UsageError);
    EXPECT_THROW(static_cast<void>(timeout(none, sleep(1s))), UsageError);
}

}  // namespace
}  // namespace trawl
