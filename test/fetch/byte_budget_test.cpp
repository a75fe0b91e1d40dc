/// Who may hold how much, and who waits.
#include "trawl/fetch/byte_budget.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

/// Holds `bytes` for a second; puts down who it was when it got them.
Task<> hold(ByteBudget& budget, std::size_t bytes, std::vector<std::size_t>& got) {
    ByteBudget::Hold held = co_await budget.acquire(bytes);
    got.push_back(bytes);
    co_await sleep(1s);
}

TEST(ByteBudget, FirstComeFirstServedAlsoWhereASmallerClaimWouldFit) {
    std::vector<std::size_t> got;
    auto work = [&]() -> Task<> {
        ByteBudget budget(10);
        TaskGroup group;
        for (const std::size_t bytes : {6U, 8U, 2U, 4U}) group.spawn(hold(budget, bytes, got));
        co_await sleep(500ms);
        EXPECT_EQ(got, std::vector<std::size_t>{6});
        EXPECT_EQ(budget.used(), 6U);
        co_await sleep(1s);
        EXPECT_EQ(got, (std::vector<std::size_t>{6, 8, 2}));
        co_await group.join();
        EXPECT_EQ(budget.used(), 0U);
    };
    VirtualLoop().run(work());
    EXPECT_EQ(got.size(), 4U);
}

TEST(ByteBudget, AClaimLargerThanTheWholeIsLetInAlone) {
    std::vector<std::size_t> got;
    auto work = [&]() -> Task<> {
        ByteBudget budget(10);
        TaskGroup group;
        for (const std::size_t bytes : {1U, 50U, 1U}) group.spawn(hold(budget, bytes, got));
        co_await sleep(1500ms);
        EXPECT_EQ(budget.used(), 50U);
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_EQ(got, (std::vector<std::size_t>{1, 50, 1}));
}

TEST(ByteBudget, WhoBecomesUrgentWaitsNoLonger) {
    auto work = []() -> Task<> {
        ByteBudget budget(10);
        bool is_urgent = false;
        const ByteBudget::Hold all = budget.take(10);
        Task<ByteBudget::Hold> behind = budget.acquire(5);
        TaskGroup group;
        auto wait = [](ByteBudget& from, const bool& urgent, bool& got) -> Task<> {
            const ByteBudget::Hold hold = co_await from.acquire(5, [&urgent] { return urgent; });
            got = true;
        };
        bool got = false;
        group.spawn(wait(budget, is_urgent, got));
        co_await sleep(1s);
        EXPECT_FALSE(got);
        is_urgent = true;
        budget.look_again();
        co_await group.join();
        EXPECT_TRUE(got);
    };
    VirtualLoop().run(work());
}

TEST(ByteBudget, WhoeverIsDestroyedWhileItWaitsHandsItsTurnOn) {
    auto work = []() -> Task<> {
        ByteBudget budget(10);
        ByteBudget::Hold most = budget.take(8);
        EXPECT_THROW((void)co_await timeout(1s, budget.acquire(9)), TimeoutError);
        const ByteBudget::Hold rest = co_await timeout(1s, budget.acquire(2));
        EXPECT_EQ(budget.used(), 10U);
    };
    VirtualLoop().run(work());
}

TEST(ByteBudget, AHoldGrowsOnlyWhereThereIsRoom) {
    ByteBudget budget(10);
    ByteBudget::Hold one = budget.take(4);
    const ByteBudget::Hold other = budget.take(4);
    EXPECT_FALSE(one.resize_if_it_fits(7));
    EXPECT_EQ(one.bytes(), 4U);
    EXPECT_TRUE(one.resize_if_it_fits(6));
    EXPECT_EQ(budget.used(), 10U);
    EXPECT_TRUE(one.resize_if_it_fits(1));
    EXPECT_EQ(budget.used(), 5U);
}

}  // namespace
}  // namespace trawl
