#include "trawl/loop/timer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "coro/runner.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

constexpr Duration kTick = Duration(1 << 16);
constexpr Duration kBlock = kTick * (1 << loop::NearTimers::kBlockBits);

/// A timer that a task waits for; the task then writes the timer's number down.
class Probe final : public Timer {
public:
    Probe(int number, std::vector<int>& fired) : task_(body(*this, number, fired)) {}

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) noexcept { suspend(handle); }
    void await_resume() const noexcept {}

private:
    static Task<> body(Probe& probe, int number, std::vector<int>& fired) {
        co_await probe;
        fired.push_back(number);
    }
    testing::Root<void> task_;
};

class TimerWheelTest : public ::testing::Test {
protected:
    TimerWheelTest() : before_(Schedule::exchange(&schedule_)) {}
    ~TimerWheelTest() override { Schedule::exchange(before_); }

    Probe& add(int number, Duration after) {
        probes_.push_back(std::make_unique<Probe>(number, fired_));
        while (!schedule_.idle()) schedule_.step();
        wheel_.add(*probes_.back(), start_ + after);
        return *probes_.back();
    }
    std::vector<int> advance(Duration to) {
        fired_.clear();
        wheel_.advance(start_ + to, schedule_);
        while (!schedule_.idle()) schedule_.step();
        return fired_;
    }

    Schedule schedule_;
    Schedule* before_;
    const TimePoint start_{Duration(123'456'789'012'345)};
    TimerWheel wheel_{start_};
    std::vector<int> fired_;
    std::vector<std::unique_ptr<Probe>> probes_;
};

TEST_F(TimerWheelTest, FiresNothingEarlyAndNothingMoreThanATickLate) {
    Duration now = 0s;
    for (Duration after : {Duration(1), Duration(kTick), Duration(50ms), Duration(3s), Duration(1h), Duration(1000h)}) {
        const Duration deadline = now + after;
        add(1, deadline);
        EXPECT_EQ(advance(deadline - Duration(1)), std::vector<int>{}) << after.count();
        now = deadline + kTick;
        EXPECT_EQ(advance(now), std::vector<int>{1}) << after.count();
    }
}

TEST_F(TimerWheelTest, ADeadlineThatHasPassedFiresAtTheNextAdvance) {
    add(1, -5s);
    EXPECT_EQ(advance(0s), std::vector<int>{1});
}

TEST_F(TimerWheelTest, FiresInOrderOfDeadlineAndThenOfAddition) {
    add(3, 30ms);
    add(1, 10ms);
    add(2, 20ms);
    add(4, 30ms);
    EXPECT_EQ(advance(1s), (std::vector{1, 2, 3, 4}));
}

TEST_F(TimerWheelTest, OrdersDeadlinesWithinATick) {
    add(2, Duration(3000));
    add(1, Duration(2000));
    EXPECT_EQ(advance(1ms), (std::vector{1, 2}));
}

TEST_F(TimerWheelTest, ACancelledTimerDoesNotFire) {
    Probe& cancelled = add(1, 10ms);
    add(2, 10ms);
    cancelled.unlink();
    EXPECT_EQ(advance(1s), std::vector<int>{2});
}

TEST_F(TimerWheelTest, TellsWhenToLookAgain) {
    EXPECT_FALSE(wheel_.next_deadline());
    add(1, 90min);
    int looks = 0;
    while (fired_.empty()) {
        auto next = wheel_.next_deadline();
        ASSERT_TRUE(next);
        ASSERT_LE(*next, start_ + 90min + kTick);
        advance(*next - start_);
        ASSERT_LT(++looks, 9);  // once per level at most
    }
}

TEST_F(TimerWheelTest, TheFarthestDeadlineIsKept) {
    probes_.push_back(std::make_unique<Probe>(1, fired_));
    wheel_.add(*probes_.back(), TimePoint::max());
    EXPECT_TRUE(advance(24h * 365).empty());
    EXPECT_TRUE(wheel_.next_deadline());
}

// A near slot is filled from two sides: by far timers when their block comes near, and by those that are added then.
TEST_F(TimerWheelTest, EqualDeadlinesFireInOrderOfAdditionAcrossBlocks) {
    const Duration deadline = kBlock * 5;
    for (int number = 0; number < 60; ++number) {
        add(number, deadline);
        advance(kBlock * number / 12);
    }
    std::vector<int> expected(60);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(advance(deadline + kTick), expected);
}

