#include "trawl/loop/loop.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/signal.hpp"
#include "trawl/loop/thread.hpp"
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

// ---- threads ----

TEST(ToThread, GivesTheValueAndThrowsTheError) {
    auto work = []() -> Task<std::string> {
        const auto here = std::this_thread::get_id();
        bool elsewhere = co_await to_thread([&here] { return std::this_thread::get_id() != here; });
        std::string text =
            co_await to_thread([](std::string a, std::string b) { return a + b; }, std::string("x"), std::string("y"));
        co_return elsewhere ? text : "same thread";
    };
    EXPECT_EQ(run(work()), "xy");
    auto failing = []() -> Task<> { co_await to_thread([] { throw UsageError("thread"); }); };
    EXPECT_THROW(run(failing()), UsageError);
}

TEST(ToThread, ManyAtOnceComeBackToTheirOwn) {
    auto work = []() -> Task<int> {
        std::vector<Task<int>> tasks;
        for (int i = 0; i < 500; ++i) tasks.push_back(to_thread([](int value) { return value; }, i));
        auto values = co_await gather(std::move(tasks));
        int wrong = 0;
        for (int i = 0; i < 500; ++i) wrong += values[static_cast<std::size_t>(i)] != i;
        co_return wrong;
    };
    EXPECT_EQ(run(work()), 0);
}

TEST(ToThread, DroppedWorkIsWaitedForAndItsResultIgnored) {
    std::atomic<bool> finished = false;
    auto block = [&finished] {
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe(ends.data()), 0);
        ::close(ends[1]);
        char byte;
        EXPECT_EQ(::read(ends[0], &byte, 1), 0);
        ::close(ends[0]);
        finished = true;
    };
    auto work = [&]() -> Task<> {
        try {
            co_await timeout(Duration(0), to_thread(block));
        } catch (const TimeoutError&) {
        }
    };
    run(work());  // must not crash, leak or hang, whether the work had begun or not
    SUCCEED();
}

TEST(Post, FromAnotherThreadRunsOnTheLoop) {
    auto work = []() -> Task<bool> {
        Loop& loop = Loop::current();
        const auto here = std::this_thread::get_id();
        bool on_loop = false;
        std::thread other([&] { loop.post([&] { on_loop = std::this_thread::get_id() == here; }); });
        other.join();
        while (!on_loop) co_await sleep(0s);
        co_return on_loop;
    };
    EXPECT_TRUE(run(work()));
}

TEST(SignalWatcher, GivesTheSignal) {
    auto work = []() -> Task<int> {
        SignalWatcher watcher{SIGUSR1, SIGUSR2};
        ::raise(SIGUSR2);
        co_return co_await watcher.next();
    };
    EXPECT_EQ(run(work()), SIGUSR2);
}

}  // namespace
}  // namespace trawl
