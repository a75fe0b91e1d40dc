#include "trawl/sync/semaphore.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "turns.hpp"

namespace trawl {
namespace {

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
    for (unsigned seed = 0; seed < 40; ++seed) ASSERT_EQ(run(work(seed)), 2U) << "seed " << seed;
}

Task<> note_turn(Semaphore& semaphore, std::string& order, char name, std::size_t count = 1) {
    Semaphore::Permit permits = co_await semaphore.acquire(count);
    EXPECT_EQ(permits.count(), count);
    order.push_back(name);
}

TEST(Semaphore, ThatHasAFreePermitDoesNotSuspend) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(2);
        Semaphore::Permit one = co_await semaphore.acquire();
        Semaphore::Permit two = co_await semaphore.acquire();
        EXPECT_EQ(semaphore.available(), 0U);
        EXPECT_TRUE(Schedule::current().idle());
    });
}

TEST(Semaphore, TakesAPermitBackEarlyAndOnlyOnce) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(2);
        Semaphore::Permit one = co_await semaphore.acquire();
        Semaphore::Permit two = co_await semaphore.acquire();
        one.release();
        one.release();
        EXPECT_EQ(one.count(), 0U);
        EXPECT_EQ(semaphore.available(), 1U);
    });
}

TEST(Semaphore, TakesAPermitBackThatIsAssignedOver) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(2);
        Semaphore::Permit one = co_await semaphore.acquire();
        Semaphore::Permit two = co_await semaphore.acquire();
        one = std::move(two);
        EXPECT_EQ(semaphore.available(), 1U);
        EXPECT_EQ(one.count(), 1U);
    });
}

TEST(Semaphore, IsTriedWithoutWaiting) {
    Semaphore semaphore(2);
    auto both = semaphore.try_acquire(2);
    ASSERT_TRUE(both);
    EXPECT_FALSE(semaphore.try_acquire());
    both.reset();
    EXPECT_TRUE(semaphore.try_acquire());
}

TEST(Semaphore, GivesAPermitThatWasGrantedToNobodyElse) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(1);
        std::string order;
        Semaphore::Permit held = co_await semaphore.acquire();
        Running waiter(note_turn(semaphore, order, 'a'));
        co_await turns();
        held.release();
        EXPECT_EQ(semaphore.available(), 0U);
        EXPECT_FALSE(semaphore.try_acquire());
        co_await note_turn(semaphore, order, 'b');
        EXPECT_EQ(order, "ab");
    });
}

TEST(Semaphore, GivesSeveralPermitsAtOnceAndTakesThemBackTogether) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(5);
        {
            Semaphore::Permit three = co_await semaphore.acquire(3);
            EXPECT_EQ(three.count(), 3U);
            EXPECT_EQ(semaphore.available(), 2U);
        }
        EXPECT_EQ(semaphore.available(), 5U);
    });
}

TEST(Semaphore, LetsNobodyOvertakeOneWhoWaitsForMany) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(3);
        std::string order;
        Semaphore::Permit one = co_await semaphore.acquire();
        Semaphore::Permit two = co_await semaphore.acquire();
        Running many(note_turn(semaphore, order, 'm', 3));
        Running few(note_turn(semaphore, order, 'f', 1));
        co_await turns();
        EXPECT_EQ(semaphore.available(), 1U);
        EXPECT_FALSE(semaphore.try_acquire());
        one.release();
        co_await turns();
        EXPECT_EQ(order, "");
        two.release();
        co_await few.join();
        EXPECT_EQ(order, "mf");
    });
}

TEST(Semaphore, LetsThoseBehindGoOnWhenOneWhoWaitsForManyIsDestroyed) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(3);
        std::string order;
        Semaphore::Permit held = co_await semaphore.acquire();
        Running many(note_turn(semaphore, order, 'm', 3));
        Running few(note_turn(semaphore, order, 'f', 2));
        co_await turns();
        EXPECT_EQ(order, "");
        many.drop();
        co_await few.join();
        EXPECT_EQ(order, "f");
    });
}

TEST(Semaphore, HandsSeveralPermitsOnWhenTheirWaiterIsDestroyed) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(2);
        std::string order;
        Semaphore::Permit held = co_await semaphore.acquire(2);
        Running both(note_turn(semaphore, order, 'm', 2));
        Running first(note_turn(semaphore, order, 'a'));
        Running second(note_turn(semaphore, order, 'b'));
        co_await turns();
        held.release();
        both.drop();
        co_await second.join();
        EXPECT_EQ(order, "ab");
        EXPECT_EQ(semaphore.available(), 2U);
    });
}

