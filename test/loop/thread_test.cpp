#include "trawl/loop/thread.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

/// Says on which thread it was destroyed.
class Tracked {
public:
    explicit Tracked(std::thread::id& destroyed_on) : destroyed_on_(&destroyed_on) {}
    Tracked(Tracked&& other) noexcept : destroyed_on_(std::exchange(other.destroyed_on_, nullptr)) {}
    Tracked& operator=(Tracked&&) = delete;
    ~Tracked() {
        if (destroyed_on_ != nullptr) *destroyed_on_ = std::this_thread::get_id();
    }

private:
    std::thread::id* destroyed_on_;
};

/// Lets the loop's other tasks run until `done`.
Task<> turns_until(const std::atomic<bool>& done) {
    while (!done) co_await sleep(0s);
}

TEST(ToThread, GivesTheValueAndThrowsTheError) {
    auto work = []() -> Task<std::string> {
        const auto here = std::this_thread::get_id();
        bool elsewhere = co_await to_thread([&here] { return std::this_thread::get_id() != here; });
        std::string text =
            co_await to_thread([](std::string a, std::string b) { return a + b; }, std::string("x"), std::string("y"));
        co_return elsewhere ? text : "same thread";
    };
    EXPECT_EQ(run(work()), "xy");
    auto failing = []() -> Task<> { co_await to_thread([] { throw UsageError("thread"); }); };
    EXPECT_THROW(run(failing()), UsageError);
}

TEST(ToThread, ManyAtOnceComeBackToTheirOwn) {
    auto work = []() -> Task<int> {
        std::vector<Task<int>> tasks;
        for (int i = 0; i < 500; ++i) tasks.push_back(to_thread([](int value) { return value; }, i));
        auto values = co_await gather(std::move(tasks));
        int wrong = 0;
        for (int i = 0; i < 500; ++i) wrong += values[static_cast<std::size_t>(i)] != i;
        co_return wrong;
    };
    EXPECT_EQ(run(work()), 0);
}

TEST(ToThread, TakesWhatCanOnlyBeMoved) {
    auto work = []() -> Task<int> {
        auto add = [base = std::make_unique<int>(1)](std::unique_ptr<int> more) {
            return std::make_unique<int>(*base + *more);
        };
        std::unique_ptr<int> sum = co_await to_thread(std::move(add), std::make_unique<int>(2));
        co_return *sum;
    };
    EXPECT_EQ(run(work()), 3);
}

struct Counter {
    int value = 0;
    int add(int more) { return value += more; }
    int& self() { return value; }
};

TEST(ToThread, TakesPointersToMembers) {
    Counter counter{1};
    auto work = [](Counter& of) -> Task<int> {
        const int sum = co_await to_thread(&Counter::add, &of, 2);
        const int field = co_await to_thread(&Counter::value, &of);
        co_return sum * 10 + field;
    };
    EXPECT_EQ(run(work(counter)), 33);
}

TEST(ToThread, GivesAReferenceAsOne) {
    Counter counter{1};
    auto work = [](Counter& of) -> Task<> {
        int& value = co_await to_thread(&Counter::self, &of);
        value = 7;
    };
    run(work(counter));
    EXPECT_EQ(counter.value, 7);
}

TEST(ToThread, DestroysArgumentsOnTheThreadThatRanThem) {
    std::thread::id argument_of;
    std::thread::id ran_on;
    auto work = [&]() -> Task<> {
        auto look = [](const Tracked&) { return std::this_thread::get_id(); };
        ran_on = co_await to_thread(look, Tracked(argument_of));
    };
    run(work());
    EXPECT_EQ(argument_of, ran_on);
    EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(ToThread, DestroysAResultThatNobodyTakesOnTheLoopsThread) {
    std::thread::id result_of;
    std::latch begun(1);
    std::latch may_end(1);
    auto call = [&] {
        begun.count_down();
        may_end.wait();
        return Tracked(result_of);
    };
    auto caller = [](auto& function) -> Task<> { co_await to_thread(function); };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(caller(call));
        co_await sleep(0s);
        begun.wait();
        group.cancel();
        may_end.count_down();
    };
    run(work());
    EXPECT_EQ(result_of, std::this_thread::get_id());
}

// One thread, which is busy: what is behind it has not begun.
TEST(ToThread, WorkThatHasNotBegunNeverDoesAndIsDestroyedAtOnce) {
    std::latch may_end(1);
    std::thread::id waiting_of;
    bool ran = false;
    bool gone_at_once = false;
    auto busy = [](std::latch& end) -> Task<> { co_await to_thread([&end] { end.wait(); }); };
    auto behind = [](bool& flag, std::thread::id& id) -> Task<> {
        auto call = [&flag](const Tracked&) { flag = true; };
        co_await to_thread(call, Tracked(id));
    };
    auto work = [&]() -> Task<> {
        Loop::current().set_threads_max(1);
        TaskGroup first;
        TaskGroup second;
        first.spawn(busy(may_end));
        co_await sleep(0s);
        second.spawn(behind(ran, waiting_of));
        co_await sleep(0s);
        second.cancel();
        gone_at_once = waiting_of == std::this_thread::get_id();
        may_end.count_down();
        co_await first.join();
    };
    run(work());
    EXPECT_FALSE(ran);
    EXPECT_TRUE(gone_at_once);
}

