// Names, parents, dumps, slow steps, deadlocks: asyncio's all_tasks, Task.get_name, print_call_graph (3.14) and
// slow_callback_duration.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/base/clock.hpp"
#include "trawl/coro/async_generator.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/coro/task_set.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/shield.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/semaphore.hpp"

namespace trawl::behaviour {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Task<> join(TaskGroup& group) { co_await group.join(); }

// bare_create_named_task, Task.set_name: a name is the task's own; it may be changed; a child has none.
TEST(Introspection, NamesAreTheTasksOwn) {
    std::vector<std::string> names;
    auto grandchild = [&]() -> Task<> {
        names.emplace_back(current_task()->name());
        co_return;
    };
    auto child = [&]() -> Task<> {
        names.emplace_back(current_task()->name());
        current_task()->set_name("renamed");
        TaskGroup group;
        group.spawn(grandchild());
        co_await group.join();
        names.emplace_back(current_task()->name());
    };
    auto work = [&]() -> Task<> {
        current_task()->set_name("the main one");
        TaskGroup group;
        group.spawn(child(), "named");
        co_await group.join();
        names.emplace_back(current_task()->name());
    };
    on_virtual_loop(work);
    EXPECT_THAT(names, ::testing::ElementsAre("named", "", "renamed", "the main one"));
}

// A task that was named is not confused with a later one in the same memory.
TEST(Introspection, NamesEndWithTheirTasks) {
    auto work = []() -> Task<> {
        std::vector<std::string> names;
        auto child = [&]() -> Task<> {
            names.emplace_back(current_task()->name());
            co_return;
        };
        TaskGroup group;
        for (int i = 0; i < 20; ++i) {
            group.spawn(child(), i % 2 == 0 ? "named" : "");
            co_await group.join();
        }
        EXPECT_EQ(std::count(names.begin(), names.end(), "named"), 10);
    };
    on_virtual_loop(work);
}

Task<> check_parent(const TaskNode* expected, int& checked) {
    EXPECT_EQ(current_task()->parent(), expected);
    ++checked;
    co_return;
}

// The parent is the task that has the group, whoever spawns into it; the main task has none.
TEST(Introspection, ParentsAreTheOwnersOfTheGroup) {
    auto work = []() -> Task<> {
        const TaskNode* main = current_task();
        EXPECT_EQ(main->parent(), nullptr);
        int checked = 0;
        auto child = [&](TaskGroup& group) -> Task<> {
            EXPECT_EQ(current_task()->parent(), main);
            group.spawn(check_parent(main, checked));
            co_await gather(check_parent(current_task(), checked), check_parent(current_task(), checked));
        };
        TaskGroup group;
        group.spawn(child(group));
        co_await group.join();
        EXPECT_EQ(checked, 3);
    };
    on_virtual_loop(work);
}

Task<> wait_in_a_semaphore(Semaphore& semaphore) { static_cast<void>(co_await semaphore.acquire()); }
Task<> wait_in_a_gather() { co_await gather(nap(1h), nap(2h)); }
Task<> wait_in_a_set() {
    TaskSet<void> set;
    set.add(nap(1h));
    static_cast<void>(co_await set.next());
}
Task<> wait_in_a_shield(TaskGroup& group) { co_await shield(group, nap(1h)); }
Task<> wait_in_a_timeout(Event& event) { co_await timeout(90min, event.wait()); }

// print_call_graph: the dump says of each task what it waits for, and where.
TEST(Introspection, DumpsSayWhatEachWaitsFor) {
    auto work = []() -> Task<> {
        Semaphore semaphore(1);
        const auto permit = co_await semaphore.acquire();
        Event event;
        TaskGroup shielding;
        TaskGroup group;
        group.spawn(wait_in_a_semaphore(semaphore));
        group.spawn(wait_in_a_gather());
        group.spawn(wait_in_a_set());
        group.spawn(wait_in_a_shield(shielding));
        group.spawn(wait_in_a_timeout(event));
        group.spawn(nap(90s), "a nap");
        co_await sleep(1s);
        const std::string dump = dump_tasks();
        EXPECT_THAT(dump, HasSubstr("wait_in_a_semaphore: waits for Semaphore (0 of 1 free"));
        EXPECT_THAT(dump, HasSubstr("wait_in_a_gather: waits for gather (2 of 2 at work), at "));
        EXPECT_THAT(dump, HasSubstr("nap: waits for sleep, 3599 s left, at behaviour.hpp:"));
        EXPECT_THAT(dump, HasSubstr("wait_in_a_set: waits for TaskSet (1 at work, 0 ended), at "));
        EXPECT_THAT(dump, HasSubstr("waits for shield, at shield.hpp:"));
        EXPECT_THAT(dump, HasSubstr("\n  shielded: waits for sleep"));
        EXPECT_THAT(dump, HasSubstr("\n  a nap: waits for sleep, 89 s left, at behaviour.hpp:"));
        EXPECT_THAT(dump, HasSubstr("wait_in_a_timeout: waits for "));
        EXPECT_THAT(dump, HasSubstr(": runs now\n"));
    };
    on_virtual_loop(work);
}

// all_tasks: before its first step a task is there; after its end, or cancelled, it is not.
TEST(Introspection, DumpsHoldTheLivingOnly) {
    auto work = []() -> Task<> {
        TaskGroup group;
        group.spawn(nap(1s), "quick");
        group.spawn(nap(1h), "slow");
        EXPECT_THAT(dump_tasks(), HasSubstr("  quick: waits for its first step\n"));
        co_await sleep(2s);
        EXPECT_THAT(dump_tasks(), Not(HasSubstr("quick")));
        EXPECT_THAT(dump_tasks(), HasSubstr("slow"));
        group.cancel();
        EXPECT_THAT(dump_tasks(), Not(HasSubstr("slow")));
    };
    on_virtual_loop(work);
    EXPECT_EQ(dump_tasks(), "");
}

// all_tasks_with_eager_completion: during an eager first step both tasks are there.
TEST(Introspection, DumpsHoldTasksThatBeganEagerly) {
    auto child = []() -> Task<> {
        EXPECT_THAT(dump_tasks(), HasSubstr("  eager: runs now\n"));
        co_await sleep(1s);
    };
    auto work = [&]() -> Task<> {
        current_task()->set_name("starter");
        TaskGroup group;
        group.spawn_eagerly(child(), "eager");
        EXPECT_THAT(dump_tasks(), HasSubstr("starter: runs now\n  eager: waits for sleep"));
        co_await group.join();
    };
    on_virtual_loop(work);
}

// A task that cancelled itself is there until it waits, below its parent.
TEST(Introspection, DumpsHoldTasksThatAreToBeDestroyed) {
    auto child = [](TaskGroup& group) -> Task<> {
        co_await sleep(1s);
        group.cancel();
        EXPECT_THAT(dump_tasks(), HasSubstr("parent: waits for TaskGroup (0 at work)"));
        EXPECT_THAT(dump_tasks(), HasSubstr("\n  child: runs now\n"));
    };
    auto work = [&]() -> Task<> {
        current_task()->set_name("parent");
        TaskGroup group;
        group.spawn(child(group), "child");
        co_await group.join();
        EXPECT_THAT(dump_tasks(), Not(HasSubstr("child")));
    };
    on_virtual_loop(work);
}

Task<std::string> dump_from(int depth) {
    if (depth == 0) {
        co_await sleep(1s);
        co_return "";
    }
    std::string below = co_await dump_from(depth - 1);
    co_return below;
}

// A deep chain is shown from the inside, a few frames of it.
TEST(Introspection, DumpsShowTheInnermostFramesOfAChain) {
    auto work = []() -> Task<> {
        TaskSet<std::string> set;
        set.add(dump_from(99));
        co_await sleep(0s);
        EXPECT_THAT(dump_tasks(), HasSubstr("dump_from: waits for sleep, 1 s left, at introspection_test.cpp:"));
        EXPECT_THAT(dump_tasks(), HasSubstr(" < 92 more\n"));
    };
    on_virtual_loop(work);
}

Task<> wait_for_nothing() { co_return; }
Task<> be_quick() { co_await timeout(1h, wait_for_nothing()); }

// A timeout that is over is not what its task waits for, also when the task never waited.
TEST(Introspection, DumpsForgetTimeoutsThatAreOver) {
    auto eager = []() -> Task<> {
        EXPECT_THAT(dump_tasks(), HasSubstr("main: "));
        EXPECT_THAT(dump_tasks(), Not(HasSubstr("timeout")));
        co_return;
    };
    auto work = [&]() -> Task<> {
        current_task()->set_name("main");
        co_await be_quick();
        EXPECT_THAT(dump_tasks(), HasSubstr("main: runs now\n"));
        TaskGroup group;
        group.spawn_eagerly(eager());
        co_await group.join();
    };
    on_virtual_loop(work);
}

// A generator's frames are part of the chain of the task that asks it.
TEST(Introspection, DumpsShowGenerators) {
    auto values = []() -> AsyncGenerator<int> {
        co_await sleep(1h);
        co_yield 1;
    };
    auto asking = [&]() -> Task<> {
        auto generator = values();
        static_cast<void>(co_await generator.next());
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(asking(), "asking");
        co_await sleep(1s);
        EXPECT_THAT(dump_tasks(), HasSubstr("asking: waits for sleep, 3599 s left, at introspection_test.cpp:"));
        EXPECT_THAT(dump_tasks(), HasSubstr(" < introspection_test.cpp:"));
    };
    on_virtual_loop(work);
}

// A dump is bounded, and says what it leaves out.
TEST(Introspection, DumpsAreBounded) {
    auto work = []() -> Task<> {
        TaskGroup group;
        for (int i = 0; i < 2000; ++i) group.spawn(nap(1h));
        co_await sleep(1s);
        const std::string dump = dump_tasks(10);
        EXPECT_EQ(std::count(dump.begin(), dump.end(), '\n'), 11);
        EXPECT_THAT(dump, HasSubstr("... and 1991 more tasks\n"));
    };
    on_virtual_loop(work);
}

// A child that joins its own group waits for itself: the report shows it.
TEST(Introspection, ADeadlockIsReportedWithItsTasks) {
    int alive = 0;
    auto child = [&](TaskGroup& group) -> Task<> {
        const Alive mark(alive);
        co_await join(group);
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(child(group), "waits for itself");
        Event never;
        co_await never.wait();
    };
    std::string said;
    try {
        on_virtual_loop(work);
    } catch (const DeadlockError& error) {
        said = error.what();
    }
    EXPECT_THAT(said, HasSubstr("waits for Event, at introspection_test.cpp:"));
    EXPECT_THAT(said, HasSubstr("\n  waits for itself: waits for TaskGroup (1 at work), at introspection_test.cpp:"));
    EXPECT_EQ(alive, 0);
}

void be_busy(Duration duration) {
    const auto end = Clock::now() + duration;
    while (Clock::now() < end) {
    }
}

Task<> keep_everybody_waiting() {
    co_await sleep(1ms);
    be_busy(150ms);
    co_await sleep(1ms);
}

// slow_callback_duration: a step that takes too long is reported, with the task and where it is; quick ones are not.
TEST(Introspection, ASlowStepIsReported) {
    std::vector<SlowStep> steps;
    Loop loop;
    loop.warn_of_slow_steps(100ms, [&](const SlowStep& step) { steps.push_back(step); });
    auto work = []() -> Task<> {
        TaskGroup group;
        group.spawn(keep_everybody_waiting(), "the slow one");
        group.spawn(nap(1ms), "the quick one");
        co_await group.join();
    };
    loop.run(work());
    EXPECT_EQ(steps.size(), 1U);
    EXPECT_THAT(steps.at(0).task, HasSubstr("the slow one"));
    EXPECT_THAT(steps.at(0).task, HasSubstr("introspection_test.cpp:"));
    EXPECT_GE(steps.at(0).took, 100ms);
}

// A slow first step that is taken eagerly is the child's, and a limit of zero reports nothing.
TEST(Introspection, ASlowEagerStepIsTheChilds) {
    std::vector<SlowStep> steps;
    auto busy = []() -> Task<> {
        be_busy(150ms);
        co_return;
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn_eagerly(busy(), "eager");
        co_await group.join();
    };
    Loop loop;
    loop.warn_of_slow_steps(100ms, [&](const SlowStep& step) { steps.push_back(step); });
    loop.run(work());
    EXPECT_EQ(steps.size(), 1U);
    EXPECT_THAT(steps.at(0).task, HasSubstr("eager"));
    loop.warn_of_slow_steps(0s, [&](const SlowStep& step) { steps.push_back(step); });
    loop.run(work());
    EXPECT_EQ(steps.size(), 1U);
}

}  // namespace
}  // namespace trawl::behaviour
