// TaskSet: asyncio.wait and asyncio.as_completed (test_tasks, wait* and as_completed*).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/coro/task_set.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"

namespace trawl::behaviour {
namespace {

using ::testing::ElementsAre;

Task<int> fail_with_value_after(Duration duration, std::string what) {
    co_await sleep(duration);
    throw UsageError(what);
}

template <class T>
std::vector<std::size_t> indices_of(const std::vector<Completed<T>>& all) {
    std::vector<std::size_t> indices;
    for (const Completed<T>& one : all) indices.push_back(one.index);
    return indices;
}

// as_completed: in the order in which they end, each with its place among the arguments.
TEST(Waits, ForTheNextGiveTasksAsTheyEnd) {
    with_every_seed([]() -> Task<> {
        std::vector<Task<int>> tasks;
        for (const int seconds : {3, 1, 2}) tasks.push_back(value_after(seconds * 1s, seconds));
        auto set = as_completed(std::move(tasks));
        std::vector<std::size_t> order;
        while (auto ended = co_await set.next()) {
            order.push_back(ended->index);
            EXPECT_EQ(now(), TimePoint(1000h + ended->outcome.take() * 1s));
        }
        EXPECT_THAT(order, ElementsAre(1, 2, 0));
    });
}

// Every task is given exactly once, whatever the order of the steps.
TEST(Waits, ForTheNextGiveEachTaskOnce) {
    with_every_seed([]() -> Task<> {
        TaskSet<int> set;
        for (int i = 0; i < 100; ++i) set.add(value_after(i % 3 * 1s, i));
        std::set<std::size_t> seen;
        while (auto ended = co_await set.next()) {
            EXPECT_TRUE(seen.insert(ended->index).second);
            EXPECT_EQ(static_cast<std::size_t>(ended->outcome.take()), ended->index);
        }
        EXPECT_EQ(seen.size(), 100U);
    });
}

// as_completed of nothing; and at its end it stays there.
TEST(Waits, ForTheNextOfNothingGiveNothing) {
    auto work = []() -> Task<> {
        TaskSet<int> set;
        for (int i = 0; i < 3; ++i) {
            const auto none = co_await set.next();
            EXPECT_FALSE(none.has_value());
        }
        set.add(value_after(1s, 4));
        auto one = co_await set.next();
        EXPECT_EQ(one.value().outcome.take(), 4);
        const auto none = co_await set.next();
        EXPECT_FALSE(none.has_value());
    };
    on_virtual_loop(work);
}

// wait_with_exception: errors are outcomes; they end nobody.
TEST(Waits, LeaveErrorsInTheOutcomes) {
    with_every_seed([]() -> Task<> {
        TaskSet<int> set;
        set.add(value_after(2s, 1));
        set.add(fail_with_value_after(1s, "bad"));
        auto first = co_await set.next();
        EXPECT_EQ(first.value().index, 1U);
        EXPECT_THROW(first.value().outcome.take(), UsageError);
        auto second = co_await set.next();
        EXPECT_EQ(second.value().outcome.take(), 1);
    });
}

// wait_first_completed: it gives all that have ended by then, and the others go on.
TEST(Waits, ForTheFirstGiveAllThatHaveEndedByThen) {
    auto work = []() -> Task<> {
        TaskSet<int> set;
        set.add(value_after(2s, 0));
        set.add(value_after(1s, 1));
        set.add(value_after(1s, 2));
        const auto first = co_await set.wait(WaitFor::kFirstCompleted);
        EXPECT_THAT(indices_of(first), ElementsAre(1, 2));
        EXPECT_EQ(set.pending(), 1U);
        const auto last = co_await set.wait(WaitFor::kFirstCompleted);
        EXPECT_THAT(indices_of(last), ElementsAre(0));
    };
    on_virtual_loop(work);
}

// wait_first_exception: at the first error; without one, at the end of all.
TEST(Waits, ForTheFirstErrorEndWithIt) {
    with_every_seed([]() -> Task<> {
        TaskSet<int> set;
        set.add(value_after(1s, 0));
        set.add(fail_with_value_after(2s, "bad"));
        set.add(value_after(3s, 2));
        const auto until_error = co_await set.wait(WaitFor::kFirstError);
        EXPECT_THAT(indices_of(until_error), ElementsAre(0, 1));
        EXPECT_EQ(now(), TimePoint(1000h + 2s));
        const auto rest = co_await set.wait(WaitFor::kFirstError);
        EXPECT_THAT(indices_of(rest), ElementsAre(2));
    });
}

// wait_first_exception_in_wait: an error that has happened already ends it at once, without a step.
TEST(Waits, ForTheFirstErrorEndAtOnceWhenItHasHappened) {
    auto work = []() -> Task<> {
        TaskSet<int> set;
        set.add(fail_with_value_after(1s, "bad"));
        set.add(value_after(1h, 1));
        co_await sleep(2s);
        const auto ended = co_await set.wait(WaitFor::kFirstError);
        EXPECT_THAT(indices_of(ended), ElementsAre(0));
        EXPECT_EQ(now(), TimePoint(1000h + 2s));
    };
    on_virtual_loop(work);
}

// An error that was taken does not end the next wait.
TEST(Waits, AnErrorThatWasTakenIsOver) {
    auto work = []() -> Task<> {
        TaskSet<int> set;
        set.add(fail_with_value_after(1s, "bad"));
        set.add(value_after(3s, 1));
        const auto error = co_await set.next();
        EXPECT_FALSE(error.value().outcome.has_value());
        const auto rest = co_await set.wait(WaitFor::kFirstError);
        EXPECT_THAT(indices_of(rest), ElementsAre(1));
    };
    on_virtual_loop(work);
}

// wait: ALL_COMPLETED.
TEST(Waits, ForAllGiveAllInTheOrderOfTheirEnds) {
    auto work = []() -> Task<> {
        TaskSet<int> set;
        for (const int seconds : {3, 1, 2}) set.add(value_after(seconds * 1s, seconds));
        const auto all = co_await set.wait(WaitFor::kAll);
        EXPECT_THAT(indices_of(all), ElementsAre(1, 2, 0));
        EXPECT_EQ(set.pending(), 0U);
        EXPECT_EQ(set.completed(), 0U);
    };
    on_virtual_loop(work);
}

// wait_with_timeout: asyncio's wait() does not throw; here timeout() does, and the set is as it was.
TEST(Waits, ThatTimeOutLeaveTheSetAsItWas) {
    with_every_seed([]() -> Task<> {
        TaskSet<int> set;
        set.add(value_after(1s, 0));
        set.add(value_after(3s, 1));
        const bool late = co_await throws<TimeoutError>(timeout(2s, set.wait(WaitFor::kAll)));
        EXPECT_TRUE(late);
        EXPECT_EQ(set.completed(), 1U);
        const auto all = co_await set.wait(WaitFor::kAll);
        EXPECT_THAT(indices_of(all), ElementsAre(0, 1));
    });
}

// as_completed_with_timeout: a task that ends in the instant of the deadline is given now or by the next next().
TEST(Waits, ThatTimeOutInTheInstantOfAnEndLoseNothing) {
    with_every_seed([]() -> Task<> {
        TaskSet<int> set;
        set.add(value_after(1s, 5));
        std::optional<Completed<int>> ended;
        try {
            ended = co_await timeout(1s, set.next());
        } catch (const TimeoutError&) {
            EXPECT_FALSE(ended.has_value());
        }
        if (!ended) ended = co_await set.next();
        EXPECT_EQ(ended.value().outcome.take(), 5);
    });
}

// as_completed_concurrent: one task at a time waits for a set.
TEST(Waits, OfTwoTasksForOneSetAreRefused) {
    auto wait = [](TaskSet<int>& set) -> Task<> { static_cast<void>(co_await set.next()); };
    with_every_seed([&]() -> Task<> {
        TaskSet<int> set;
        set.add(value_after(1s, 0));
        TaskGroup group(OnError::kCollect);
        group.spawn(wait(set));
        group.spawn(wait(set));
        co_await sleep(2s);
        EXPECT_EQ(group.size(), 0U);
        EXPECT_EQ(group.errors().size(), 1U);
        const bool refused = co_await throws<ErrorGroup>(group.join());
        EXPECT_TRUE(refused);
    });
}

// A task that is added while somebody waits for all is waited for, up to the instant in which that one goes on.
TEST(Waits, ForAllWaitForWhatIsAddedBeforeTheyGoOn) {
    with_every_seed([]() -> Task<> {
        TaskSet<int> set;
        TaskGroup group;
        Event ending;
        auto end = [&]() -> Task<int> {
            co_await sleep(1s);
            ending.set();
            co_return 0;
        };
        auto add = [&]() -> Task<> {
            co_await ending.wait();
            set.add(value_after(1s, 1));
        };
        group.spawn(add());
        set.add(end());
        auto all = co_await set.wait(WaitFor::kAll);
        co_await group.join();
        // Nothing was at work any more if it went on before the addition.
        if (all.size() == 1) all = co_await set.wait(WaitFor::kAll);
        EXPECT_EQ(all.back().index, 1U);
        EXPECT_EQ(set.pending(), 0U);
    });
}

// Cancelled while somebody waits: what ended can be taken, the rest is gone, and nobody waits for ever.
TEST(Waits, EndWhenTheSetIsCancelled) {
    int alive = 0;
    auto held = [&]() -> Task<int> {
        const Alive mark(alive);
        co_await sleep(1h);
        co_return 0;
    };
    with_every_seed([&]() -> Task<> {
        TaskSet<int> set;
        TaskGroup group;
        set.add(held());
        set.add(value_after(1s, 1));
        auto cancel = [&]() -> Task<> {
            co_await sleep(2s);
            set.cancel();
        };
        group.spawn(cancel());
        const auto all = co_await set.wait(WaitFor::kAll);
        EXPECT_THAT(indices_of(all), ElementsAre(1));
        EXPECT_EQ(alive, 0);
        const auto none = co_await set.next();
        EXPECT_FALSE(none.has_value());
    });
}

// A task of a set may cancel the set: it goes on until it waits, and what it would have left is nobody's.
TEST(Waits, ATaskMayCancelItsSet) {
    std::string trace;
    auto cancelling = [&](TaskSet<int>& set, AtEnd end) -> Task<int> {
        co_await sleep(1s);
        set.cancel();
        trace += "cancelled ";
        static_cast<void>(end);
        co_await sleep(1s);
        trace += "never ";
        co_return 1;
    };
    auto work = [&]() -> Task<> {
        TaskSet<int> set;
        set.add(cancelling(set, writes(trace, "gone")));
        const auto none = co_await set.next();
        EXPECT_FALSE(none.has_value());
        trace += "waited";
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "cancelled gone waited");
}

// A task that cancelled its set and then fails has nobody left to tell: run() throws.
TEST(Waits, AnErrorAfterTheCancelIsThrownByRun) {
    auto cancelling = [](TaskSet<int>& set) -> Task<int> {
        co_await sleep(1s);
        set.cancel();
        throw UsageError("after the cancel");
    };
    auto work = [&]() -> Task<> {
        TaskSet<int> set;
        set.add(cancelling(set));
        const auto none = co_await set.next();
        EXPECT_FALSE(none.has_value());
    };
    EXPECT_THROW(on_virtual_loop(work), UsageError);
}

// Leaving the scope of a set destroys what is at work; an outcome that nobody took goes with it, error or not.
TEST(Waits, ThatNobodyFinishesLeaveNothing) {
    int alive = 0;
    auto held = [&]() -> Task<int> {
        const Alive mark(alive);
        co_await sleep(1h);
        co_return 0;
    };
    with_every_seed([&]() -> Task<> {
        {
            TaskSet<int> set;
            set.add(held());
            set.add(fail_with_value_after(1s, "nobody asks"));
            co_await sleep(2s);
            EXPECT_EQ(alive, 1);
        }
        EXPECT_EQ(alive, 0);
    });
}

// Values that can only be moved, and tasks without a value.
TEST(Waits, GiveWhatCanOnlyBeMovedAndNothing) {
    auto pointer = []() -> Task<std::unique_ptr<int>> {
        co_await sleep(1s);
        co_return std::make_unique<int>(3);
    };
    auto work = [&]() -> Task<> {
        TaskSet<std::unique_ptr<int>> pointers;
        pointers.add(pointer());
        auto one = co_await pointers.next();
        EXPECT_EQ(*one.value().outcome.take(), 3);
        TaskSet<void> naps;
        naps.add(nap(1s));
        naps.add(fail_after(2s));
        const auto all = co_await naps.wait(WaitFor::kAll);
        EXPECT_TRUE(all.at(0).outcome.has_value());
        EXPECT_FALSE(all.at(1).outcome.has_value());
        EXPECT_THROW(naps.add(Task<>()), UsageError);
    };
    on_virtual_loop(work);
}

// An awaiter that has a name outlives its await: what ends later wakes nobody who has gone on.
TEST(Wait, AnAwaiterThatHasGoneOnIsNotWokenAgain) {
    auto work = []() -> Task<> {
        TaskSet<void> set;
        set.add(nap(1s));
        set.add(nap(2s));
        auto next = set.next();
        co_await next;
        const TimePoint before = now();
        co_await sleep(1h);
        EXPECT_EQ(now() - before, 1h);
    };
    VirtualLoop().run(work());
}

// The same for join().
TEST(Wait, AJoinThatHasGoneOnIsNotWokenAgain) {
    auto work = []() -> Task<> {
        TaskGroup group;
        auto joined = group.join();
        co_await joined;
        group.spawn(nap(1ms));
        const TimePoint before = now();
        co_await sleep(1h);
        EXPECT_EQ(now() - before, 1h);
    };
    VirtualLoop().run(work());
}

}  // namespace
}  // namespace trawl::behaviour
