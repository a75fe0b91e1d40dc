// Cancelling is destroying: what asyncio's tests of cancel() become. There is no CancelledError to catch, delay or
// swallow; destructors are the cleanup (destructors_test.cpp says what they may do).

#include <gtest/gtest.h>

#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/thread.hpp"
#include "trawl/net/memory_stream.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/semaphore.hpp"

namespace trawl::behaviour {
namespace {

Task<> join(TaskGroup& group) { co_await group.join(); }

// Frames go innermost first; in a frame, locals in reverse, then arguments.
TEST(Cancellation, DestroysInnermostFirst) {
    std::string trace;
    auto inner = [&](AtEnd argument) -> Task<> {
        AtEnd first = writes(trace, "inner-1");
        AtEnd second = writes(trace, "inner-2");
        co_await sleep(1h);
        static_cast<void>(argument);
    };
    auto outer = [&](AtEnd argument) -> Task<> {
        AtEnd local = writes(trace, "outer");
        co_await inner(writes(trace, "inner-argument"));
        static_cast<void>(argument);
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(outer(writes(trace, "outer-argument")));
        co_await sleep(1s);
        group.cancel();
        trace += "cancelled";
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "inner-2 inner-1 inner-argument outer outer-argument cancelled");
}

// Children go before what their parent had when it started them, in the order of their starts.
TEST(Cancellation, DestroysChildrenBeforeWhatTheyReferTo) {
    std::string trace;
    auto child = [&](std::string& of_parent, std::string name) -> Task<> {
        AtEnd end([&, name] { of_parent += name + " "; });
        co_await sleep(1h);
    };
    auto parent = [&]() -> Task<> {
        std::string mine;
        AtEnd report([&] { trace += mine; });
        TaskGroup group;
        group.spawn(child(mine, "a"));
        group.spawn(child(mine, "b"));
        co_await group.join();
    };
    with_every_seed([&]() -> Task<> {
        trace.clear();
        TaskGroup group;
        group.spawn(parent());
        co_await sleep(1s);
        group.cancel();
        EXPECT_TRUE(trace == "a b " || trace == "b a ") << trace;
    });
}

// test_tasks, cancel before the first step: the body never begins; the arguments go.
TEST(Cancellation, BeforeTheFirstStepRunsNothing) {
    int alive = 0;
    bool began = false;
    auto child = [&](Alive mark) -> Task<> {
        began = true;
        static_cast<void>(mark);
        co_return;
    };
    with_every_seed([&]() -> Task<> {
        TaskGroup group;
        group.spawn(child(Alive(alive)));
        EXPECT_EQ(alive, 1);
        group.cancel();
        EXPECT_EQ(alive, 0);
        co_await group.join();
        EXPECT_FALSE(began);
    });
}

// test_tasks, cancel_inner_future: what was woken and is destroyed before its turn does not go on.
TEST(Cancellation, OfWhatWasWokenTakesItsTurnAway) {
    with_every_seed([]() -> Task<> {
        bool went_on = false;
        auto waiting = [&](Event& event) -> Task<> {
            co_await event.wait();
            went_on = true;
        };
        Event event;
        TaskGroup group;
        for (int i = 0; i < 5; ++i) group.spawn(waiting(event));
        co_await sleep(1s);
        event.set();
        group.cancel();
        co_await sleep(1s);
        EXPECT_FALSE(went_on);
    });
}

// test_tasks, cancel_current_task: who cancels itself goes on until it waits; twice is once.
TEST(Cancellation, FromWithinTakesEffectAtTheNextWait) {
    std::string trace;
    auto inner = [&](TaskGroup& group) -> Task<> {
        AtEnd end = writes(trace, "inner");
        group.cancel();
        group.cancel();
        trace += "runs ";
        co_await sleep(0s);
        trace += "never ";
    };
    auto child = [&](TaskGroup& group) -> Task<> {
        AtEnd end = writes(trace, "outer");
        co_await inner(group);
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(child(group));
        co_await group.join();
        trace += "joined";
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "runs inner outer joined");
}

// test_tasks, cancel_at_end: who cancels itself and then ends has ended.
TEST(Cancellation, FromWithinBeforeTheEndIsAnEnd) {
    with_every_seed([]() -> Task<> {
        int alive = 0;
        auto child = [](TaskGroup& group, Alive mark) -> Task<> {
            co_await sleep(1s);
            group.cancel();
            static_cast<void>(mark);
        };
        TaskGroup group;
        group.spawn(child(group, Alive(alive)));
        group.spawn(hold(Alive(alive)));
        co_await group.join();
        EXPECT_EQ(alive, 0);
    });
}

// A grandchild cancels the group that its grandparent is in: everything goes when it waits, innermost first.
TEST(Cancellation, FromAGrandchildGoesInnermostFirst) {
    std::string trace;
    auto grandchild = [&](TaskGroup& outermost) -> Task<> {
        AtEnd end = writes(trace, "grandchild");
        co_await sleep(1s);
        outermost.cancel();
        trace += "cancelled ";
        co_await sleep(1s);
    };
    auto child = [&](TaskGroup& outermost) -> Task<> {
        AtEnd end = writes(trace, "child");
        co_await gather(grandchild(outermost), nap(1h));
    };
    auto parent = [&](TaskGroup& outermost) -> Task<> {
        AtEnd end = writes(trace, "parent");
        TaskGroup group;
        group.spawn(child(outermost));
        co_await group.join();
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(parent(group));
        co_await group.join();
        trace += "joined";
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "cancelled grandchild child parent joined");
}

// A grandchild cancels its own group, its parent's and its grandparent's in one step, from inside out and back.
TEST(Cancellation, OfSeveralLevelsAtOnceGoesInnermostFirst) {
    std::string trace;
    auto level = [&](auto self, std::vector<TaskGroup*> above, int depth) -> Task<> {
        AtEnd end = writes(trace, std::to_string(depth));
        if (depth == 3) {
            co_await sleep(1s);
            for (TaskGroup* group : above) group->cancel();
            co_await sleep(1s);
        }
        TaskGroup group;
        above.insert(above.begin() + depth % 2, &group);
        group.spawn(self(self, above, depth + 1));
        co_await group.join();
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(level(level, {&group}, 0));
        co_await group.join();
        trace += "joined";
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "3 2 1 0 joined");
}

// A group is cancelled while the error of a child waits for its joiner: the error is not lost.
TEST(Cancellation, WhileAnErrorWaitsForItsJoinerDoesNotLoseIt) {
    auto work = []() -> Task<> {
        auto failing = [](TaskGroup& outer) -> Task<> {
            co_await sleep(1s);
            static_cast<void>(outer);
            throw UsageError("on its way");
        };
        auto parent = [&](TaskGroup& outer, Event& failed) -> Task<> {
            TaskGroup group;
            AtEnd told([&] { failed.set(); });
            group.spawn(failing(outer));
            co_await sleep(2s);
            co_await group.join();
        };
        Event failed;
        TaskGroup outer;
        outer.spawn(parent(outer, failed));
        co_await sleep(1500ms);
        outer.cancel();
        EXPECT_TRUE(failed.is_set());
    };
    EXPECT_THROW(on_virtual_loop(work), UsageError);
}

// A coroutine that waits in something unknown to us is destroyed all the same.
TEST(Cancellation, ReachesForeignAwaitables) {
    int alive = 0;
    auto inner = [&]() -> Task<> {
        const Alive mark(alive);
        co_await std::suspend_always();
    };
    auto outer = [&]() -> Task<> {
        const Alive mark(alive);
        co_await inner();
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(outer());
        co_await sleep(1s);
        EXPECT_EQ(alive, 2);
        group.cancel();
        EXPECT_EQ(alive, 0);
    };
    on_virtual_loop(work);
}

// asyncio.to_thread: work that has not begun never does; nobody is woken for it.
TEST(Cancellation, OfToThreadBeforeItBeginsRunsNothing) {
    bool ran = false;
    auto child = [&]() -> Task<> { co_await to_thread([](bool* flag) { *flag = true; }, &ran); };
    with_every_seed([&]() -> Task<> {
        TaskGroup group;
        group.spawn_eagerly(child());
        group.cancel();
        co_await sleep(1s);
        EXPECT_FALSE(ran);
    });
}

// A receive that is destroyed in the instant of an arrival leaves the bytes to the next one.
TEST(Cancellation, OfAReceiveLosesNoBytes) {
    with_every_seed([]() -> Task<> {
        auto ends = MemoryStream::connected();
        auto receive = [](MemoryStream& from, std::string& into) -> Task<> {
            Buffer buffer = co_await from.receive();
            into.append(buffer.data(), buffer.size());
        };
        std::string first;
        std::string second;
        TaskGroup group;
        group.spawn(receive(ends.first, first));
        co_await sleep(1s);
        co_await ends.second.send("bytes");
        group.cancel();
        co_await receive(ends.first, second);
        EXPECT_EQ(first + second, "bytes");
    });
}

Task<> nest_groups(int left, int& alive) {
    const Alive mark(alive);
    TaskGroup group;
    group.spawn(left == 0 ? nap(1h) : nest_groups(left - 1, alive));
    co_await group.join();
}

Task<> nest_gathers(int left, int& alive) {
    const Alive mark(alive);
    std::vector<Task<>> one;
    one.push_back(left == 0 ? nap(1h) : nest_gathers(left - 1, alive));
    co_await gather(std::move(one));
}

constexpr int kDeepest = static_cast<int>(TaskOwner::kDepthMax);

// The deepest tree of groups is destroyed on an ordinary stack.
TEST(Cancellation, ReachesTheDeepestTreeOfGroups) {
    int alive = 0;
    auto work = [&]() -> Task<> {
        const bool late = co_await throws<TimeoutError>(timeout(1s, nest_groups(kDeepest, alive)));
        EXPECT_TRUE(late);
        EXPECT_EQ(alive, 0);
    };
    on_virtual_loop(work);
}

TEST(Cancellation, ReachesTheDeepestTreeOfGathers) {
    int alive = 0;
    auto work = [&]() -> Task<> {
        const bool late = co_await throws<TimeoutError>(timeout(1s, nest_gathers(kDeepest, alive)));
        EXPECT_TRUE(late);
        EXPECT_EQ(alive, 0);
    };
    on_virtual_loop(work);
}

// One level more is an error that says what to do, and nothing is left behind.
TEST(Cancellation, ATreeThatIsTooDeepIsAClearError) {
    int alive = 0;
    auto work = [&]() -> Task<> {
        const std::string groups = co_await error_of(nest_groups(kDeepest + 1, alive));
        EXPECT_NE(groups.find(format("nested {} deep", TaskOwner::kDepthMax + 1)), std::string::npos) << groups;
        const std::string gathers = co_await error_of(nest_gathers(kDeepest + 1, alive));
        EXPECT_NE(gathers.find("Start them from one TaskGroup"), std::string::npos) << gathers;
        EXPECT_EQ(alive, 0);
    };
    on_virtual_loop(work);
}

Task<int> count_down(int left, int& alive) {
    const Alive mark(alive);
    if (left == 0) co_await sleep(1h);
    if (left == 0) co_return 0;
    const int rest = co_await count_down(left - 1, alive);
    co_return rest + 1;
}

// A chain of any depth is destroyed on an ordinary stack, here by a timeout.
TEST(Cancellation, ReachesAMillionFrames) {
    int alive = 0;
    auto work = [&]() -> Task<> {
        const bool late = co_await throws<TimeoutError>(timeout(1s, count_down(1'000'000, alive)));
        EXPECT_TRUE(late);
        EXPECT_EQ(alive, 0);
    };
    on_virtual_loop(work);
}

// A timeout in the middle of a deep chain takes what is below it, and what is above goes on.
TEST(Cancellation, InTheMiddleOfADeepChainTakesWhatIsBelow) {
    int alive = 0;
    auto chain = [&](auto self, int above) -> Task<bool> {
        const Alive mark(alive);
        if (above > 0) co_return co_await self(self, above - 1);
        const bool late = co_await throws<TimeoutError>(timeout(1s, count_down(100'000, alive)));
        EXPECT_EQ(alive, 100'001);
        co_return late;
    };
    auto work = [&]() -> Task<> {
        const bool late = co_await chain(chain, 100'000);
        EXPECT_TRUE(late);
    };
    on_virtual_loop(work);
    EXPECT_EQ(alive, 0);
}

// What a deep tree does in any order: everything ends, nothing is left, and every error has one receiver.
class Storm {
public:
    explicit Storm(int& alive) : alive_(&alive) {}

    Task<> grow(int depth, std::uint32_t seed) {
        const Alive mark(*alive_);
        TaskGroup group(seed % 3 == 0 ? OnError::kCollect : OnError::kCancel);
        groups_.push_back(&group);
        AtEnd forget([this, &group] { std::erase(groups_, &group); });
        if (depth > 0) {
            for (std::uint32_t i = 0; i < 3; ++i) group.spawn(grow(depth - 1, next(seed + i)));
            group.spawn_eagerly(act(next(seed)));
        }
        co_await sleep(seed % 7 * 1ms);
        static_cast<void>(co_await throws<Error>(timeout(seed % 11 * 1ms, join(group))));
    }

private:
    static std::uint32_t next(std::uint32_t seed) { return (seed * 1664525U + 1013904223U) >> 3; }
    Task<> act(std::uint32_t seed) {
        const Alive mark(*alive_);
        co_await sleep(seed % 5 * 1ms);
        groups_[seed % groups_.size()]->cancel();
        co_await sleep(seed % 2 * 1ms);
        if (seed % 4 == 0) throw UsageError("of the storm");
    }

    int* alive_;
    std::vector<TaskGroup*> groups_;
};

TEST(Cancellation, AStormLeavesNothing) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SCOPED_TRACE(seed);
        int alive = 0;
        VirtualLoop loop(seed);
        Storm storm(alive);
        try {
            loop.run(storm.grow(4, static_cast<std::uint32_t>(seed)));
        } catch (const Error&) {
            EXPECT_EQ(alive, 0);  // an error that nobody was left to receive
        }
        EXPECT_EQ(alive, 0);
    }
}

}  // namespace
}  // namespace trawl::behaviour
