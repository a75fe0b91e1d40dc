#include "trawl/coro/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "runner.hpp"

namespace trawl {
namespace {

using testing::Alive;
using testing::Gate;
using testing::Root;
using testing::Runner;

Task<int> answer() { co_return 42; }
Task<> fail() {
    throw std::runtime_error("no");
    co_return;
}

TEST(Task, IsLazy) {
    int runs = 0;
    auto work = [](int& count) -> Task<> {
        ++count;
        co_return;
    };
    {
        Task<> never = work(runs);
    }
    EXPECT_EQ(runs, 0);
    Runner().run(work(runs));
    EXPECT_EQ(runs, 1);
}

TEST(Task, GivesItsValue) {
    auto twice = []() -> Task<int> {
        int first = co_await answer();
        int second = co_await answer();
        co_return first + second;
    };
    EXPECT_EQ(Runner().run(twice()), 84);
}

TEST(Task, MovesValuesThatCannotBeCopied) {
    auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
    EXPECT_EQ(*Runner().run(make()), 7);
}

TEST(Task, GivesAReference) {
    int value = 1;
    auto refer = [](int& target) -> Task<int&> { co_return target; };
    auto change = [&]() -> Task<> {
        int& same = co_await refer(value);
        same = 5;
    };
    Runner().run(change());
    EXPECT_EQ(value, 5);
}

TEST(Task, ThrowsTheErrorWhereItIsAwaited) {
    auto caught = []() -> Task<std::string> {
        std::string message;
        try {
            co_await fail();
        } catch (const std::runtime_error& error) {
            message = error.what();
        }
        co_return message;
    };
    EXPECT_EQ(Runner().run(caught()), "no");
    EXPECT_THROW(Runner().run(fail()), std::runtime_error);
}

TEST(Task, MovedFromOrAwaitedIsNotValid) {
    Task<int> first = answer();
    Task<int> second = std::move(first);
    EXPECT_FALSE(first.valid());  // NOLINT(bugprone-use-after-move): that is the point
    EXPECT_TRUE(second.valid());
}

Task<int> count_down(int depth) {
    if (depth == 0) co_return 0;
    int below = co_await count_down(depth - 1);
    co_return below + 1;
}

constexpr int kDepth = 1'000'000;

TEST(Task, AwaitingDeeplyTakesNoStackToReturn) { EXPECT_EQ(Runner().run(count_down(kDepth)), kDepth); }

TEST(Task, ALoopOfAwaitsDoesNotGrowTheStack) {
    auto loop = []() -> Task<int> {
        int total = 0;
        for (int i = 0; i < kDepth; ++i) {
            int one = co_await count_down(1);
            total += one;
        }
        co_return total;
    };
    EXPECT_EQ(Runner().run(loop()), kDepth);
}

struct Log {
    std::vector<std::string>* lines;
    std::string name;
    ~Log() { lines->push_back(name); }
};

TEST(Task, DestroyingDestroysTheInnermostFrameFirst) {
    std::vector<std::string> lines;
    Gate gate;
    auto inner = [](std::vector<std::string>& out, Gate& wait) -> Task<> {
        Log log{&out, "inner"};
        co_await wait;
    };
    auto outer = [](std::vector<std::string>& out, Task<> task) -> Task<> {
        Log log{&out, "outer"};
        co_await std::move(task);
    };
    Runner runner;
    {
        Root<void> root(outer(lines, inner(lines, gate)));
        EXPECT_FALSE(runner.drain(root));
        EXPECT_TRUE(lines.empty());
    }
    EXPECT_EQ(lines, (std::vector<std::string>{"inner", "outer"}));
}

Task<> wait_below(Gate& gate, int depth, int& alive) {
    const Alive counted(alive);
    if (depth == 0) {
        co_await gate;
    } else {
        co_await wait_below(gate, depth - 1, alive);
    }
}

TEST(Task, AMillionFramesAreDestroyedWithoutStack) {
    Runner runner;
    Gate gate;
    int alive = 0;
    {
        Root<void> root(wait_below(gate, kDepth, alive));
        EXPECT_FALSE(runner.drain(root));
        EXPECT_EQ(alive, kDepth + 1);
    }
    EXPECT_EQ(alive, 0);
}

Task<> throw_below(int depth) {
    if (depth == 0) throw std::runtime_error("from the bottom");
    co_await throw_below(depth - 1);
}

TEST(Task, AnErrorPassesThroughManyFrames) {
    try {
        Runner().run(throw_below(10'000));
        FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "from the bottom");
    }
}

TEST(Task, AwaitingAnEmptyTaskIsAnError) {
    auto twice = []() -> Task<> {
        Task<int> task = answer();
        co_await std::move(task);
        co_await std::move(task);  // NOLINT(bugprone-use-after-move): that is the point
    };
    EXPECT_THROW(Runner().run(twice()), UsageError);
}

TEST(Task, WhatWasWokenButDestroyedIsNotResumed) {
    Gate gate;
    int resumed = 0;
    auto wait = [](Gate& target, int& count) -> Task<> {
        co_await target;
        ++count;
    };
    Runner runner;
    {
        Root<void> root(wait(gate, resumed));
        EXPECT_FALSE(runner.drain(root));
        runner.schedule().wake(gate);
    }
    gate.unlink();  // the gate is not in the frame here; an awaiter's destructor does this
    EXPECT_TRUE(runner.schedule().idle());
    EXPECT_EQ(resumed, 0);
}

}  // namespace
}  // namespace trawl