TEST_F(TimerWheelTest, OneLookPastManyBlocksFiresEverythingInOrder) {
    for (int number = 0; number < 100; ++number) add(number, kBlock * number / 3 + kTick);
    std::vector<int> expected(100);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(advance(kBlock * 50), expected);
    EXPECT_FALSE(wheel_.next_deadline());
}

TEST_F(TimerWheelTest, CancelledTimersOfEverySlotAreForgotten) {
    for (int number = 0; number < 200; ++number) add(number, kBlock * number / 80).unlink();
    add(200, kBlock * 4);
    EXPECT_EQ(advance(kBlock * 4 + kTick), std::vector<int>{200});
    EXPECT_FALSE(wheel_.next_deadline());
}

TEST_F(TimerWheelTest, ASlotThatWasOutOfOrderIsInOrderWhenItIsUsedAgain) {
    for (int turn = 0; turn < 3; ++turn) {
        const Duration begin = 2 * kBlock * turn;  // the same slots in each turn
        add(2, begin + Duration(3000));
        add(1, begin + Duration(2000));
        EXPECT_EQ(advance(begin + 2 * kTick), (std::vector{1, 2})) << turn;
        EXPECT_EQ(advance(begin + 2 * kBlock), std::vector<int>{}) << turn;
    }
}

TEST_F(TimerWheelTest, AWheelThatEndsForgetsItsTimers) {
    {
        TimerWheel wheel(start_);
        for (Duration after : {Duration(-1s), Duration(1s), Duration(3s), Duration(1h)}) {
            probes_.push_back(std::make_unique<Probe>(1, fired_));
            while (!schedule_.idle()) schedule_.step();
            wheel.add(*probes_.back(), start_ + after);
            EXPECT_TRUE(probes_.back()->linked());
        }
    }
    for (const auto& probe : probes_) EXPECT_FALSE(probe->linked());
}

TEST(SparseSet, AgreesWithASortedSetOnRandomInput) {
    std::mt19937_64 random(11);
    loop::SparseSet set;
    std::set<std::size_t> expected;
    for (int round = 0; round < 20000; ++round) {
        const std::size_t number = random() % loop::SparseSet::kSize >> random() % 16;
        if (random() % 3 == 0) {
            set.erase(number);
            expected.erase(number);
        } else if (expected.size() < 300 || random() % 8 == 0) {
            set.insert(number);
            expected.insert(number);
        }
        ASSERT_EQ(set.contains(number), expected.contains(number));
        const std::size_t from = random() % loop::SparseSet::kSize;
        const auto next = expected.lower_bound(from);
        ASSERT_EQ(set.first_from(from), next == expected.end() ? std::nullopt : std::optional(*next))
            << "round " << round;
    }
}

TEST(SparseSet, FindsTheFirstAndTheLastNumber) {
    loop::SparseSet set;
    EXPECT_FALSE(set.first_from(0));
    set.insert(loop::SparseSet::kSize - 1);
    EXPECT_EQ(set.first_from(0), loop::SparseSet::kSize - 1);
    EXPECT_EQ(set.first_from(loop::SparseSet::kSize - 1), loop::SparseSet::kSize - 1);
    set.erase(loop::SparseSet::kSize - 1);
    set.insert(0);
    EXPECT_EQ(set.first_from(0), 0U);
    EXPECT_FALSE(set.first_from(1));
}

TEST_F(TimerWheelTest, AgreesWithASortedListOnRandomInput) {
    std::mt19937_64 random(7);
    Duration now = 0s;
    for (int round = 0; round < 200; ++round) {
        std::vector<std::pair<Duration, int>> expected;
        for (int i = 0; i < 50; ++i) {
            const auto bits = random() % 40 + 1;
            const Duration at = now + Duration(static_cast<Duration::rep>(random() & ((1ULL << bits) - 1)));
            Probe& probe = add(i, at);
            if (random() % 5 == 0) {
                probe.unlink();
            } else {
                expected.emplace_back(at, i);
            }
        }
        std::sort(expected.begin(), expected.end());  // numbers grow in order of addition
        std::vector<int> order;
        std::vector<int> fired;
        for (auto& [at, number] : expected) order.push_back(number);
        while (fired.size() < order.size()) {
            const auto next = wheel_.next_deadline();
            ASSERT_TRUE(next);
            now = std::max(now, *next - start_);
            for (int number : advance(now)) fired.push_back(number);
        }
        ASSERT_EQ(fired, order) << "round " << round;
        probes_.clear();
    }
}

}  // namespace
}  // namespace trawl
