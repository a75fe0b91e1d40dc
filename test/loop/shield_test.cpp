#include "trawl/loop/shield.hpp"

#include <gtest/gtest.h>

#include <string>

#include "trawl/base/error.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

Task<int> count_later(int& count) {
    co_await sleep(1s);
    co_return ++count;
}
Task<> fail_later() {
    co_await sleep(1s);
    throw UsageError("later");
}

TEST(Shield, GivesTheValue) {
    int count = 0;
    auto work = [&]() -> Task<int> {
        TaskGroup group;
        co_return co_await shield(group, count_later(count));
    };
    EXPECT_EQ(VirtualLoop().run(work()), 1);
}

TEST(Shield, ThrowsTheErrorToTheOneThatWaits) {
    auto work = []() -> Task<> {
        TaskGroup group;
        EXPECT_TRUE(group.errors().empty());
        co_await shield(group, fail_later());
    };
    EXPECT_THROW(VirtualLoop().run(work()), UsageError);
}

TEST(Shield, TheWorkGoesOnWhenTheOneThatWaitsIsDestroyed) {
    int count = 0;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        try {
            co_await timeout(1ms, shield(group, count_later(count)));
        } catch (const TimeoutError&) {
            EXPECT_EQ(count, 0);
        }
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_EQ(count, 1);
}

TEST(Shield, AnErrorThatNobodyWaitsForIsTheGroups) {
    bool late = false;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        try {
            co_await timeout(1ms, shield(group, fail_later()));
        } catch (const TimeoutError&) {
            late = true;
        }
        co_await group.join();
    };
    EXPECT_THROW(VirtualLoop().run(work()), UsageError);
    EXPECT_TRUE(late);
}

TEST(Shield, AnErrorOnItsWayToOneThatIsDestroyedIsTheLoops) {
    auto wait = [](TaskGroup& group) -> Task<> { co_await shield(group, fail_later()); };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        TaskGroup waiting;
        waiting.spawn(wait(group));
        co_await sleep(0s);
        co_await sleep(0s);
        co_await sleep(1s);  // the work has failed, the one that waits has not run
        EXPECT_EQ(group.size(), 0U);
        waiting.cancel();
    };
    EXPECT_THROW(VirtualLoop().run(work()), UsageError);
}

TEST(Shield, WorkThatIsDestroyedWithItsGroupIsAnErrorForTheOneThatWaits) {
    int count = 0;
    auto wait = [](TaskGroup& group, int& counted) -> Task<> { co_await shield(group, count_later(counted)); };
    auto work = [&]() -> Task<> {
        TaskGroup waiting;
        TaskGroup group;
        waiting.spawn(wait(group, count));
        co_await sleep(1ms);
        group.cancel();
        co_await waiting.join();
    };
    EXPECT_THROW(VirtualLoop().run(work()), ClosedError);
    EXPECT_EQ(count, 0);
}

}  // namespace
}  // namespace trawl
