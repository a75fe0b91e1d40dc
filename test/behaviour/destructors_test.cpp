// What the destructors of a cancelled task may do: spawn, cancel, wake and post, wherever they are called from.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/semaphore.hpp"

namespace trawl::behaviour {
namespace {

// A destructor may spawn into the group that is being cancelled: it can be used again, and is.
TEST(Destructors, MaySpawnIntoTheGroup) {
    with_every_seed([]() -> Task<> {
        std::string trace;
        auto child = [&](TaskGroup& group) -> Task<> {
            AtEnd end([&] { group.spawn(append_after(trace, 1s, "respawned")); });
            co_await sleep(1h);
        };
        TaskGroup group;
        group.spawn(child(group));
        co_await sleep(1s);
        group.cancel();
        EXPECT_EQ(group.size(), 1U);
        co_await group.join();
        EXPECT_EQ(trace, "respawned ");
    });
}

// A destructor may spawn into a group that is being destroyed: what it spawns is destroyed with it.
TEST(Destructors, MaySpawnIntoAGroupThatEnds) {
    int alive = 0;
    with_every_seed([&]() -> Task<> {
        auto child = [&](TaskGroup& group) -> Task<> {
            AtEnd end([&] {
                group.spawn(hold(Alive(alive)));
                group.spawn_eagerly(hold(Alive(alive)));
            });
            co_await sleep(1h);
        };
        {
            TaskGroup group;
            group.spawn(child(group));
            co_await sleep(1s);
        }
        EXPECT_EQ(alive, 0);
    });
}

// A destructor may cancel its own group, again, and a sibling's.
TEST(Destructors, MayCancelTheirGroup) {
    int alive = 0;
    with_every_seed([&]() -> Task<> {
        auto child = [&](TaskGroup& group, TaskGroup& other) -> Task<> {
            const Alive mark(alive);
            AtEnd end([&] {
                group.cancel();
                other.cancel();
            });
            co_await sleep(1h);
        };
        TaskGroup one;
        TaskGroup two;
        for (int i = 0; i < 3; ++i) one.spawn(child(one, two));
        for (int i = 0; i < 3; ++i) two.spawn(child(two, one));
        co_await sleep(1s);
        EXPECT_EQ(alive, 6);
        one.cancel();
        EXPECT_EQ(alive, 0);
        co_await two.join();
    });
}

// A destructor cancels the group that its own parent is in: the parent goes, but after its child.
TEST(Destructors, MayCancelTheirAncestors) {
    std::string trace;
    with_every_seed([&]() -> Task<> {
        trace.clear();
        TaskGroup* inner = nullptr;
        auto child = [&](TaskGroup& outer, std::string& of_parent) -> Task<> {
            AtEnd last([&] { trace += of_parent + "child "; });
            AtEnd first([&] { outer.cancel(); });
            co_await sleep(1h);
        };
        auto parent = [&](TaskGroup& outer) -> Task<> {
            std::string mine = "a text of the parent, too long for a small string; ";
            AtEnd end = writes(trace, "parent");
            TaskGroup group;
            inner = &group;
            group.spawn(child(outer, mine));
            group.spawn(child(outer, mine));
            co_await group.join();
        };
        TaskGroup outer;
        outer.spawn(parent(outer));
        co_await sleep(1s);
        inner->cancel();
        co_await outer.join();
        const std::string child_trace = "a text of the parent, too long for a small string; child ";
        EXPECT_EQ(trace, child_trace + child_trace + "parent ");
    });
}

// A destructor may wake others: they go on in their turn, and what it gives back is given on.
TEST(Destructors, MayWake) {
    with_every_seed([]() -> Task<> {
        std::string trace;
        Event event;
        Semaphore semaphore(1);
        auto holding = [&]() -> Task<> {
            const auto permit = co_await semaphore.acquire();
            AtEnd end([&] { event.set(); });
            co_await sleep(1h);
        };
        auto waiting = [&]() -> Task<> {
            co_await event.wait();
            const auto permit = co_await semaphore.acquire();
            trace += "woken ";
        };
        TaskGroup holders;
        TaskGroup waiters;
        holders.spawn(holding());
        waiters.spawn(waiting());
        co_await sleep(1s);
        holders.cancel();
        trace += "cancelled ";
        co_await waiters.join();
        EXPECT_EQ(trace, "cancelled woken ");
    });
}

// A destructor may post: the call runs after the step.
TEST(Destructors, MayPost) {
    with_every_seed([]() -> Task<> {
        std::string trace;
        auto child = [&]() -> Task<> {
            AtEnd end([&] { Loop::current().post([&] { trace += "posted "; }); });
            co_await sleep(1h);
        };
        TaskGroup group;
        group.spawn(child());
        co_await sleep(1s);
        group.cancel();
        trace += "cancelled ";
        co_await sleep(1s);
        EXPECT_EQ(trace, "cancelled posted ");
    });
}

// Destructors of a task that cancelled itself start others that cancel themselves: all of them are gone in the end.
TEST(Destructors, MayStartTasksThatCancelThemselves) {
    int alive = 0;
    auto quitting = [&](std::shared_ptr<TaskGroup> own) -> Task<> {
        const Alive mark(alive);
        own->cancel();
        co_await sleep(1h);
    };
    with_every_seed([&]() -> Task<> {
        TaskGroup group;
        std::vector<std::shared_ptr<TaskGroup>> others;
        for (int i = 0; i < 20; ++i) others.push_back(std::make_shared<TaskGroup>());
        auto child = [&]() -> Task<> {
            const Alive mark(alive);
            AtEnd end([&] {
                for (const auto& other : others) other->spawn_eagerly(quitting(other));
            });
            co_await sleep(1s);
            group.cancel();
            co_await sleep(1s);
        };
        for (int i = 0; i < 3; ++i) group.spawn(child());
        co_await group.join();
        co_await sleep(1s);
        EXPECT_EQ(alive, 0);
    });
}

// A posted call cancels, outside of any task, and a destructor cancels further out: nothing is left.
TEST(Destructors, CalledByAPostedCallReachesAncestors) {
    std::string trace;
    VirtualLoop loop;
    TaskGroup outer;
    TaskGroup* inner = nullptr;
    auto child = [&]() -> Task<> {
        AtEnd last = writes(trace, "child");
        AtEnd first([&] { outer.cancel(); });
        co_await sleep(1h);
    };
    auto parent = [&]() -> Task<> {
        AtEnd end = writes(trace, "parent");
        TaskGroup group;
        inner = &group;
        group.spawn(child());
        co_await group.join();
    };
    outer.spawn(parent());
    auto work = [&]() -> Task<> {
        co_await sleep(1s);
        loop.post([&] { inner->cancel(); });
        co_await sleep(1s);
        EXPECT_EQ(trace, "child parent ");
    };
    loop.run(work());
}

}  // namespace
}  // namespace trawl::behaviour
