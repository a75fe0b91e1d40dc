// AsyncGenerator: PEP 525 and CPython's test_asyncgen.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/coro/async_generator.hpp"
#include "trawl/coro/context.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/task_group.hpp"

namespace trawl::behaviour {
namespace {

using ::testing::ElementsAre;

AsyncGenerator<int> count_to(int end, Duration pause = 1s) {
    for (int i = 1; i <= end; ++i) {
        co_await sleep(pause);
        co_yield i;
    }
}

Task<std::vector<int>> all_of(AsyncGenerator<int> values) {
    std::vector<int> all;
    while (auto value = co_await values.next()) all.push_back(*value);
    co_return all;
}

Task<int> sum_of(AsyncGenerator<int>& values) {
    int sum = 0;
    while (auto value = co_await values.next()) sum += *value;
    co_return sum;
}

// async_gen_iteration_01: values come in order, with waits before, between and behind them.
TEST(AsyncGenerators, WaitBetweenTheirValues) {
    with_every_seed([]() -> Task<> {
        const std::vector<int> all = co_await all_of(count_to(4));
        EXPECT_THAT(all, ElementsAre(1, 2, 3, 4));
        EXPECT_EQ(now(), TimePoint(1000h + 4s));
    });
}

// async_gen_api_01: one without a yield is empty, and runs to its end at the first next().
TEST(AsyncGenerators, WithoutAYieldRunToTheirEnd) {
    bool ran = false;
    auto empty = [&]() -> AsyncGenerator<int> {
        co_await sleep(1s);
        ran = true;
    };
    auto work = [&]() -> Task<> {
        auto values = empty();
        EXPECT_FALSE(ran);
        const auto none = co_await values.next();
        EXPECT_FALSE(none.has_value());
        EXPECT_TRUE(ran);
    };
    on_virtual_loop(work);
}

// async_gen_exception_04: an error behind some values comes behind them, once; then the generator is over.
TEST(AsyncGenerators, ThrowBehindTheirValues) {
    auto failing = []() -> AsyncGenerator<int> {
        co_yield 1;
        co_await sleep(1s);
        throw UsageError("behind");
    };
    auto work = [&]() -> Task<> {
        auto values = failing();
        const auto first = co_await values.next();
        EXPECT_EQ(first, 1);
        const std::string thrown = co_await error_of(values.next());
        EXPECT_EQ(thrown, "behind");
        const auto none = co_await values.next();
        EXPECT_FALSE(none.has_value());
    };
    on_virtual_loop(work);
}

// async_gen_await_same_anext_coro_twice, "already running": one next() at a time, also from within.
TEST(AsyncGenerators, AreAskedByOneTaskAtATime) {
    with_every_seed([]() -> Task<> {
        auto values = count_to(2);
        auto outcomes = co_await gather_outcomes(sum_of(values), sum_of(values));
        const int failed = (std::get<0>(outcomes).has_value() ? 0 : 1) + (std::get<1>(outcomes).has_value() ? 0 : 1);
        EXPECT_EQ(failed, 1);
        const auto none = co_await values.next();
        EXPECT_FALSE(none.has_value());
    });
}

TEST(AsyncGenerators, CannotAskThemselves) {
    AsyncGenerator<int>* itself = nullptr;
    auto recursive = [&]() -> AsyncGenerator<int> {
        const bool refused = co_await throws<UsageError>(itself->next());
        const int answer = refused ? 1 : 0;
        co_yield answer;
    };
    auto work = [&]() -> Task<> {
        auto values = recursive();
        itself = &values;
        const auto refused = co_await values.next();
        EXPECT_EQ(refused, 1);
    };
    on_virtual_loop(work);
}

// One task may go on where another one stopped.
TEST(AsyncGenerators, MayBeHandedFromTaskToTask) {
    with_every_seed([]() -> Task<> {
        auto values = count_to(6);
        std::vector<int> seen;
        auto take = [&](int count) -> Task<> {
            for (int i = 0; i < count; ++i) {
                const auto value = co_await values.next();
                seen.push_back(value.value());
            }
        };
        for (int i = 0; i < 3; ++i) {
            TaskGroup group;
            group.spawn(take(2));
            co_await group.join();
        }
        EXPECT_THAT(seen, ElementsAre(1, 2, 3, 4, 5, 6));
    });
}

// PEP 525 and 567: the body runs as part of the task that asks, and sees that one's context.
TEST(AsyncGenerators, SeeTheContextOfWhoAsks) {
    ContextVar<std::string> user("nobody");
    auto users = [&]() -> AsyncGenerator<std::string> {
        for (;;) {
            co_await sleep(0s);
            std::string name = user.get();
            co_yield name;
        }
    };
    auto work = [&]() -> Task<> {
        auto values = users();
        auto ask_as = [&](std::string name) -> Task<> {
            user.set(name);
            const auto seen = co_await values.next();
            EXPECT_EQ(seen, name);
        };
        TaskGroup group;
        group.spawn(ask_as("Ada"));
        co_await group.join();
        group.spawn(ask_as("Grace"));
        co_await group.join();
        const auto mine = co_await values.next();
        EXPECT_EQ(mine, "nobody");
    };
    on_virtual_loop(work);
}

// test_asyncgen, aclose: asyncio throws GeneratorExit into it; here its frame is destroyed, whatever it had open.
TEST(AsyncGenerators, ClosedAreDestroyedFromTheInside) {
    std::string trace;
    auto inner = [&]() -> AsyncGenerator<int> {
        AtEnd end = writes(trace, "inner");
        for (int i = 0;; ++i) co_yield i;
    };
    auto outer = [&]() -> AsyncGenerator<int> {
        AtEnd end = writes(trace, "outer");
        auto values = inner();
        while (auto value = co_await values.next()) co_yield *value;
    };
    auto work = [&]() -> Task<> {
        auto values = outer();
        static_cast<void>(co_await values.next());
        static_cast<void>(co_await values.next());
        values.close();
        trace += "closed";
        values.close();
        const auto none = co_await values.next();
        EXPECT_FALSE(none.has_value());
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "inner outer closed");
}

// test_asyncgen, nonstarted: one that never began runs nothing, and frees its arguments.
TEST(AsyncGenerators, ClosedBeforeTheyBeginRunNothing) {
    int alive = 0;
    bool began = false;
    auto body = [&](Alive mark) -> AsyncGenerator<int> {
        began = true;
        static_cast<void>(mark);
        co_yield 1;
    };
    auto work = [&]() -> Task<> {
        auto values = body(Alive(alive));
        values.close();
        EXPECT_EQ(alive, 0);
        const auto none = co_await values.next();
        EXPECT_FALSE(none.has_value());
    };
    on_virtual_loop(work);
    EXPECT_FALSE(began);
}

// async_gen_asyncio_aclose_12, cancelled while it waits: here a timeout destroys the frame, and the generator is over.
TEST(AsyncGenerators, WhoseNextTimesOutAreOver) {
    int alive = 0;
    auto slow = [&]() -> AsyncGenerator<int> {
        const Alive mark(alive);
        co_yield 1;
        co_await nap(1h);
        co_yield 2;
    };
    with_every_seed([&]() -> Task<> {
        auto values = slow();
        const auto first = co_await timeout(1s, values.next());
        EXPECT_EQ(first, 1);
        const bool late = co_await throws<TimeoutError>(timeout(1s, values.next()));
        EXPECT_TRUE(late);
        EXPECT_EQ(alive, 0);
        const auto none = co_await values.next();
        EXPECT_FALSE(none.has_value());
    });
}

// The same through a chain: the innermost generator goes first, and all of them are over.
TEST(AsyncGenerators, InAChainAreDestroyedInnermostFirst) {
    std::string trace;
    auto level = [&](auto self, int depth) -> AsyncGenerator<int> {
        AtEnd end = writes(trace, std::to_string(depth));
        if (depth == 0) co_await sleep(1h);
        auto below = depth == 0 ? AsyncGenerator<int>() : self(self, depth - 1);
        while (auto value = co_await below.next()) co_yield *value;
    };
    auto work = [&]() -> Task<> {
        auto values = level(level, 3);
        const bool late = co_await throws<TimeoutError>(timeout(1s, values.next()));
        EXPECT_TRUE(late);
        EXPECT_EQ(trace, "0 1 2 3 ");
    };
    on_virtual_loop(work);
}

// A task that is cancelled while it asks takes the generator's frame with it, before its own.
TEST(AsyncGenerators, AreDestroyedBeforeWhoAsks) {
    std::string trace;
    auto slow = [&]() -> AsyncGenerator<int> {
        AtEnd end = writes(trace, "generator");
        co_await sleep(1h);
        co_yield 1;
    };
    auto asking = [&]() -> Task<> {
        auto values = slow();
        AtEnd end = writes(trace, "task");
        static_cast<void>(co_await values.next());
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(asking());
        co_await sleep(1s);
        group.cancel();
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "generator task ");
}

// A generator that outlives the task that was asking it is over, not broken.
TEST(AsyncGenerators, OutliveWhoAskedThem) {
    auto ask = [](AsyncGenerator<int>& values) -> Task<> { static_cast<void>(co_await values.next()); };
    with_every_seed([&]() -> Task<> {
        auto values = count_to(3, 10s);
        TaskGroup group;
        group.spawn(ask(values));
        co_await sleep(1s);
        group.cancel();
        const auto none = co_await values.next();
        EXPECT_FALSE(none.has_value());
    });
}

// References are given as pointers to what the generator has.
TEST(AsyncGenerators, GiveReferences) {
    auto references = [](std::vector<int>& of) -> AsyncGenerator<int&> {
        for (int& value : of) co_yield value;
    };
    auto work = [&]() -> Task<> {
        std::vector<int> numbers{1, 2, 3};
        auto values = references(numbers);
        while (auto value = co_await values.next()) **value *= 10;
        EXPECT_THAT(numbers, ElementsAre(10, 20, 30));
    };
    on_virtual_loop(work);
}

// Moved between two next()s, it goes on; what it was moved from is empty.
TEST(AsyncGenerators, MayBeMovedBetweenValues) {
    auto work = []() -> Task<> {
        auto values = count_to(3);
        const auto first = co_await values.next();
        EXPECT_EQ(first, 1);
        auto moved = std::move(values);
        const int rest = co_await sum_of(moved);
        EXPECT_EQ(rest, 5);
        const auto none = co_await values.next();
        EXPECT_FALSE(none.has_value());
    };
    on_virtual_loop(work);
}

// A generator may run tasks beside itself; they end with it.
TEST(AsyncGenerators, MayRunTasks) {
    int alive = 0;
    auto parallel = [&]() -> AsyncGenerator<int> {
        TaskGroup group;
        group.spawn(hold(Alive(alive)));
        for (int i = 0;; ++i) {
            co_await sleep(1s);
            co_yield i;
        }
    };
    with_every_seed([&]() -> Task<> {
        {
            auto values = parallel();
            for (int i = 0; i < 3; ++i) {
                const auto value = co_await values.next();
                EXPECT_EQ(value, i);
            }
            EXPECT_EQ(alive, 1);
        }
        EXPECT_EQ(alive, 0);
    });
}

// Many at once, each in its own task.
TEST(AsyncGenerators, RunBesideEachOther) {
    with_every_seed([]() -> Task<> {
        std::vector<Task<std::vector<int>>> tasks;
        for (int i = 1; i <= 10; ++i) tasks.push_back(all_of(count_to(i, i * 1s)));
        const auto all = co_await gather(std::move(tasks));
        for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].size(), i + 1);
    });
}

}  // namespace
}  // namespace trawl::behaviour
