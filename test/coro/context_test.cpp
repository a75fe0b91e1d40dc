#include "trawl/coro/context.hpp"

#include <gtest/gtest.h>

#include <string>

#include "runner.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/coro/gather.hpp"

namespace trawl {
namespace {

using testing::Gate;
using testing::Root;
using testing::Runner;

const ContextVar<std::string> user("nobody");
const ContextVar<int> depth(0);

Task<std::string> whose() { co_return user.get(); }
Task<std::string> become(std::string name) {
    user.set(name);
    co_return co_await whose();
}

TEST(ContextVar, HasItsInitialValueOutsideOfTasks) {
    EXPECT_EQ(user.get(), "nobody");
    EXPECT_THROW(user.set("me"), UsageError);
}

TEST(ContextVar, IsSeenByWhatTheTaskAwaits) { EXPECT_EQ(Runner().run(become("Ada")), "Ada"); }

TEST(ContextVar, WhatAnAwaitedCoroutineSetsIsTheTasks) {
    auto work = []() -> Task<std::string> {
        co_await become("Grace");
        co_return user.get();
    };
    EXPECT_EQ(Runner().run(work()), "Grace");
}

TEST(ContextVar, AChildBeginsWithWhatItsParentHas) {
    auto work = []() -> Task<std::string> {
        user.set("Ada");
        depth.set(1);
        auto both = co_await gather(whose(), become("Grace"));
        co_return std::get<0>(both) + " " + std::get<1>(both) + " " + user.get() + " " + std::to_string(depth.get());
    };
    EXPECT_EQ(Runner().run(work()), "Ada Grace Ada 1");
}

TEST(ContextVar, SettingItAgainAndAgainReplaces) {
    auto work = []() -> Task<int> {
        user.set("Ada");
        for (int i = 0; i < 100'000; ++i) depth.set(i);
        EXPECT_EQ(user.get(), "Ada");
        co_return depth.get();
    };
    EXPECT_EQ(Runner().run(work()), 99'999);
}

TEST(TaskName, IsTheTasksOwn) {
    auto child = []() -> Task<std::string> { co_return std::string(current_task()->name()); };
    auto work = [&]() -> Task<> {
        current_task()->set_name("parent");
        auto names = co_await gather(child());
        EXPECT_EQ(current_task()->name(), "parent");
        EXPECT_EQ(std::get<0>(names), "");
    };
    Runner().run(work());
}

TEST(DumpTasks, ShowsTheTreeWithWhatEachWaitsForAndWhere) {
    auto wait = [](Gate& gate) -> Task<> { co_await gate; };
    auto named = [&](Gate& gate) -> Task<> {
        current_task()->set_name("worker");
        co_await wait(gate);
    };
    Runner runner;
    Gate first;
    Gate second;
    auto work = [&]() -> Task<> { co_await gather(named(first), wait(second)); };
    Root<void> root(work());
    const std::string before = dump_tasks();
    EXPECT_EQ(before, "main: waits for its first step\n");
    EXPECT_FALSE(runner.drain(root));
    const std::string dump = dump_tasks();
    EXPECT_NE(dump.find("waits for gather (2 of 2 at work), at gather.hpp:"), std::string::npos) << dump;
    EXPECT_NE(dump.find("\n  worker: waits for something, at context_test.cpp:"), std::string::npos) << dump;
    EXPECT_EQ(std::count(dump.begin(), dump.end(), '\n'), 3) << dump;
    EXPECT_NE(dump_tasks(1).find("... and 2 more tasks"), std::string::npos);
}

}  // namespace
}  // namespace trawl
