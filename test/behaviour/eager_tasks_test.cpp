// Tasks that begin at once: asyncio's test_eager_task_factory.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"

namespace trawl::behaviour {
namespace {

Task<> join(TaskGroup& group) { co_await group.join(); }

Task<> fail_at_once() {
    throw UsageError("at once");
    co_return;
}

// eager_completion: what need not wait has ended when it was started.
TEST(EagerTasks, ThatNeedNotWaitHaveEnded) {
    std::string trace;
    auto quick = [&]() -> Task<> {
        trace += "child ";
        co_return;
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn_eagerly(quick());
        trace += "parent";
        EXPECT_EQ(group.size(), 0U);
        co_await group.join();
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "child parent");
}

// block_after_eager_step.
TEST(EagerTasks, ThatWaitGoOnLater) {
    std::string trace;
    auto slow = [&]() -> Task<> {
        trace += "begun ";
        co_await sleep(1s);
        trace += "ended";
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn_eagerly(slow());
        trace += "spawned ";
        EXPECT_EQ(group.size(), 1U);
        co_await group.join();
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "begun spawned ended");
}

// current_task: the child while it runs, then the parent again.
TEST(EagerTasks, AreTheCurrentTaskWhileTheyRun) {
    const TaskNode* parent = nullptr;
    auto child = [&]() -> Task<> {
        EXPECT_NE(current_task(), parent);
        EXPECT_EQ(current_task()->parent(), parent);
        const TaskNode* mine = current_task();
        co_await sleep(1s);
        EXPECT_EQ(current_task(), mine);
    };
    auto work = [&]() -> Task<> {
        parent = current_task();
        TaskGroup group;
        group.spawn_eagerly(child());
        EXPECT_EQ(current_task(), parent);
        co_await group.join();
    };
    on_virtual_loop(work);
}

// An error in the first step destroys the siblings at once, and is thrown by join().
TEST(EagerTasks, AnErrorInTheFirstStepIsTheGroups) {
    int alive = 0;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(hold(Alive(alive)));
        group.spawn_eagerly(fail_at_once());
        EXPECT_EQ(alive, 0);
        EXPECT_EQ(group.errors().size(), 1U);
        const std::string thrown = co_await error_of(join(group));
        EXPECT_EQ(thrown, "at once");
    };
    on_virtual_loop(work);
}

// A child starts a sibling that fails at once: the child is destroyed with the others, but when it next suspends.
TEST(EagerTasks, AnErrorDestroysTheSiblingThatStartedItWhenItSuspends) {
    std::string trace;
    auto starting = [&](TaskGroup& group, AtEnd end) -> Task<> {
        co_await sleep(1s);
        group.spawn_eagerly(fail_at_once());
        trace += "runs on ";
        static_cast<void>(end);
        co_await sleep(1s);
        trace += "never ";
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(starting(group, writes(trace, "destroyed")));
        const std::string thrown = co_await error_of(join(group));
        trace += thrown;
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "runs on destroyed at once");
}

// A sibling that is started eagerly cancels the group: who started it, and it itself, end when they suspend.
TEST(EagerTasks, MayCancelTheSiblingThatStartedThem) {
    std::string trace;
    auto cancelling = [&](TaskGroup& group, AtEnd end) -> Task<> {
        group.cancel();
        trace += "cancelled ";
        static_cast<void>(end);
        co_await sleep(1s);
        trace += "never ";
    };
    auto starting = [&](TaskGroup& group, AtEnd end) -> Task<> {
        co_await sleep(1s);
        group.spawn_eagerly(cancelling(group, writes(trace, "second")));
        trace += "runs on ";
        static_cast<void>(end);
        co_await sleep(1s);
        trace += "never ";
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(starting(group, writes(trace, "first")));
        co_await group.join();
        trace += "joined";
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "cancelled second runs on first joined");
}

// Cancelled in its first step, it is gone when it has suspended: its parent may leave what it referred to.
TEST(EagerTasks, CancelledInTheirFirstStepAreGoneWhenTheySuspend) {
    std::string trace;
    auto child = [&](TaskGroup& group, std::string& of_parent) -> Task<> {
        AtEnd end([&] { of_parent += "child "; });
        group.cancel();
        co_await sleep(1s);
    };
    auto parent = [&]() -> Task<> {
        std::string mine;
        {
            TaskGroup group;
            group.spawn_eagerly(child(group, mine));
            mine += "parent ";
            co_await group.join();
        }
        trace += mine;
    };
    auto work = [&]() -> Task<> { co_await parent(); };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "child parent ");
}

// Started by a posted call, outside of any task, and cancelled in its first step.
TEST(EagerTasks, StartedOutsideOfATaskMayCancelThemselves) {
    VirtualLoop loop;
    std::string trace;
    auto child = [](TaskGroup& group, AtEnd end) -> Task<> {
        group.cancel();
        static_cast<void>(end);
        co_await sleep(1s);
    };
    TaskGroup group;
    group.spawn_eagerly(child(group, writes(trace, "child")));
    trace += "started";
    loop.run(nap(2s));
    EXPECT_EQ(trace, "child started");
}

Task<> start_next(TaskGroup& group, int left, int& begun) {
    ++begun;
    if (left > 0) group.spawn_eagerly(start_next(group, left - 1, begun));
    co_await sleep(1s);
}

// recursive_taskgroups: each starts the next one in its first step.
TEST(EagerTasks, MayStartEachOther) {
    int begun = 0;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn_eagerly(start_next(group, 1000, begun));
        EXPECT_EQ(begun, 1001);
        EXPECT_EQ(group.size(), 1001U);
        co_await group.join();
    };
    on_virtual_loop(work);
}

// issue105987: many that wait for one another's end.
TEST(EagerTasks, WakeEachOther) {
    with_every_seed([]() -> Task<> {
        int ended = 0;
        std::vector<Event> events(100);
        auto link = [&](std::size_t i) -> Task<> {
            if (i > 0) co_await events[i - 1].wait();
            ++ended;
            events[i].set();
        };
        TaskGroup group;
        for (std::size_t i = events.size(); i-- > 0;) group.spawn_eagerly(link(i));
        co_await group.join();
        EXPECT_EQ(ended, 100);
    });
}

// A timeout around a coroutine that starts eagerly: what was interrupted is still the right frame.
TEST(EagerTasks, StartedByATimedOutTasksDestructorsRun) {
    std::string trace;
    auto child = [&]() -> Task<> {
        trace += "child ";
        co_await sleep(1s);
        trace += "later";
    };
    auto inner = [&](TaskGroup& group) -> Task<> {
        AtEnd end([&] { group.spawn_eagerly(child()); });
        co_await sleep(1h);
    };
    auto outer = [&](TaskGroup& group) -> Task<> {
        AtEnd end = writes(trace, "outer");
        co_await inner(group);
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        const bool late = co_await throws<TimeoutError>(timeout(1s, outer(group)));
        EXPECT_TRUE(late);
        co_await group.join();
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "child outer later");
}

}  // namespace
}  // namespace trawl::behaviour
