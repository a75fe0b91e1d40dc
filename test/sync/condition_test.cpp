#include "trawl/sync/condition.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "turns.hpp"

namespace trawl {
namespace {

Task<> wait_once(Condition& condition, std::string& order, char name) {
    auto guard = co_await condition.acquire();
    co_await condition.wait(guard);
    EXPECT_TRUE(guard.holds(condition.lock()));
    order.push_back(name);
}

Task<> notify(Condition& condition, std::size_t count = 1) {
    auto guard = co_await condition.acquire();
    condition.notify(count);
}

TEST(Condition, IsOverALockOfItsOwnOrAGivenOne) {
    in_loop([]() -> Task<> {
        Lock lock;
        Condition given(lock);
        Condition own;
        auto guard = co_await given.acquire();
        EXPECT_TRUE(lock.locked() && given.locked());
        EXPECT_FALSE(own.locked());
        EXPECT_TRUE(guard.holds(lock));
        auto own_guard = co_await own.acquire();
        EXPECT_TRUE(own.locked());
        EXPECT_TRUE(own_guard.holds(own.lock()));
    });
}

TEST(Condition, ReleasesTheLockWhileATaskWaitsAndEmptiesItsGuard) {
    in_loop([]() -> Task<> {
        Condition condition;
        Lock::Guard guard = co_await condition.acquire();
        auto wait = [](Condition& on, Lock::Guard& held) -> Task<> { co_await on.wait(held); };
        Running waiter(wait(condition, guard));
        co_await turns();
        EXPECT_FALSE(guard);
        EXPECT_FALSE(condition.locked());
        co_await notify(condition);
        co_await waiter.join();
        EXPECT_TRUE(guard.holds(condition.lock()));
    });
}

TEST(Condition, NotifiesThoseWhoHaveWaitedLongest) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        TaskGroup group;
        for (char name : {'a', 'b', 'c', 'd'}) group.spawn(wait_once(condition, order, name));
        co_await turns();
        co_await notify(condition);
        co_await turns();
        EXPECT_EQ(order, "a");
        co_await notify(condition, 2);
        co_await turns();
        EXPECT_EQ(order, "abc");
        co_await notify(condition, 2048);
        co_await group.join();
        EXPECT_EQ(order, "abcd");
    });
}

TEST(Condition, NotifiesEveryoneInTheOrderOfArrival) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        TaskGroup group;
        for (char name : {'a', 'b', 'c'}) group.spawn(wait_once(condition, order, name));
        co_await turns();
        {
            auto guard = co_await condition.acquire();
            condition.notify_all();
            EXPECT_EQ(order, "");
        }
        co_await group.join();
        EXPECT_EQ(order, "abc");
        EXPECT_FALSE(condition.locked());
    });
}

TEST(Condition, DoesNotNotifyWhoComesLater) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        co_await notify(condition, 5);
        Running late(wait_once(condition, order, 'a'));
        co_await turns();
        EXPECT_EQ(order, "");
    });
}

TEST(Condition, LetsAWaiterGoOnOnlyWhenTheLockIsFree) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        Running waiter(wait_once(condition, order, 'a'));
        co_await turns();
        auto guard = co_await condition.acquire();
        condition.notify();
        co_await turns();
        EXPECT_EQ(order, "");
        guard.release();
        co_await waiter.join();
        EXPECT_EQ(order, "a");
    });
}

TEST(Condition, PutsWhoIsNotifiedBehindThoseWhoWaitForTheLock) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        Running waiter(wait_once(condition, order, 'w'));
        co_await turns();
        auto guard = co_await condition.acquire();
        auto lock_only = [](Condition& on, std::string& out) -> Task<> {
            auto held = co_await on.acquire();
            out.push_back('l');
        };
        Running locker(lock_only(condition, order));
        co_await turns();
        condition.notify();
        guard.release();
        co_await waiter.join();
        EXPECT_EQ(order, "lw");
    });
}

TEST(Condition, IsNotNotifiedWithoutItsLock) {
    Condition condition;
    EXPECT_THROW(condition.notify(), UsageError);
    EXPECT_THROW(condition.notify_all(), UsageError);
}

