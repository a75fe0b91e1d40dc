#include "trawl/loop/task_group.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

class Alive {
public:
    explicit Alive(int& count) : count_(&count) { ++*count_; }
    Alive(Alive&& other) noexcept : count_(other.count_) { ++*count_; }
    Alive& operator=(Alive&&) = delete;
    ~Alive() { --*count_; }

private:
    int* count_;
};

Task<> count_after(int& count, Duration duration) {
    co_await sleep(duration);
    ++count;
}

Task<> fail_after(Duration duration) {
    co_await sleep(duration);
    throw UsageError("child");
}

Task<> hold(Alive alive) {
    co_await sleep(1h);
    (void)alive;
}

TEST(TaskGroup, JoinWaitsForEveryChild) {
    int count = 0;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        for (int i = 0; i < 100; ++i) group.spawn(count_after(count, 1ms));
        EXPECT_EQ(group.size(), 100U);
        co_await group.join();
        EXPECT_EQ(group.size(), 0U);
    };
    run(work());
    EXPECT_EQ(count, 100);
}

TEST(TaskGroup, ChildrenMaySpawn) {
    int count = 0;
    auto parent = [](TaskGroup& group, int& out) -> Task<> {
        co_await sleep(1ms);
        group.spawn(count_after(out, 1ms));
        group.spawn(count_after(out, 2ms));
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(parent(group, count));
        co_await group.join();
    };
    run(work());
    EXPECT_EQ(count, 2);
}

TEST(TaskGroup, TheFirstErrorDestroysTheOthersAndIsThrownByJoin) {
    int alive = 0;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(hold(Alive(alive)));
        group.spawn(fail_after(1ms));
        group.spawn(hold(Alive(alive)));
        co_await group.join();
    };
    EXPECT_THROW(run(work()), UsageError);
    EXPECT_EQ(alive, 0);
}

TEST(TaskGroup, LeavingItsScopeDestroysTheChildren) {
    int alive = 0;
    auto work = [&]() -> Task<> {
        {
            TaskGroup group;
            group.spawn(hold(Alive(alive)));
            co_await sleep(1ms);
            EXPECT_EQ(alive, 1);
        }
        EXPECT_EQ(alive, 0);
    };
    run(work());
}

TEST(TaskGroup, AnErrorThatNobodyJoinedForIsThrownByRun) {
    auto work = []() -> Task<> {
        TaskGroup group;
        group.spawn(fail_after(1ms));
        co_await sleep(5ms);
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST(TaskGroup, AChildMayCancelItsGroupAndRunsOnUntilItSuspends) {
    int alive = 0;
    std::string steps;
    auto cancelling = [](TaskGroup& group, std::string& out, Alive mark) -> Task<> {
        co_await sleep(1ms);
        group.cancel();
        out += "cancelled ";
        co_await sleep(1ms);
        out += "never ";
        (void)mark;
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(hold(Alive(alive)));
        group.spawn(cancelling(group, steps, Alive(alive)));
        co_await group.join();
        steps += "joined";
    };
    run(work());
    EXPECT_EQ(steps, "cancelled joined");
    EXPECT_EQ(alive, 0);
}

TEST(TaskGroup, AGrandchildMayCancelTheGroupOfItsGrandparent) {
    int alive = 0;
    auto grandchild = [](TaskGroup& outer, Alive mark) -> Task<> {
        co_await sleep(1ms);
        outer.cancel();
        co_await sleep(1h);
        (void)mark;
    };
    auto child = [&](TaskGroup& outer, Alive mark) -> Task<> {
        TaskGroup inner;
        inner.spawn(grandchild(outer, Alive(alive)));
        co_await inner.join();
        (void)mark;
    };
    auto work = [&]() -> Task<> {
        TaskGroup outer;
        outer.spawn(child(outer, Alive(alive)));
        co_await outer.join();
    };
    run(work());
    EXPECT_EQ(alive, 0);
}

TEST(TaskGroup, AChildThatCancelsAndFailsIsNotForgotten) {
    auto cancelling = [](TaskGroup& group) -> Task<> {
        co_await sleep(1ms);
        group.cancel();
        throw UsageError("after the cancel");
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(cancelling(group));
        co_await group.join();
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST(TaskGroup, RefusesAnEmptyTask) {
    auto work = []() -> Task<> {
        TaskGroup group;
        EXPECT_THROW(group.spawn(Task<>()), UsageError);
        co_await group.join();
    };
    run(work());
}

TEST(TaskGroup, IsJoinedByOneTaskAtATime) {
    int count = 0;
    auto join = [](TaskGroup& group) -> Task<> { co_await group.join(); };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        TaskGroup joiners;
        group.spawn(count_after(count, 5ms));
        joiners.spawn(join(group));
        joiners.spawn(join(group));
        co_await joiners.join();
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST(TaskGroup, IsUsableAfterCancel) {
    int count = 0;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(count_after(count, 1ms));
        group.cancel();
        group.spawn(count_after(count, 1ms));
        co_await group.join();
    };
    run(work());
    EXPECT_EQ(count, 1);
}

TEST(TaskGroup, AJoinThatIsDestroyedIsForgotten) {
    int count = 0;
    auto join = [](TaskGroup& group) -> Task<> { co_await group.join(); };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(count_after(count, 5ms));
        try {
            co_await timeout(1ms, join(group));
        } catch (const TimeoutError&) {
            ++count;
        }
        co_await group.join();
    };
    run(work());
    EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace trawl
