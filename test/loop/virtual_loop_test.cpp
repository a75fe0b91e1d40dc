#include "trawl/loop/virtual_loop.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/thread.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

Task<> nap(Duration duration) { co_await sleep(duration); }

TEST(VirtualLoop, SleepsTakeTheirVirtualTimeExactly) {
    VirtualLoop loop;
    loop.run(nap(3h + 1ns));
    EXPECT_EQ(loop.elapsed(), 3h + 1ns);
}

TEST(VirtualLoop, SleepsTogetherTakeTheLongest) {
    VirtualLoop loop;
    std::vector<Task<>> naps;
    for (int i = 1; i <= 1000; ++i) naps.push_back(nap(Duration(i) * 7919));
    loop.run(gather(std::move(naps)));
    EXPECT_EQ(loop.elapsed(), 1000 * Duration(7919));
}

TEST(VirtualLoop, ATimeoutFiresAtItsDeadline) {
    VirtualLoop loop;
    auto work = [](VirtualLoop& on) -> Task<> {
        bool late = false;
        try {
            co_await timeout(90min, nap(24h));
        } catch (const TimeoutError&) {
            late = true;
        }
        EXPECT_TRUE(late);
        EXPECT_EQ(on.elapsed(), 90min);
    };
    loop.run(work(loop));
}

TEST(VirtualLoop, TheFarthestSleepEnds) {
    VirtualLoop loop;
    loop.run(nap(Duration::max()));
    EXPECT_GT(loop.elapsed(), 24h * 365 * 200);
}

struct Never : Waiter {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) noexcept { suspend(handle); }
    void await_resume() const noexcept {}
    std::string describe() const override { return "what never comes"; }
};

Task<> stuck() {
    Never never;
    co_await never;
}

TEST(VirtualLoop, ReportsADeadlockWithWhatEveryTaskWaitsFor) {
    auto work = []() -> Task<> {
        TaskGroup group;
        group.spawn(stuck(), "the stuck one");
        group.spawn(stuck());
        co_await group.join();
    };
    VirtualLoop loop;
    try {
        loop.run(work());
        FAIL() << "no deadlock was reported";
    } catch (const DeadlockError& error) {
        EXPECT_THAT(error.what(), HasSubstr("waits for TaskGroup (2 at work), at virtual_loop_test.cpp:"));
        EXPECT_THAT(error.what(),
                    HasSubstr("\n  the stuck one: waits for what never comes, at virtual_loop_test.cpp:"));
        EXPECT_THAT(error.what(), HasSubstr("stuck: waits for what never comes"));
    }
}

Task<> note(std::string& order, char name) {
    order += name;
    co_await sleep(0s);
    order += name;
}

std::string order_with(std::optional<std::uint64_t> seed) {
    std::string order;
    VirtualLoop loop(seed);
    std::vector<Task<>> notes;
    for (char name = 'a'; name < 'g'; ++name) notes.push_back(note(order, name));
    loop.run(gather(std::move(notes)));
    return order;
}

TEST(VirtualLoop, WithoutASeedTheReadyRunFirstComeFirstServed) { EXPECT_EQ(order_with(std::nullopt), "abcdefabcdef"); }

TEST(VirtualLoop, ASeedGivesAnOrderAndGivesItAgain) {
    std::set<std::string> orders;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const std::string order = order_with(seed);
        EXPECT_EQ(order, order_with(seed));
        orders.insert(order);
    }
    EXPECT_GT(orders.size(), 90U);
}

TEST(VirtualLoop, ToThreadRunsOnTheLoopsOwnThread) {
    VirtualLoop loop;
    auto work = []() -> Task<bool> {
        const auto here = std::this_thread::get_id();
        co_return co_await to_thread([](std::thread::id id) { return id == std::this_thread::get_id(); }, here);
    };
    EXPECT_TRUE(loop.run(work()));
}

TEST(VirtualLoop, RefusesDescriptorsAndClosesThem) {
    auto work = []() -> Task<> {
        const int fd = ::dup(0);
        EXPECT_THROW(IoHandle{fd}, UsageError);
        EXPECT_LT(::fcntl(fd, F_GETFD), 0);
        co_return;
    };
    VirtualLoop loop;
    loop.run(work());
}

TEST(VirtualLoop, RunsOneProgramAfterAnother) {
    VirtualLoop loop;
    loop.run(nap(1s));
    loop.run(nap(1s));
    EXPECT_EQ(loop.elapsed(), 2s);
}

TEST(Timeout, TheLongestLimitsAreLongAndNotOver) {
    auto work = []() -> Task<> {
        co_await timeout(std::chrono::seconds::max(), nap(1s));
        co_await timeout(Duration::max(), nap(1s));
        co_await timeout(std::chrono::hours(24 * 365 * 1000), nap(1s));
    };
    VirtualLoop loop;
    loop.run(work());
    EXPECT_EQ(loop.elapsed(), 3s);
}

TEST(Timeout, ADeadlineLongPastIsATimeout) {
    auto work = []() -> Task<> { co_await timeout_at(TimePoint::min(), nap(1s)); };
    EXPECT_THROW(VirtualLoop().run(work()), TimeoutError);
}

TEST(Timeout, WrapsASleepUntil) {
    auto work = []() -> Task<> { co_await timeout(1s, sleep_until(now() + 1h)); };
    EXPECT_THROW(VirtualLoop().run(work()), TimeoutError);
}

TEST(VirtualLoop, ACallThatThrowsDoesNotKeepTheOthersFromBeingCalled) {
    int called = 0;
    auto work = [&](VirtualLoop& on) -> Task<> {
        on.post([] { throw UsageError("posted"); });
        on.post([&] { ++called; });
        co_await sleep(1s);
    };
    VirtualLoop loop;
    EXPECT_THROW(loop.run(work(loop)), UsageError);
    EXPECT_EQ(called, 1);
}

struct DumpsWhenDestroyed {
    std::string* text;
    ~DumpsWhenDestroyed() { *text = dump_tasks(); }
};

TEST(VirtualLoop, ADestructorOfACancelledTaskMayDumpTheTasks) {
    std::string text;
    auto outer = [](std::string* out) -> Task<> {
        const DumpsWhenDestroyed dumps{out};
        co_await nap(1h);
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(outer(&text), "cancelled");
        co_await sleep(1s);
        group.cancel();
    };
    VirtualLoop().run(work());
    EXPECT_THAT(text, HasSubstr("cancelled"));
}

Task<> start_below(TaskGroup& group, int depth, int& started) {
    ++started;
    if (depth > 0) group.spawn_eagerly(start_below(group, depth - 1, started));
    co_return;
}

TEST(TaskGroup, TasksMayStartEachOtherEagerlyToAnyDepth) {
    int started = 0;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn_eagerly(start_below(group, 100'000, started));
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_EQ(started, 100'001);
}

}  // namespace
}  // namespace trawl
