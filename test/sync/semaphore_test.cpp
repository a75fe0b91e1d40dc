#include "trawl/sync/semaphore.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

TEST(Semaphore, OfNothingIsAnError) { EXPECT_THROW(Semaphore(0), UsageError); }

Task<> use(Semaphore& semaphore, int& inside, int& most) {
    Semaphore::Permit permit = co_await semaphore.acquire();
    ++inside;
    most = std::max(most, inside);
    co_await sleep(0s);
    --inside;
}

TEST(Semaphore, NeverLetsMoreThanItsPermitsIn) {
    int inside = 0;
    int most = 0;
    auto work = [&]() -> Task<> {
        Semaphore semaphore(3);
        std::vector<Task<>> tasks;
        for (int i = 0; i < 20; ++i) tasks.push_back(use(semaphore, inside, most));
        co_await gather(std::move(tasks));
        EXPECT_EQ(semaphore.available(), 3U);
    };
    run(work());
    EXPECT_EQ(most, 3);
    EXPECT_EQ(inside, 0);
}

TEST(Semaphore, IsFirstComeFirstServed) {
    std::string order;
    auto one = [](Semaphore& semaphore, std::string& out, char name) -> Task<> {
        for (int i = 0; i < 2; ++i) {
            Semaphore::Permit permit = co_await semaphore.acquire();
            out.push_back(name);
        }
    };
    auto work = [&]() -> Task<> {
        Semaphore semaphore(1);
        std::optional<Semaphore::Permit> held = co_await semaphore.acquire();
        TaskGroup group;
        for (char name : {'a', 'b', 'c'}) group.spawn(one(semaphore, order, name));
        co_await sleep(1ms);
        held.reset();
        co_await group.join();
    };
    run(work());
    EXPECT_EQ(order, "abcabc");
}

TEST(Semaphore, AGrantedPermitOfADestroyedWaiterIsHandedOn) {
    int inside = 0;
    int most = 0;
    auto work = [&]() -> Task<> {
        Semaphore semaphore(1);
        std::optional<Semaphore::Permit> held = co_await semaphore.acquire();
        auto doomed = std::make_unique<TaskGroup>();
        doomed->spawn(use(semaphore, inside, most));
        TaskGroup heir;
        co_await sleep(0s);
        heir.spawn(use(semaphore, inside, most));
        co_await sleep(0s);
        held.reset();    // granted to the first, which is not resumed yet
        doomed.reset();  // and never will be
        co_await heir.join();
        EXPECT_EQ(semaphore.available(), 1U);
    };
    run(work());
    EXPECT_EQ(most, 1);
}

TEST(Semaphore, LosesNoPermitWhenWaitersAreDestroyedAtRandom) {
    auto work = [](unsigned seed) -> Task<std::size_t> {
        std::mt19937 random(seed);
        Semaphore semaphore(2);
        int inside = 0;
        int most = 0;
        std::vector<std::unique_ptr<TaskGroup>> groups;
        for (int i = 0; i < 30; ++i) {
            groups.push_back(std::make_unique<TaskGroup>());
            groups.back()->spawn(use(semaphore, inside, most));
            if (random() % 2 == 0) co_await sleep(0s);
            if (random() % 3 == 0) groups[random() % groups.size()] = std::make_unique<TaskGroup>();
        }
        for (auto& group : groups) co_await group->join();
        co_return semaphore.available();
    };
    for (unsigned seed = 0; seed < 100; ++seed) ASSERT_EQ(run(work(seed)), 2U) << "seed " << seed;
}

}  // namespace
}  // namespace trawl