TEST(ToThread, DroppedWorkThatHasBegunIsWaitedForByTheLoop) {
    std::latch begun(1);
    std::atomic<bool> finished = false;
    auto call = [&] {
        begun.count_down();
        std::this_thread::yield();
        finished = true;
    };
    auto caller = [](auto& function) -> Task<> { co_await to_thread(function); };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(caller(call));
        co_await sleep(0s);
        begun.wait();
    };
    run(work());
    EXPECT_TRUE(finished);
}

TEST(ToThread, RunsAtMostThreadsMaxAtOnce) {
    std::atomic<int> now = 0;
    std::atomic<int> most = 0;
    auto call = [&] {
        const int mine = ++now;
        int seen = most;
        while (seen < mine && !most.compare_exchange_weak(seen, mine)) {
        }
        std::this_thread::yield();
        --now;
    };
    auto work = [&]() -> Task<> {
        Loop::current().set_threads_max(3);
        std::vector<Task<>> calls;
        for (int i = 0; i < 200; ++i) calls.push_back(to_thread(call));
        co_await gather(std::move(calls));
    };
    run(work());
    EXPECT_LE(most, 3);
    EXPECT_GE(most, 1);
}

// They wait for each other, so that none ends before all have begun.
TEST(ToThread, StartsAsManyThreadsAsThereIsWorkFor) {
    constexpr int kCalls = 8;
    std::latch all(kCalls);
    auto work = [&]() -> Task<> {
        std::vector<Task<>> calls;
        for (int i = 0; i < kCalls; ++i) calls.push_back(to_thread([&] { all.arrive_and_wait(); }));
        co_await gather(std::move(calls));
    };
    run(work());
    EXPECT_TRUE(all.try_wait());
}

