// Context variables: PEP 567, test_context and the contexts of test_tasks. A task has its context; what it awaits
// shares it, what it starts begins with a copy.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/coro/context.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/coro/task_set.hpp"
#include "trawl/loop/shield.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/thread.hpp"

namespace trawl::behaviour {
namespace {

const ContextVar<std::string> user("nobody");
const ContextVar<int> level(0);

Task<std::string> become_after(Duration duration, std::string name) {
    user.set(name);
    co_await sleep(duration);
    co_return user.get();
}

// test_tasks, context_1: what a task sets is not seen by its parent or its siblings, however they interleave.
TEST(Contexts, AreEachTasksOwn) {
    with_every_seed([]() -> Task<> {
        user.set("parent");
        std::vector<Task<std::string>> tasks;
        for (int i = 0; i < 20; ++i) tasks.push_back(become_after(i % 3 * 1s, std::to_string(i)));
        const auto names = co_await gather(std::move(tasks));
        for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(names[i], std::to_string(i));
        EXPECT_EQ(user.get(), "parent");
    });
}

// test_tasks, context_2: what is awaited without a task of its own shares the context.
TEST(Contexts, AreSharedWithWhatIsAwaited) {
    auto work = []() -> Task<> {
        static_cast<void>(co_await become_after(1s, "Ada"));
        EXPECT_EQ(user.get(), "Ada");
    };
    on_virtual_loop(work);
}

// PEP 567: a child begins with what its parent has at the start of it, not with what the parent sets later.
TEST(Contexts, AreCopiedAtTheStart) {
    std::string seen;
    auto child = [&]() -> Task<> {
        co_await sleep(1s);
        seen += user.get() + " ";
    };
    auto work = [&]() -> Task<> {
        user.set("before");
        TaskGroup group;
        group.spawn(child());
        user.set("after");
        group.spawn(child());
        co_await group.join();
    };
    on_virtual_loop(work);
    EXPECT_EQ(seen, "before after ");
}

// PEP 567: the copy is that of whoever starts the task, whoever owns the group.
TEST(Contexts, AreThoseOfWhoStartsTheTask) {
    std::string seen;
    auto see = [&]() -> Task<> {
        co_await sleep(1s);
        seen = user.get();
    };
    auto child = [&](TaskGroup& group) -> Task<> {
        user.set("child");
        group.spawn(see());
        co_return;
    };
    auto work = [&]() -> Task<> {
        user.set("parent");
        TaskGroup group;
        group.spawn(child(group));
        co_await group.join();
    };
    on_virtual_loop(work);
    EXPECT_EQ(seen, "child");
}

// Every way to start a task passes the context on.
TEST(Contexts, ArePassedOnByEveryWayToStartATask) {
    auto see = []() -> Task<std::string> {
        co_await sleep(1s);
        co_return user.get();
    };
    auto work = [&]() -> Task<> {
        user.set("Ada");
        TaskSet<std::string> set;
        set.add(see());
        auto first = co_await set.next();
        EXPECT_EQ(first.value().outcome.take(), "Ada");
        TaskGroup group;
        const std::string shielded = co_await shield(group, see());
        EXPECT_EQ(shielded, "Ada");
        const std::string in_time = co_await timeout(2s, see());
        EXPECT_EQ(in_time, "Ada");
        auto outcomes = co_await gather_outcomes(see());
        EXPECT_EQ(std::get<0>(outcomes).take(), "Ada");
    };
    on_virtual_loop(work);
}

// test_eager_task_factory, context_vars: what a child sets in its eager first step is its own.
TEST(Contexts, OfEagerTasksAreTheirOwn) {
    std::string seen;
    auto child = [&]() -> Task<> {
        seen += user.get() + " ";
        user.set("child");
        co_await sleep(1s);
        seen += user.get() + " ";
    };
    auto work = [&]() -> Task<> {
        user.set("parent");
        TaskGroup group;
        group.spawn_eagerly(child());
        EXPECT_EQ(user.get(), "parent");
        co_await group.join();
        EXPECT_EQ(user.get(), "parent");
    };
    on_virtual_loop(work);
    EXPECT_EQ(seen, "parent child ");
}

Task<int> nest(int depth) {
    level.set(level.get() + 1);
    if (depth == 0) co_return level.get();
    auto one = co_await gather(nest(depth - 1));
    co_return std::get<0>(one);
}

// Each level adds to what it inherited, and the levels above do not see it.
TEST(Contexts, Nest) {
    auto work = []() -> Task<> {
        auto deepest = co_await gather(nest(100));
        EXPECT_EQ(std::get<0>(deepest), 101);
        EXPECT_EQ(level.get(), 0);
    };
    on_virtual_loop(work);
}

// Many variables, set in any order and again and again, keep their last values.
TEST(Contexts, HoldManyVariables) {
    std::vector<ContextVar<int>> many(100);
    auto check = [&](int offset) -> Task<> {
        for (std::size_t i = 0; i < many.size(); i += 2) many[i].set(static_cast<int>(i) + offset);
        co_await sleep(1s);
        for (std::size_t i = 0; i < many.size(); ++i) {
            const int inherited = static_cast<int>(i) * 1000;
            EXPECT_EQ(many[i].get(), i % 2 == 0 ? static_cast<int>(i) + offset : inherited);
        }
    };
    auto work = [&]() -> Task<> {
        for (int round = 0; round <= 1000; ++round) {
            for (std::size_t i = 0; i < many.size(); ++i) many[i].set(static_cast<int>(i) * round);
        }
        co_await gather(check(1), check(2), check(3));
        EXPECT_EQ(many[10].get(), 10'000);
    };
    on_virtual_loop(work);
}

// test_runners, run_keeps_context: asyncio's runner has one context; here every run begins with the initial values.
TEST(Contexts, EndWithTheRun) {
    VirtualLoop loop;
    EXPECT_EQ(loop.run(become_after(1s, "Ada")), "Ada");
    auto see = []() -> Task<std::string> { co_return user.get(); };
    EXPECT_EQ(loop.run(see()), "nobody");
    EXPECT_EQ(user.get(), "nobody");
}

// Outside of tasks there is nothing to set a variable for, and to_thread sees the initial values.
TEST(Contexts, OutsideOfTasksHaveInitialValues) {
    EXPECT_THROW(user.set("Ada"), UsageError);
    std::string posted;
    auto work = [&]() -> Task<> {
        user.set("Ada");
        Loop::current().post([&] {
            posted = user.get();
            EXPECT_THROW(user.set("Grace"), UsageError);
        });
        const std::string in_thread = co_await to_thread([] { return user.get(); });
        EXPECT_EQ(in_thread, "nobody");
    };
    on_virtual_loop(work);
    EXPECT_EQ(posted, "nobody");
}

// The cleanup of a task sees the task's context, whoever cancels it.
TEST(Contexts, AreSeenByDestructors) {
    std::string seen;
    auto child = [&](std::string name, TaskGroup* cancels) -> Task<> {
        AtEnd end([&] {
            seen += user.get() + " ";
            user.set("set while it is destroyed");
        });
        user.set(name);
        co_await sleep(1s);
        if (cancels != nullptr) cancels->cancel();
        co_await sleep(1h);
    };
    auto work = [&]() -> Task<> {
        user.set("parent");
        TaskGroup group;
        group.spawn(child("cancelled by its parent", nullptr));
        co_await sleep(2s);
        group.cancel();
        group.spawn(child("cancelled by itself", &group));
        co_await group.join();
        const bool late = co_await throws<TimeoutError>(timeout(5s, child("timed out", nullptr)));
        EXPECT_TRUE(late);
        EXPECT_EQ(user.get(), "set while it is destroyed");
    };
    on_virtual_loop(work);
    EXPECT_EQ(seen, "cancelled by its parent cancelled by itself timed out ");
}

}  // namespace
}  // namespace trawl::behaviour