TEST(Condition, IsNotWaitedForWithoutItsLock) {
    in_loop([]() -> Task<> {
        Condition condition;
        Lock other;
        auto wait = [](Condition& on, Lock::Guard& held) -> Task<> { co_await on.wait(held); };
        Lock::Guard nothing;
        bool refused_nothing = co_await fails_with<UsageError>(wait(condition, nothing));
        EXPECT_TRUE(refused_nothing);
        Lock::Guard wrong = co_await other.acquire();
        bool refused_wrong = co_await fails_with<UsageError>(wait(condition, wrong));
        EXPECT_TRUE(refused_wrong);
        EXPECT_TRUE(wrong.holds(other));
    });
}

TEST(Condition, DoesNotWaitForWhatIsTrue) {
    in_loop([]() -> Task<> {
        Condition condition;
        auto guard = co_await condition.acquire();
        co_await condition.wait_for(guard, [] { return true; });
        EXPECT_TRUE(guard.holds(condition.lock()));
    });
}

TEST(Condition, WaitsAgainWhenItIsNotTrueYet) {
    in_loop([]() -> Task<> {
        Condition condition;
        int value = 0;
        auto wait = [](Condition& on, int& seen) -> Task<> {
            auto guard = co_await on.acquire();
            co_await on.wait_for(guard, [&] { return seen == 2; });
            seen = 10;
        };
        Running waiter(wait(condition, value));
        co_await turns();
        for (value = 0; value < 2; ++value) {
            co_await notify(condition);
            co_await turns();
            EXPECT_FALSE(waiter.ended());
        }
        co_await notify(condition);
        co_await waiter.join();
        EXPECT_EQ(value, 10);
    });
}

TEST(Condition, HoldsTheLockWhileItAsksWhetherItIsTrueAndWhenThatThrows) {
    in_loop([]() -> Task<> {
        Condition condition;
        auto guard = co_await condition.acquire();
        auto wait = [](Condition& on, Lock::Guard& held) -> Task<> {
            auto failing = [&]() -> bool {
                EXPECT_TRUE(on.locked());
                throw UsageError("from the predicate");
            };
            co_await on.wait_for(held, failing);
        };
        bool failed = co_await fails_with<UsageError>(wait(condition, guard));
        EXPECT_TRUE(failed);
        EXPECT_TRUE(guard.holds(condition.lock()));
    });
}

TEST(Condition, ForgetsAWaiterThatIsDestroyed) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        Running first(wait_once(condition, order, 'a'));
        Running second(wait_once(condition, order, 'b'));
        co_await turns();
        first.drop();
        EXPECT_FALSE(condition.locked());
        co_await notify(condition);
        co_await second.join();
        EXPECT_EQ(order, "b");
        EXPECT_FALSE(condition.locked());
    });
}

TEST(Condition, DoesNotReleaseALockThatADestroyedWaiterDoesNotHold) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        Running waiter(wait_once(condition, order, 'a'));
        co_await turns();
        auto guard = co_await condition.acquire();
        waiter.drop();
        EXPECT_TRUE(condition.locked());
        condition.notify();
        EXPECT_TRUE(guard.holds(condition.lock()));
    });
}

TEST(Condition, HandsANotificationOnWhenItsWaiterIsDestroyedBeforeItHasTheLock) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        Running first(wait_once(condition, order, 'a'));
        Running second(wait_once(condition, order, 'b'));
        co_await turns();
        auto guard = co_await condition.acquire();
        condition.notify();
        first.drop();
        co_await turns();
        guard.release();
        co_await second.join();
        EXPECT_EQ(order, "b");
        EXPECT_FALSE(condition.locked());
    });
}

TEST(Condition, HandsANotificationAndTheLockOnWhenItsWaiterIsDestroyedBeforeItRuns) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        Running first(wait_once(condition, order, 'a'));
        Running second(wait_once(condition, order, 'b'));
        co_await turns();
        co_await notify(condition);
        EXPECT_TRUE(condition.locked());  // on its way to the first
        first.drop();
        co_await second.join();
        EXPECT_EQ(order, "b");
        EXPECT_FALSE(condition.locked());
    });
}

TEST(Condition, HasAFreeLockWhenItsOnlyNotifiedWaiterIsDestroyed) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        Running only(wait_once(condition, order, 'a'));
        co_await turns();
        co_await notify(condition);
        only.drop();
        EXPECT_FALSE(condition.locked());
        Running late(wait_once(condition, order, 'b'));
        co_await turns();
        EXPECT_EQ(order, "");  // the notification was for those who waited then
    });
}