TEST(Semaphore, RefusesWhatItCanNeverGive) {
    Semaphore semaphore(3);
    EXPECT_THROW((void)semaphore.acquire(0), UsageError);
    EXPECT_THROW((void)semaphore.acquire(4), UsageError);
    EXPECT_THROW((void)semaphore.try_acquire(4), UsageError);
    Semaphore growing(3, 4);
    EXPECT_FALSE(growing.try_acquire(4));
}

TEST(Semaphore, IsBoundedByItsMaximum) {
    Semaphore fixed(1);
    EXPECT_THROW(fixed.add_permits(1), UsageError);
    EXPECT_EQ(fixed.available(), 1U);
    Semaphore growing(1, 3);
    growing.add_permits(2);
    EXPECT_EQ(growing.permits(), 3U);
    EXPECT_EQ(growing.available(), 3U);
    EXPECT_THROW(growing.add_permits(1), UsageError);
    EXPECT_THROW(Semaphore(2, 1), UsageError);
    EXPECT_THROW(Semaphore(0, 0), UsageError);
}

TEST(Semaphore, LetsThoseWhoWaitGoOnWhenPermitsAreAdded) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(0, 5);
        std::string order;
        TaskGroup group;
        for (char name : {'a', 'b', 'c'}) group.spawn(note_turn(semaphore, order, name));
        co_await turns();
        EXPECT_EQ(order, "");
        semaphore.add_permits(3);
        EXPECT_EQ(semaphore.available(), 0U);
        co_await group.join();
        EXPECT_EQ(order, "abc");
        EXPECT_EQ(semaphore.available(), 3U);
    });
}

TEST(Semaphore, ForgetsWaitersThatAreDestroyed) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(1);
        std::string order;
        Semaphore::Permit held = co_await semaphore.acquire();
        Running first(note_turn(semaphore, order, 'a'));
        Running second(note_turn(semaphore, order, 'b'));
        Running third(note_turn(semaphore, order, 'c'));
        co_await turns();
        first.drop();
        second.drop();
        held.release();
        co_await third.join();
        EXPECT_EQ(order, "c");
    });
}

TEST(Semaphore, KeepsThePermitOfAnAcquireThatTimedOut) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(1);
        Semaphore::Permit held = co_await timeout(1h, semaphore.acquire());
        auto hurried = [](Semaphore& of) -> Task<> { auto permit = co_await timeout(0s, of.acquire()); };
        bool timed_out = co_await fails_with<TimeoutError>(hurried(semaphore));
        EXPECT_TRUE(timed_out);
        held.release();
        EXPECT_EQ(semaphore.available(), 1U);
    });
}

TEST(Semaphore, SaysWhatAWaiterWaitsFor) {
    in_loop([]() -> Task<> {
        Semaphore semaphore(3);
        Semaphore::Permit held = co_await semaphore.acquire(2);
        EXPECT_EQ(describe_waiting(semaphore.acquire(2)), "Semaphore (1 of 3 free, 2 wanted)");
        EXPECT_EQ(semaphore.available(), 1U);
    });
}

TEST(Semaphore, LosesNoPermitsWhenWaitersForSeveralAreDestroyedAtRandom) {
    auto use_some = [](Semaphore& semaphore, std::size_t count) -> Task<> {
        Semaphore::Permit permits = co_await semaphore.acquire(count);
        co_await sleep(0s);
    };
    auto work = [&](unsigned seed) -> Task<std::size_t> {
        std::mt19937 random(seed);
        Semaphore semaphore(4);
        std::vector<std::unique_ptr<Running>> tasks;
        for (int i = 0; i < 30; ++i) {
            tasks.push_back(std::make_unique<Running>(use_some(semaphore, 1 + random() % 4)));
            if (random() % 2 == 0) co_await sleep(0s);
            if (random() % 3 == 0) tasks[random() % tasks.size()]->drop();
        }
        for (auto& task : tasks) {
            if (!task->ended()) co_await task->join();
        }
        co_return semaphore.available();
    };
    for (unsigned seed = 0; seed < 50; ++seed) ASSERT_EQ(run(work(seed)), 4U) << "seed " << seed;
}

}  // namespace
}  // namespace trawl
