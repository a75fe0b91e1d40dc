#include "trawl/loop/threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/loop/channel.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/thread.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// Counts those that are alive.
class Counted {
public:
    explicit Counted(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --alive_; }

private:
    std::atomic<int>& alive_;
};

TEST(RunOnThreads, GivesTheValuesInTheOrderOfTheIndices) {
    auto square = [](std::size_t index) -> Task<std::size_t> {
        co_await sleep(0s);
        co_return index* index;
    };
    EXPECT_THAT(run(run_on_threads(4, square)), ElementsAre(0, 1, 4, 9));
}

TEST(RunOnThreads, EachHasAThreadAndALoopOfItsOwn) {
    auto where = [](std::size_t /*index*/) -> Task<std::pair<std::thread::id, Loop*>> {
        co_return std::pair(std::this_thread::get_id(), &Loop::current());
    };
    std::set<std::thread::id> threads{std::this_thread::get_id()};
    for (const auto& [thread, loop] : run(run_on_threads(3, where))) {
        threads.insert(thread);
        EXPECT_NE(loop, nullptr);
    }
    EXPECT_EQ(threads.size(), 4);
}

TEST(RunOnThreads, OfNoneIsDone) {
    auto give = [](std::size_t index) -> Task<std::size_t> { co_return index; };
    EXPECT_TRUE(run(run_on_threads(0, give)).empty());
}

TEST(RunOnThreads, NeedsNoValue) {
    std::atomic<int> ran = 0;
    auto count = [&](std::size_t /*index*/) -> Task<> {
        ++ran;
        co_return;
    };
    run(run_on_threads(5, count));
    EXPECT_EQ(ran, 5);
}

TEST(RunOnThreads, GivesWhatCanOnlyBeMovedAndReferences) {
    auto make = [](std::size_t index) -> Task<std::unique_ptr<std::size_t>> {
        co_return std::make_unique<std::size_t>(index);
    };
    const auto made = run(run_on_threads(2, make));
    ASSERT_EQ(made.size(), 2);
    EXPECT_EQ(*made[1], 1);
    std::vector<int> numbers{5, 6};
    auto refer = [&](std::size_t index) -> Task<int&> { co_return numbers[index]; };
    EXPECT_THAT(run(run_on_threads(2, refer)), ElementsAre(&numbers[0], &numbers[1]));
}

TEST(RunOnThreads, TheCallersLoopGoesOn) {
    Channel<int> channel(1);
    auto wait = [&](std::size_t /*index*/) -> Task<int> {
        auto item = co_await channel.receive();
        co_return item.value_or(-1);
    };
    auto send = [](Channel<int> to) -> Task<> {
        for (int i = 0; i < 3; ++i) co_await to.send(i);
    };
    auto work = [&]() -> Task<int> {
        auto both = co_await gather(run_on_threads(3, wait), send(channel));
        int sum = 0;
        for (const int value : std::get<0>(both)) sum += value;
        co_return sum;
    };
    EXPECT_EQ(run(work()), 3);
}

TEST(RunOnThreads, TheFirstErrorCancelsTheOthersAndIsThrown) {
    std::atomic<int> alive = 0;
    auto work = [&](std::size_t index) -> Task<> {
        const Counted counted(alive);
        if (index == 2) throw UsageError("third");
        co_await sleep(24h);
    };
    try {
        run(run_on_threads(4, work));
        FAIL() << "no error";
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(), "third");
    }
    EXPECT_EQ(alive, 0);
}

TEST(RunOnThreads, DestroyingItCancelsTheTasksAndWaitsForTheThreads) {
    std::atomic<int> alive = 0;
    std::latch begun(3);
    auto work = [&](std::size_t /*index*/) -> Task<> {
        const Counted counted(alive);
        begun.count_down();
        co_await sleep(24h);
    };
    bool gone = false;
    auto caller = [&]() -> Task<> {
        {
            TaskGroup group;
            group.spawn(run_on_threads(3, work));
            co_await sleep(0s);
            begun.wait();
        }
        gone = alive == 0;
    };
    run(caller());
    EXPECT_TRUE(gone);
}

TEST(RunOnThreads, DestroyedAtAnyPointItLeavesNothing) {
    std::atomic<int> alive = 0;
    int rounds = 0;
    auto work = [&](std::size_t index) -> Task<> {
        const Counted counted(alive);
        co_await sleep(1us * index);
        const int one = co_await to_thread([] { return 1; });
        if (index == 1) co_await sleep(1h * one);
    };
    auto caller = [&]() -> Task<> {
        for (; rounds < 100; ++rounds) {
            try {
                co_await timeout(10us * rounds, run_on_threads(2, work));
            } catch (const TimeoutError&) {
            }
        }
    };
    run(caller());
    EXPECT_EQ(rounds, 100);
    EXPECT_EQ(alive, 0);
}

TEST(RunOnThreads, MayBeNested) {
    auto inner = [](std::size_t index) -> Task<std::size_t> { co_return index + 1; };
    auto outer = [&](std::size_t index) -> Task<std::size_t> {
        auto values = co_await run_on_threads(2, inner);
        co_return values[0] + values[1] + index;
    };
    EXPECT_THAT(run(run_on_threads(2, outer)), ElementsAre(3, 4));
}

TEST(RunOnThreads, AnErrorBelowCancelsThoseAbove) {
    std::atomic<int> alive = 0;
    auto inner = [&](std::size_t index) -> Task<> {
        const Counted counted(alive);
        co_await sleep(1ms);
        if (index == 1) throw UsageError("below");
        co_await sleep(24h);
    };
    auto outer = [&](std::size_t /*index*/) -> Task<> {
        const Counted counted(alive);
        co_await run_on_threads(2, inner);
    };
    EXPECT_THROW(run(run_on_threads(2, outer)), UsageError);
    EXPECT_EQ(alive, 0);
}

TEST(RunOnThreads, AnErrorOnItsWayToATaskThatIsCancelledIsDropped) {
    std::latch failed(1);
    auto work = [&](std::size_t /*index*/) -> Task<> {
        failed.count_down();
        throw UsageError("nobody waits");
        co_return;
    };
    auto caller = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(run_on_threads(1, work));
        co_await sleep(0s);
        failed.wait();
    };
    EXPECT_NO_THROW(run(caller()));
}

TEST(RunOnThreads, SaysInADumpHowManyAreAtWork) {
    std::string dump;
    std::latch dumped(1);
    auto work = [&](std::size_t /*index*/) -> Task<> {
        dumped.wait();
        co_return;
    };
    auto caller = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(run_on_threads(2, work));
        co_await sleep(0s);
        dump = dump_tasks();
        dumped.count_down();
        co_await group.join();
    };
    run(caller());
    EXPECT_THAT(dump, HasSubstr("run_on_threads (2 of 2 at work)"));
}

TEST(RunOnThreads, OnAVirtualLoopTheyTakeTurns) {
    VirtualLoop loop;
    const auto here = std::this_thread::get_id();
    auto work = [&](std::size_t index) -> Task<bool> {
        co_await sleep(1h * index);
        co_return std::this_thread::get_id() == here;
    };
    const std::vector<bool> on_it = loop.run(run_on_threads(3, work));
    EXPECT_THAT(on_it, ElementsAre(true, true, true));
    EXPECT_EQ(loop.elapsed(), 2h);
}

}  // namespace
}  // namespace trawl