TEST(Condition, HandsEachNotificationOnWhenSeveralOfItsWaitersAreDestroyed) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        std::vector<std::unique_ptr<Running>> waiters;
        for (char name : {'a', 'b', 'c', 'd', 'e'}) {
            waiters.push_back(std::make_unique<Running>(wait_once(condition, order, name)));
        }
        co_await turns();
        co_await notify(condition, 2);
        waiters[0]->drop();
        waiters[1]->drop();
        co_await turns();
        EXPECT_EQ(order, "cd");
        EXPECT_FALSE(waiters[4]->ended());
    });
}

TEST(Condition, LeavesTheGuardEmptyWhenTheTimeIsUp) {
    in_loop([]() -> Task<> {
        Condition condition;
        Lock::Guard guard = co_await condition.acquire();
        auto hurried = [](Condition& on, Lock::Guard& held) -> Task<> { co_await timeout(0s, on.wait(held)); };
        bool timed_out = co_await fails_with<TimeoutError>(hurried(condition, guard));
        EXPECT_TRUE(timed_out);
        EXPECT_FALSE(guard);
        EXPECT_FALSE(condition.locked());
        guard = co_await condition.acquire();
        EXPECT_TRUE(guard.holds(condition.lock()));
    });
}

TEST(Condition, HandsANotificationOnWhenItsWaitersTimeIsUpMeanwhile) {
    in_loop([]() -> Task<> {
        Condition condition;
        std::string order;
        auto hurried = [](Condition& on) -> Task<> {
            auto guard = co_await on.acquire();
            co_await timeout(0s, on.wait(guard));
        };
        Running first(hurried(condition));
        co_await sleep(0s);  // it waits, and its time is up with the next turn
        Running second(wait_once(condition, order, 'b'));
        auto guard = co_await condition.acquire();
        condition.notify();
        bool timed_out = co_await fails_with<TimeoutError>(first.join());
        EXPECT_TRUE(timed_out);
        guard.release();
        co_await turns();
        co_await notify(condition);  // when the second began to wait only after the notification
        co_await second.join();
        EXPECT_EQ(order, "b");
    });
}

TEST(Condition, IsWaitedForWithinATimeout) {
    in_loop([]() -> Task<> {
        Condition condition;
        bool done = false;
        auto patient = [](Condition& on, bool& seen) -> Task<> {
            auto guard = co_await on.acquire();
            co_await timeout(1h, on.wait(guard));
            seen = guard.holds(on.lock());
        };
        Running waiter(patient(condition, done));
        co_await turns();
        co_await notify(condition);
        co_await waiter.join();
        EXPECT_TRUE(done);
        EXPECT_FALSE(condition.locked());
    });
}

TEST(Condition, SaysWhatAWaiterWaitsFor) {
    in_loop([]() -> Task<> {
        Condition condition;
        auto guard = co_await condition.acquire();
        auto waiting = condition.wait(guard);
        waiting.await_suspend(std::noop_coroutine());
        EXPECT_EQ(waiting.describe(), "Condition");
        auto notifier = co_await condition.acquire();
        condition.notify();
        EXPECT_EQ(waiting.describe(), "Condition (notified), Lock (held by the task that waits)");
        notifier.release();
        EXPECT_EQ(waiting.describe(), "Condition (notified), Lock (granted)");
    });
}

struct Stock {
    Condition changed;
    int items = 0;
    int taken = 0;
};

Task<> take_one(Stock& stock) {
    auto guard = co_await stock.changed.acquire();
    co_await stock.changed.wait_for(guard, [&] { return stock.items > 0; });
    --stock.items;
    ++stock.taken;
}

Task<> add_one(Stock& stock) {
    auto guard = co_await stock.changed.acquire();
    ++stock.items;
    stock.changed.notify();
}

TEST(Condition, LosesNoNotificationWhenWaitersAreDestroyedAtRandom) {
    auto work = [](unsigned seed) -> Task<int> {
        std::mt19937 random(seed);
        Stock stock;
        std::vector<std::unique_ptr<Running>> takers;
        for (int i = 0; i < 20; ++i) {
            takers.push_back(std::make_unique<Running>(take_one(stock)));
            if (random() % 2 == 0) co_await sleep(0s);
            if (random() % 2 == 0) co_await add_one(stock);
            if (random() % 2 == 0) takers[random() % takers.size()]->drop();
        }
        co_await turns();
        int waiting = 0;
        for (const auto& taker : takers) waiting += taker->ended() ? 0 : 1;
        co_return stock.items > 0 ? waiting : 0;
    };
    for (unsigned seed = 0; seed < 100; ++seed) ASSERT_EQ(run(work(seed)), 0) << "seed " << seed;
}

}  // namespace
}  // namespace trawl
