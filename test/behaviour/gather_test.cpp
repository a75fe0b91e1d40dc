// gather and gather_outcomes: asyncio.gather with and without return_exceptions (test_tasks, Gather*).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"

namespace trawl::behaviour {
namespace {

using ::testing::ElementsAre;

// asyncio gather: results are in the order of the arguments, whatever the order of the ends.
TEST(Gathers, GiveResultsInTheOrderOfTheArguments) {
    with_every_seed([]() -> Task<> {
        std::vector<Task<int>> tasks;
        for (int i = 0; i < 50; ++i) tasks.push_back(value_after(i * 37 % 11 * 1s, i));
        const std::vector<int> results = co_await gather(std::move(tasks));
        for (int i = 0; i < 50; ++i) EXPECT_EQ(results.at(static_cast<std::size_t>(i)), i);
    });
}

// test_tasks, constructor_empty_sequence: nothing to wait for is done, and lets nobody else run.
TEST(Gathers, OfNothingDoNotWait) {
    bool other = false;
    auto set = [&]() -> Task<> {
        other = true;
        co_return;
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(set());
        const std::vector<int> none = co_await gather(std::vector<Task<int>>());
        co_await gather();
        co_await gather_outcomes();
        EXPECT_TRUE(none.empty());
        EXPECT_FALSE(other);
        co_await group.join();
    };
    on_virtual_loop(work);
    EXPECT_TRUE(other);
}

// test_tasks, one_exception: the first error in time is thrown. Here the others are destroyed then, not left running.
TEST(Gathers, ThrowTheFirstErrorInTime) {
    int alive = 0;
    with_every_seed([&]() -> Task<> {
        const std::string thrown = co_await error_of(
            gather(fail_after(3s, "third"), hold(Alive(alive)), fail_after(1s, "first"), fail_after(2s, "second")));
        EXPECT_EQ(thrown, "first");
        EXPECT_EQ(alive, 0);
        EXPECT_EQ(now(), TimePoint(1000h + 1s));
    });
}

// asyncio gather: of errors in the same instant one is thrown, once; the others are nobody's.
TEST(Gathers, OfErrorsInTheSameInstantOneIsThrown) {
    with_every_seed([]() -> Task<> {
        const std::string thrown = co_await error_of(gather(fail_after(1s, "a"), fail_after(1s, "b"), nap(1s)));
        EXPECT_TRUE(thrown == "a" || thrown == "b") << thrown;
    });
}

// A value in the same instant as an error is not given: the gather fails.
TEST(Gathers, AnErrorInTheInstantOfTheLastValueIsThrown) {
    with_every_seed([]() -> Task<> {
        const std::string thrown = co_await error_of(gather(value_after(1s, 1), fail_after(1s, "late"), nap(1s)));
        EXPECT_EQ(thrown, "late");
    });
}

// test_tasks, return_exceptions: outcomes are in order, errors among them.
TEST(Gathers, OfOutcomesGiveErrorsInTheirPlaces) {
    with_every_seed([]() -> Task<> {
        auto all =
            co_await gather_outcomes(value_after(3s, 1), fail_after(1s, "two"), value_after(2s, std::string("three")));
        EXPECT_EQ(std::get<0>(all).take(), 1);
        EXPECT_FALSE(std::get<1>(all).has_value());
        EXPECT_THROW(std::get<1>(all).take(), UsageError);
        EXPECT_EQ(std::get<2>(all).take(), "three");
    });
}

// asyncio gather(return_exceptions=True): an error destroys nobody.
TEST(Gathers, OfOutcomesGoOnAfterAnError) {
    VirtualLoop loop;
    auto work = []() -> Task<int> {
        std::vector<Task<>> tasks;
        tasks.push_back(fail_after(0s));
        for (int i = 1; i < 10; ++i) tasks.push_back(nap(i * 1s));
        const auto outcomes = co_await gather_outcomes(std::move(tasks));
        int values = 0;
        for (const auto& outcome : outcomes) values += outcome.has_value() ? 1 : 0;
        co_return values;
    };
    EXPECT_EQ(loop.run(work()), 9);
    EXPECT_EQ(loop.elapsed(), 9s);
}

Task<int&> reference_to(int& value) {
    co_await sleep(1s);
    co_return value;
}

// What a task gives by reference stays a reference, in results and in outcomes.
TEST(Gathers, KeepReferences) {
    int a = 1;
    int b = 2;
    auto work = [&]() -> Task<> {
        auto both = co_await gather(reference_to(a), reference_to(b));
        EXPECT_EQ(std::get<0>(both), &a);
        auto outcomes = co_await gather_outcomes(reference_to(a), reference_to(b));
        EXPECT_EQ(&std::get<1>(outcomes).take(), &b);
    };
    on_virtual_loop(work);
}

Task<std::unique_ptr<int>> pointer_to(int value) {
    co_await sleep(1s);
    co_return std::make_unique<int>(value);
}

// test_tasks, constructor_heterogenous_futures: types mix, values that can only be moved are moved.
TEST(Gathers, MixTypes) {
    auto work = []() -> Task<> {
        auto all = co_await gather(pointer_to(7), nap(1s), value_after(2s, std::string("text")));
        EXPECT_EQ(*std::get<0>(all), 7);
        EXPECT_EQ(std::get<2>(all), "text");
        std::vector<Task<std::unique_ptr<int>>> many;
        for (int i = 0; i < 3; ++i) many.push_back(pointer_to(i));
        const auto pointers = co_await gather(std::move(many));
        EXPECT_EQ(*pointers.at(2), 2);
    };
    on_virtual_loop(work);
}

// test_tasks, duplicate_coroutines: a task cannot be given twice; what was moved from is refused, and nothing begins.
TEST(Gathers, RefuseATaskThatWasMovedFrom) {
    int alive = 0;
    auto work = [&]() -> Task<> {
        std::vector<Task<>> tasks;
        tasks.push_back(hold(Alive(alive)));
        tasks.emplace_back();
        const bool refused = co_await throws<UsageError>(gather(std::move(tasks)));
        EXPECT_TRUE(refused);
        EXPECT_EQ(alive, 0);
        const bool refused_too = co_await throws<UsageError>(gather_outcomes(hold(Alive(alive)), Task<int>()));
        EXPECT_TRUE(refused_too);
        EXPECT_EQ(alive, 0);
    };
    on_virtual_loop(work);
}

// asyncio gather of gathers: an error passes through every level, and takes every sibling with it.
TEST(Gathers, InsideOfGathersPassErrorsOn) {
    int alive = 0;
    auto level = [&](auto self, int depth) -> Task<> {
        if (depth == 0) {
            co_await fail_after(1s, "at the bottom");
        } else {
            co_await gather(hold(Alive(alive)), self(self, depth - 1), hold(Alive(alive)));
        }
    };
    with_every_seed([&]() -> Task<> {
        const std::string thrown = co_await error_of(level(level, 10));
        EXPECT_EQ(thrown, "at the bottom");
        EXPECT_EQ(alive, 0);
    });
}

// test_tasks, cancellation_broadcast: cancelling the gather cancels its children.
TEST(Gathers, ThatAreDestroyedDestroyTheirChildren) {
    int alive = 0;
    with_every_seed([&]() -> Task<> {
        TaskGroup group;
        std::vector<Task<>> many;
        for (int i = 0; i < 20; ++i) many.push_back(hold(Alive(alive)));
        group.spawn(gather(std::move(many)));
        co_await sleep(1s);
        EXPECT_EQ(alive, 20);
        group.cancel();
        EXPECT_EQ(alive, 0);
    });
}

// test_tasks, cancel_gather_1: destroyed when all children have ended and it was about to go on, it does not go on.
TEST(Gathers, ThatAreDestroyedWhenDoneGiveNothing) {
    with_every_seed([]() -> Task<> {
        bool went_on = false;
        auto waiting = [&](Event& event) -> Task<> {
            auto wait = [](Event& on) -> Task<> { co_await on.wait(); };
            co_await gather(wait(event), wait(event));
            went_on = true;
        };
        Event event;
        TaskGroup group;
        group.spawn(waiting(event));
        co_await sleep(1s);
        event.set();
        group.cancel();
        co_await sleep(1s);
        EXPECT_FALSE(went_on);
    });
}

// Whoever cancels wants neither the result nor the error: asyncio, too, only logs an exception that was on its way.
TEST(Gathers, AnErrorOnItsWayIsDroppedWithAGatherThatIsCancelled) {
    auto work = []() -> Task<> {
        Event failed;
        auto failing = [&]() -> Task<> {
            co_await sleep(1s);
            failed.set();
            throw UsageError("on its way");
        };
        TaskGroup group;
        auto cancelling = [&]() -> Task<> {
            co_await failed.wait();
            group.cancel();
        };
        TaskGroup other;
        other.spawn(cancelling());
        auto gathering = [&]() -> Task<> { co_await gather(failing(), nap(1h)); };
        group.spawn(gathering());
        co_await other.join();
    };
    EXPECT_NO_THROW(on_virtual_loop(work));
}

struct ThrowsWhenMoved {
    ThrowsWhenMoved() = default;
    ThrowsWhenMoved(ThrowsWhenMoved&& other) : moves_left(other.moves_left - 1) {
        if (moves_left < 0) throw UsageError("cannot be moved again");
    }
    ThrowsWhenMoved& operator=(ThrowsWhenMoved&&) = delete;
    int moves_left = 1;
};

Task<ThrowsWhenMoved> hard_to_move() {
    co_await sleep(1s);
    ThrowsWhenMoved value;
    co_return std::move(value);
}

// An error on the way of a result is the error of the child, never the end of the program.
TEST(Gathers, AResultThatCannotBeMovedIsAnError) {
    auto work = []() -> Task<> {
        std::vector<Task<ThrowsWhenMoved>> tasks;
        tasks.push_back(hard_to_move());
        const std::string thrown = co_await error_of(gather(std::move(tasks)));
        EXPECT_EQ(thrown, "cannot be moved again");
    };
    on_virtual_loop(work);
}

// A child that fails in its first step: the others are destroyed, those that had not begun never do more than begin.
TEST(Gathers, AnErrorInAFirstStepDestroysTheOthers) {
    with_every_seed([]() -> Task<> {
        int alive = 0;
        auto fail = []() -> Task<> {
            throw UsageError("at once");
            co_return;
        };
        const bool failed = co_await throws<UsageError>(gather(hold(Alive(alive)), fail(), hold(Alive(alive))));
        EXPECT_TRUE(failed);
        EXPECT_EQ(alive, 0);
        EXPECT_EQ(now(), TimePoint(1000h));
    });
}

// Many at once take as long as the longest.
TEST(Gathers, OfManyTakeAsLongAsTheLongest) {
    VirtualLoop loop;
    std::vector<Task<int>> tasks;
    for (int i = 1; i <= 100'000; ++i) tasks.push_back(value_after(i * 1us, i));
    EXPECT_EQ(loop.run(gather(std::move(tasks))).back(), 100'000);
    EXPECT_EQ(loop.elapsed(), 100'000us);
}

Task<int> count_leaves(int depth) {
    if (depth == 0) {
        co_await sleep(1s);
        co_return 1;
    }
    auto halves = co_await gather(count_leaves(depth - 1), count_leaves(depth - 1));
    co_return std::get<0>(halves) + std::get<1>(halves);
}

// test_eager_task_factory, recursive_gather.
TEST(Gathers, Recurse) {
    with_every_seed([]() -> Task<> {
        const int leaves = co_await count_leaves(8);
        EXPECT_EQ(leaves, 256);
    });
}

}  // namespace
}  // namespace trawl::behaviour