TEST(ToThread, NeedsAtLeastOneThread) {
    auto work = []() -> Task<> {
        Loop::current().set_threads_max(0);
        co_return;
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST(ToThread, AHundredThousandMayWait) {
    constexpr std::uint64_t kCalls = 100'000;
    auto work = []() -> Task<std::uint64_t> {
        std::vector<Task<std::uint64_t>> calls;
        for (std::uint64_t i = 0; i < kCalls; ++i) calls.push_back(to_thread([](std::uint64_t v) { return v; }, i));
        const auto values = co_await gather(std::move(calls));
        std::uint64_t in_place = 0;
        for (std::uint64_t i = 0; i < kCalls; ++i) in_place += values[i] == i;
        co_return in_place;
    };
    EXPECT_EQ(run(work()), kCalls);
}

struct Alive {
    explicit Alive(std::atomic<int>& counter) : count(&counter) { ++*count; }
    Alive(Alive&& other) noexcept : count(std::exchange(other.count, nullptr)) {}
    Alive& operator=(Alive&&) = delete;
    ~Alive() {
        if (count != nullptr) --*count;
    }
    std::atomic<int>* count;
};

TEST(ToThread, CancelledAtAnyPointLeavesNothing) {
    std::atomic<int> ran = 0;
    std::atomic<int> alive = 0;
    constexpr int kRounds = 200;
    constexpr int kCalls = 20;
    auto caller = [](std::atomic<int>& counted, std::atomic<int>& living) -> Task<> {
        auto call = [&counted, &living](const Alive&) {
            ++counted;
            return Alive(living);
        };
        co_await to_thread(call, Alive(living));
    };
    auto work = [&]() -> Task<> {
        for (int round = 0; round < kRounds; ++round) {
            TaskGroup group;
            for (int i = 0; i < kCalls; ++i) group.spawn(caller(ran, alive));
            for (int turn = 0; turn < round % 7; ++turn) co_await sleep(0s);
        }
    };
    run(work());
    EXPECT_EQ(alive, 0);
    EXPECT_LE(ran, kRounds * kCalls);
}

TEST(ToThread, OnAVirtualLoopMayEndTheTaskThatWaitsForIt) {
    bool went_on = false;
    auto caller = [](TaskGroup& group, bool& flag) -> Task<> {
        co_await to_thread([&group] { group.cancel(); });
        flag = true;
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(caller(group, went_on));
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_FALSE(went_on);
}

// ---- post ----

TEST(Post, FromAnotherThreadRunsOnTheLoop) {
    std::thread::id ran_on;
    auto work = [&]() -> Task<> {
        Loop& loop = Loop::current();
        std::atomic<bool> done = false;
        std::thread other([&] {
            loop.post([&] {
                ran_on = std::this_thread::get_id();
                done = true;
            });
        });
        co_await turns_until(done);
        other.join();
    };
    run(work());
    EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST(Post, TakesWhatCanOnlyBeMoved) {
    int got = 0;
    auto work = [&]() -> Task<> {
        Loop::current().post([&got, value = std::make_unique<int>(5)] { got = *value; });
        co_await sleep(0s);
        co_await sleep(1ms);
    };
    run(work());
    EXPECT_EQ(got, 5);
}

struct alignas(64) Wide {
    int value = 0;
};

TEST(Post, TakesWhatIsOverAligned) {
    int got = 0;
    bool aligned = false;
    Loop loop;
    loop.post([&, wide = Wide{3}] {
        got = wide.value;
        aligned = reinterpret_cast<std::uintptr_t>(&wide) % alignof(Wide) == 0;
    });
    loop.run(Task<>(sleep(1ms)));
    EXPECT_EQ(got, 3);
    EXPECT_TRUE(aligned);
}

TEST(Post, TheFirstErrorIsThrownByRunAndTheOtherCallsAreMade) {
    int made = 0;
    auto work = [&]() -> Task<> {
        Loop::current().post([] { throw UsageError("posted"); });
        Loop::current().post([&] { ++made; });
        co_await sleep(1ms);
    };
    EXPECT_THROW(run(work()), UsageError);
    EXPECT_EQ(made, 1);
}

TEST(Post, WhatALoopDidNotRunIsDestroyedWithIt) {
    auto kept = std::make_shared<int>(1);
    {
        Loop loop;
        loop.post([kept] {});
        EXPECT_EQ(kept.use_count(), 2);
    }
    EXPECT_EQ(kept.use_count(), 1);
}

TEST(Post, ToAMailboxWhoseLoopHasEndedIsDropped) {
    auto kept = std::make_shared<int>(1);
    std::shared_ptr<loop::Mailbox> mailbox;
    {
        Loop loop;
        mailbox = loop.mailbox();
    }
    auto call = [kept] {};
    mailbox->post(*new loop::PostedCall<decltype(call)>(call));
    EXPECT_EQ(kept.use_count(), 2);  // `kept` and `call`
}

// Who posts need not outlive what it brings about.
TEST(Post, TheLoopMayEndBeforeItReturns) {
    constexpr int kRounds = 500;
    int ended = 0;
    for (int round = 0; round < kRounds; ++round) {
        std::thread other;
        auto work = [&]() -> Task<> {
            Loop& loop = Loop::current();
            TaskGroup group;
            group.spawn(sleep(1h));
            other = std::thread([&loop, &group] { loop.post([&group] { group.cancel(); }); });
            co_await group.join();
        };
        run(work());
        other.join();
        ++ended;
    }
    EXPECT_EQ(ended, kRounds);
}

/// A loop that sleeps again and again while others post: each of the calls wakes it when the last wake-up is past.
TEST(Post, LosesNoWakeUpAndKeepsTheOrderOfEachThread) {
    constexpr std::size_t kThreads = 4;
    constexpr int kPosts = 250'000;
    std::array<int, kThreads> next{};
    int out_of_order = 0;
    int left = static_cast<int>(kThreads) * kPosts;
    auto work = [&]() -> Task<> {
        Loop& loop = Loop::current();
        TaskGroup group;
        group.spawn(sleep(24h));  // ended by the last call: a lost wake-up is a test that hangs
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < kPosts; ++i) {
                    loop.post([&, t, i] {
                        out_of_order += next[t]++ != i;
                        if (--left == 0) group.cancel();
                    });
                    if (i % 64 == 0) std::this_thread::yield();
                }
            });
        }
        co_await group.join();
        for (std::thread& thread : threads) thread.join();
    };
    run(work());
    EXPECT_EQ(out_of_order, 0);
    EXPECT_EQ(left, 0);
}

/// Each post finds the loop asleep, or on its way there: the next one is made when the last has been run.
TEST(Post, ThatIsAnsweredOneByOneAlwaysWakesTheLoop) {
    constexpr int kPosts = 20'000;
    std::atomic<int> answered = 0;
    auto work = [&]() -> Task<> {
        Loop& loop = Loop::current();
        TaskGroup group;
        group.spawn(sleep(24h));
        std::thread other([&] {
            for (int i = 0; i < kPosts; ++i) {
                loop.post([&] {
                    ++answered;
                    answered.notify_one();
                });
                answered.wait(i);
            }
            loop.post([&] { group.cancel(); });
        });
        co_await group.join();
        other.join();
    };
    run(work());
    EXPECT_EQ(answered, kPosts);
}

}  // namespace
}  // namespace trawl
