#include "trawl/loop/timer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <vector>

#include "coro/runner.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

constexpr Duration kTick = Duration(1 << 16);

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
