#include "trawl/sync/lock.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "turns.hpp"

namespace trawl {
namespace {

Task<> note_turn(Lock& lock, std::string& order, char name) {
    auto guard = co_await lock.acquire();
    order.push_back(name);
}

Task<> hold_until_dropped(Lock& lock) {
    auto guard = co_await lock.acquire();
    co_await sleep(1h);
}

TEST(Lock, IsLockedWhileItsGuardLives) {
    in_loop([]() -> Task<> {
        Lock lock;
        EXPECT_FALSE(lock.locked());
        {
            auto guard = co_await lock.acquire();
            EXPECT_TRUE(lock.locked());
            EXPECT_TRUE(guard.holds(lock));
        }
        EXPECT_FALSE(lock.locked());
    });
}

TEST(Lock, ThatIsFreeIsAcquiredWithoutSuspending) {
    in_loop([]() -> Task<> {
        Lock lock;
        Schedule& schedule = Schedule::current();
        bool other_ran = false;
        Running other([](bool& ran) -> Task<> {
            ran = true;
            co_return;
        }(other_ran));
        auto guard = co_await lock.acquire();
        EXPECT_FALSE(other_ran);
        EXPECT_FALSE(schedule.idle());
    });
}

TEST(Lock, IsReleasedEarlyByItsGuardAndOnlyOnce) {
    in_loop([]() -> Task<> {
        Lock lock;
        auto first = co_await lock.acquire();
        first.release();
        EXPECT_FALSE(lock.locked());
        EXPECT_FALSE(first);
        auto second = co_await lock.acquire();
        first.release();
        EXPECT_TRUE(lock.locked());
        EXPECT_TRUE(second.holds(lock));
    });
}

TEST(Lock, IsReleasedByWhoeverItsGuardWasMovedTo) {
    in_loop([]() -> Task<> {
        Lock lock;
        auto guard = co_await lock.acquire();
        {
            Lock::Guard heir = std::move(guard);
            EXPECT_TRUE(heir.holds(lock));
        }
        EXPECT_FALSE(lock.locked());
    });
}

TEST(Lock, OfAGuardThatIsAssignedOverIsReleasedAtOnce) {
    in_loop([]() -> Task<> {
        Lock one;
        Lock two;
        auto guard = co_await one.acquire();
        guard = co_await two.acquire();
        EXPECT_FALSE(one.locked());
        EXPECT_TRUE(guard.holds(two));
    });
}

TEST(Lock, IsReleasedWhenItsHolderThrows) {
    in_loop([]() -> Task<> {
        Lock lock;
        auto failing = [](Lock& held) -> Task<> {
            auto guard = co_await held.acquire();
            throw UsageError("with the lock held");
        };
        bool failed = co_await fails_with<UsageError>(failing(lock));
        EXPECT_TRUE(failed);
        EXPECT_FALSE(lock.locked());
    });
}

TEST(Lock, IsReleasedWhenItsHolderIsDestroyed) {
    in_loop([]() -> Task<> {
        Lock lock;
        std::string order;
        Running holder(hold_until_dropped(lock));
        co_await turns();
        Running next(note_turn(lock, order, 'a'));
        co_await turns();
        EXPECT_EQ(order, "");
        holder.drop();
        co_await next.join();
        EXPECT_EQ(order, "a");
        EXPECT_FALSE(lock.locked());
    });
}

TEST(Lock, IsFirstComeFirstServed) {
    in_loop([]() -> Task<> {
        Lock lock;
        std::string order;
        auto guard = co_await lock.acquire();
        TaskGroup group;
        for (char name : {'a', 'b', 'c'}) group.spawn(note_turn(lock, order, name));
        co_await turns();
        EXPECT_EQ(order, "");
        guard.release();
        co_await group.join();
        EXPECT_EQ(order, "abc");
    });
}

TEST(Lock, IsPassedOnSoThatTheReleaserDoesNotOvertakeWhoWaits) {
    in_loop([]() -> Task<> {
        Lock lock;
        std::string order;
        auto guard = co_await lock.acquire();
        Running waiter(note_turn(lock, order, 'a'));
        co_await turns();
        guard.release();
        EXPECT_TRUE(lock.locked());  // on its way to the waiter
        EXPECT_FALSE(lock.try_acquire());
        co_await note_turn(lock, order, 'b');
        EXPECT_EQ(order, "ab");
    });
}

TEST(Lock, IsNeverPassedOnInsideRelease) {
    in_loop([]() -> Task<> {
        Lock lock;
        std::string order;
        auto guard = co_await lock.acquire();
        Running waiter(note_turn(lock, order, 'a'));
        co_await turns();
        guard.release();
        EXPECT_EQ(order, "");
        co_await waiter.join();
        EXPECT_EQ(order, "a");
    });
}

TEST(Lock, IsTriedWithoutWaiting) {
    Lock lock;
    {
        auto guard = lock.try_acquire();
        ASSERT_TRUE(guard);
        EXPECT_TRUE(guard->holds(lock));
        EXPECT_FALSE(lock.try_acquire());
    }
    EXPECT_TRUE(lock.try_acquire());
}

TEST(Lock, ForgetsAWaiterThatIsDestroyed) {
    in_loop([]() -> Task<> {
        Lock lock;
        std::string order;
        auto guard = co_await lock.acquire();
        Running first(note_turn(lock, order, 'a'));
        co_await turns();
        Running second(note_turn(lock, order, 'b'));
        co_await turns();
        first.drop();
        guard.release();
        co_await second.join();
        EXPECT_EQ(order, "b");
        EXPECT_FALSE(lock.locked());
    });
}

TEST(Lock, GrantedToAWaiterThatIsDestroyedBeforeItRunsIsPassedOn) {
    in_loop([]() -> Task<> {
        Lock lock;
        std::string order;
        auto guard = co_await lock.acquire();
        Running first(note_turn(lock, order, 'a'));
        co_await turns();
        Running second(note_turn(lock, order, 'b'));
        co_await turns();
        guard.release();
        first.drop();
        co_await second.join();
        EXPECT_EQ(order, "b");
    });
}

TEST(Lock, GrantedToTheOnlyWaiterThatIsDestroyedBeforeItRunsIsFree) {
    in_loop([]() -> Task<> {
        Lock lock;
        std::string order;
        auto guard = co_await lock.acquire();
        Running only(note_turn(lock, order, 'a'));
        co_await turns();
        guard.release();
        only.drop();
        EXPECT_FALSE(lock.locked());
        EXPECT_TRUE(lock.try_acquire());
        co_await turns();
        EXPECT_EQ(order, "");
    });
}

TEST(Lock, IsNotAcquiredWhenTheTimeIsUp) {
    in_loop([]() -> Task<> {
        Lock lock;
        auto guard = co_await lock.acquire();
        auto hurried = [](Lock& held) -> Task<> { auto second = co_await timeout(0s, held.acquire()); };
        bool timed_out = co_await fails_with<TimeoutError>(hurried(lock));
        EXPECT_TRUE(timed_out);
        guard.release();
        EXPECT_FALSE(lock.locked());
    });
}

TEST(Lock, IsAcquiredWithinATimeout) {
    in_loop([]() -> Task<> {
        Lock lock;
        std::string order;
        auto guard = co_await timeout(1h, lock.acquire());
        EXPECT_TRUE(guard.holds(lock));
        auto patient = [](Lock& held, std::string& out) -> Task<> {
            auto turn = co_await timeout(1h, held.acquire());
            out += "got it";
        };
        Running waiter(patient(lock, order));
        co_await turns();
        guard.release();
        co_await waiter.join();
        EXPECT_EQ(order, "got it");
        EXPECT_FALSE(lock.locked());
    });
}

TEST(Lock, IsNotAcquiredBeforeItIsAwaited) {
    in_loop([]() -> Task<> {
        Lock lock;
        auto later = lock.acquire();
        EXPECT_FALSE(lock.locked());
        auto moved = std::move(later);
        auto guard = co_await moved;
        EXPECT_TRUE(guard.holds(lock));
    });
}

TEST(Lock, SaysWhoHoldsItToThoseWhoAskWhatAWaiterWaitsFor) {
    in_loop([]() -> Task<> {
        Lock lock;
        {
            auto guard = co_await lock.acquire();
            EXPECT_EQ(describe_waiting(lock.acquire()), "Lock (held by the task that waits)");
        }
        Running holder(hold_until_dropped(lock));
        co_await turns();
        EXPECT_EQ(describe_waiting(lock.acquire()), "Lock (held by another task)");
    });
}

Task<> take_turns(Lock& lock, int& inside, int& most) {
    for (int i = 0; i < 3; ++i) {
        auto guard = co_await lock.acquire();
        most = std::max(most, ++inside);
        co_await sleep(0s);
        --inside;
    }
}

TEST(Lock, IsHeldByOneAndNeverLostWhenTasksAreDestroyedAtRandom) {
    auto work = [](unsigned seed) -> Task<bool> {
        std::mt19937 random(seed);
        Lock lock;
        int most = 0;
        std::vector<std::unique_ptr<Running>> tasks;
        std::vector<std::unique_ptr<int>> inside;  // a destroyed holder leaves its count behind
        for (int i = 0; i < 30; ++i) {
            inside.push_back(std::make_unique<int>(0));
            tasks.push_back(std::make_unique<Running>(take_turns(lock, *inside.back(), most)));
            if (random() % 2 == 0) co_await sleep(0s);
            if (random() % 3 == 0) tasks[random() % tasks.size()]->drop();
        }
        while (lock.locked()) co_await sleep(0s);
        co_return most <= 1;
    };
    for (unsigned seed = 0; seed < 40; ++seed) ASSERT_TRUE(run(work(seed))) << "seed " << seed;
}

}  // namespace
}  // namespace trawl
