#include "trawl/sync/barrier.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "turns.hpp"

namespace trawl {
namespace {

using Indices = std::vector<std::size_t>;

Task<> pass(Barrier& barrier, Indices& indices) {
    std::size_t index = co_await barrier.wait();
    indices.push_back(index);
}

Task<> pass_rounds(Barrier& barrier, std::string& order, char name, int rounds) {
    for (int round = 0; round < rounds; ++round) {
        co_await barrier.wait();
        order.push_back(name);
    }
}

TEST(Barrier, OfNobodyIsAnError) { EXPECT_THROW(Barrier(0), UsageError); }

TEST(Barrier, OfOneNeverSuspends) {
    in_loop([]() -> Task<> {
        Barrier barrier(1);
        for (int round = 0; round < 3; ++round) {
            std::size_t index = co_await barrier.wait();
            EXPECT_EQ(index, 0U);
            EXPECT_EQ(barrier.waiting(), 0U);
        }
        EXPECT_TRUE(Schedule::current().idle());
    });
}

TEST(Barrier, LetsEveryoneGoOnWhenTheLastArrives) {
    in_loop([]() -> Task<> {
        Barrier barrier(3);
        Indices indices;
        Running first(pass(barrier, indices));
        Running second(pass(barrier, indices));
        co_await turns();
        EXPECT_EQ(barrier.waiting(), 2U);
        EXPECT_EQ(barrier.parties(), 3U);
        EXPECT_EQ(indices, Indices{});
        std::size_t last = co_await barrier.wait();
        EXPECT_EQ(last, 2U);
        EXPECT_EQ(indices, Indices{});  // woken, but never run inside wait()
        EXPECT_EQ(barrier.waiting(), 0U);
        co_await first.join();
        co_await second.join();
        EXPECT_EQ(indices, (Indices{0, 1}));
    });
}

TEST(Barrier, IsPassedAgainAndAgainInStep) {
    in_loop([]() -> Task<> {
        Barrier barrier(3);
        std::string order;
        TaskGroup group;
        for (char name : {'a', 'b', 'c'}) group.spawn(pass_rounds(barrier, order, name, 4));
        co_await group.join();
        EXPECT_EQ(order.size(), 12U);
        order.resize(12);
        for (std::size_t round = 0; round < 4; ++round) {
            std::string one = order.substr(3 * round, 3);
            std::sort(one.begin(), one.end());
            EXPECT_EQ(one, "abc") << order;
        }
        EXPECT_EQ(barrier.waiting(), 0U);
    });
}

TEST(Barrier, OpensTheNextRoundBeforeTheLastOneHasLeft) {
    in_loop([]() -> Task<> {
        Barrier barrier(2);
        Indices indices;
        Running first(pass(barrier, indices));
        co_await turns();
        co_await barrier.wait();
        Running next(pass(barrier, indices));
        co_await turns();
        EXPECT_EQ(indices, Indices{0});
        EXPECT_EQ(barrier.waiting(), 1U);
    });
}

TEST(Barrier, DoesNotCountAWaiterThatIsDestroyed) {
    in_loop([]() -> Task<> {
        Barrier barrier(3);
        Indices indices;
        Running first(pass(barrier, indices));
        Running second(pass(barrier, indices));
        co_await turns();
        first.drop();
        EXPECT_EQ(barrier.waiting(), 1U);
        Running third(pass(barrier, indices));
        co_await turns();
        EXPECT_EQ(barrier.waiting(), 2U);
        EXPECT_EQ(indices, Indices{});
        std::size_t last = co_await barrier.wait();
        EXPECT_EQ(last, 2U);
        co_await turns();
        EXPECT_EQ(indices, (Indices{0, 1}));  // without the gap that the first has left
        EXPECT_FALSE(barrier.broken());
    });
}

TEST(Barrier, StaysPassedForTheOthersWhenAWaiterIsDestroyedBeforeItRuns) {
    in_loop([]() -> Task<> {
        Barrier barrier(3);
        Indices indices;
        Running first(pass(barrier, indices));
        Running second(pass(barrier, indices));
        co_await turns();
        co_await barrier.wait();
        first.drop();
        co_await second.join();
        EXPECT_EQ(indices, Indices{1});
        EXPECT_EQ(barrier.waiting(), 0U);
    });
}

TEST(Barrier, DoesNotCountAWaiterWhoseTimeIsUp) {
    in_loop([]() -> Task<> {
        Barrier barrier(2);
        auto hurried = [](Barrier& at) -> Task<> { co_await timeout(0s, at.wait()); };
        bool timed_out = co_await fails_with<TimeoutError>(hurried(barrier));
        EXPECT_TRUE(timed_out);
        EXPECT_EQ(barrier.waiting(), 0U);
        EXPECT_FALSE(barrier.broken());
    });
}

TEST(Barrier, IsPassedWithinATimeout) {
    in_loop([]() -> Task<> {
        Barrier barrier(2);
        Indices indices;
        Running first(pass(barrier, indices));
        co_await turns();
        std::size_t index = co_await timeout(1h, barrier.wait());
        EXPECT_EQ(index, 1U);
        auto patient = [](Barrier& at) -> Task<> { co_await timeout(1h, at.wait()); };
        Running second(patient(barrier));
        co_await turns();
        co_await barrier.wait();
        co_await second.join();
    });
}

TEST(Barrier, ThatIsAbortedFailsThoseWhoWaitAndThoseWhoCome) {
    in_loop([]() -> Task<> {
        Barrier barrier(3);
        Indices indices;
        Running first(pass(barrier, indices));
        Running second(pass(barrier, indices));
        co_await turns();
        barrier.abort();
        EXPECT_TRUE(barrier.broken());
        EXPECT_EQ(barrier.waiting(), 0U);
        bool first_failed = co_await fails_with<BarrierBroken>(first.join());
        bool second_failed = co_await fails_with<BarrierBroken>(second.join());
        bool newcomer_failed = co_await fails_with<BarrierBroken>(pass(barrier, indices));
        EXPECT_TRUE(first_failed && second_failed && newcomer_failed);
        EXPECT_EQ(indices, Indices{});
    });
}

TEST(Barrier, ThatIsAbortedWithNobodyThereIsBroken) {
    Barrier barrier(1);
    barrier.abort();
    EXPECT_TRUE(barrier.broken());
    barrier.reset();
    EXPECT_FALSE(barrier.broken());
}

TEST(Barrier, ThatIsResetFailsThoseWhoWaitAndServesThoseWhoCome) {
    in_loop([]() -> Task<> {
        Barrier barrier(2);
        Indices indices;
        Running waiting(pass(barrier, indices));
        co_await turns();
        barrier.reset();
        EXPECT_FALSE(barrier.broken());
        EXPECT_EQ(barrier.waiting(), 0U);
        bool failed = co_await fails_with<BarrierBroken>(waiting.join());
        EXPECT_TRUE(failed);
        Running next(pass(barrier, indices));
        co_await turns();
        EXPECT_EQ(barrier.waiting(), 1U);
        co_await barrier.wait();
        co_await next.join();
        EXPECT_EQ(indices, Indices{0});
    });
}

TEST(Barrier, IsJoinedAgainByThoseWhomAResetTurnedAway) {
    in_loop([]() -> Task<> {
        Barrier barrier(3);
        Indices indices;
        auto stubborn = [](Barrier& at, Indices& out) -> Task<> {
            bool failed = false;
            try {
                co_await at.wait();
            } catch (const BarrierBroken&) {
                failed = true;
            }
            EXPECT_TRUE(failed);
            co_await pass(at, out);
        };
        TaskGroup group;
        for (int i = 0; i < 2; ++i) group.spawn(stubborn(barrier, indices));
        co_await turns();
        barrier.reset();
        co_await turns();
        EXPECT_EQ(barrier.waiting(), 2U);
        co_await barrier.wait();
        co_await group.join();
        EXPECT_EQ(indices, (Indices{0, 1}));
    });
}

TEST(Barrier, ThatWasAbortedWorksAgainAfterAReset) {
    in_loop([]() -> Task<> {
        Barrier barrier(2);
        Indices indices;
        barrier.abort();
        barrier.reset();
        Running first(pass(barrier, indices));
        co_await turns();
        co_await barrier.wait();
        co_await first.join();
        EXPECT_EQ(indices, Indices{0});
    });
}

// asyncio fails those of a complete round that have not run yet; here a round is complete for all of it.
TEST(Barrier, ThatIsAbortedOrResetDoesNotTakeBackARoundThatIsComplete) {
    in_loop([]() -> Task<> {
        Barrier barrier(2);
        Indices indices;
        Running first(pass(barrier, indices));
        co_await turns();
        co_await barrier.wait();
        barrier.reset();
        co_await first.join();
        Running second(pass(barrier, indices));
        co_await turns();
        co_await barrier.wait();
        barrier.abort();
        co_await second.join();
        EXPECT_EQ(indices, (Indices{0, 0}));
    });
}

TEST(Barrier, IsLeftByOneThatFailsWhoAbortsItForTheOthers) {
    in_loop([]() -> Task<> {
        Barrier barrier(3);
        int broken = 0;
        auto work = [](Barrier& at, int& out) -> Task<> {
            std::size_t index = co_await at.wait();
            if (index == 1) {
                at.abort();
                co_return;
            }
            bool failed = false;
            try {
                co_await at.wait();
            } catch (const BarrierBroken&) {
                failed = true;
            }
            out += failed ? 1 : 0;
        };
        TaskGroup group;
        for (int i = 0; i < 3; ++i) group.spawn(work(barrier, broken));
        co_await group.join();
        EXPECT_EQ(broken, 2);
        EXPECT_TRUE(barrier.broken());
    });
}

TEST(Barrier, SaysHowManyHaveArrived) {
    in_loop([]() -> Task<> {
        Barrier barrier(3);
        Indices indices;
        Running first(pass(barrier, indices));
        co_await turns();
        EXPECT_EQ(describe_waiting(barrier.wait()), "Barrier (2 of 3 arrived)");
        EXPECT_EQ(barrier.waiting(), 1U);
        auto waiting = barrier.wait();
        EXPECT_FALSE(waiting.await_ready());
        waiting.await_suspend(std::noop_coroutine());
        barrier.abort();
        EXPECT_EQ(waiting.describe(), "Barrier (broken)");
        bool failed = co_await fails_with<BarrierBroken>(first.join());
        EXPECT_TRUE(failed);
    });
}

TEST(Barrier, CountsRightWhenWaitersAreDestroyedAtRandom) {
    auto work = [](unsigned seed) -> Task<std::size_t> {
        std::mt19937 random(seed);
        Barrier barrier(4);
        Indices indices;
        std::vector<std::unique_ptr<Running>> tasks;
        for (int i = 0; i < 40; ++i) {
            tasks.push_back(std::make_unique<Running>(pass(barrier, indices)));
            if (random() % 2 == 0) co_await sleep(0s);
            if (random() % 3 == 0) tasks[random() % tasks.size()]->drop();
        }
        co_await turns();
        std::size_t waiting = 0;
        for (const auto& task : tasks) waiting += task->ended() ? 0 : 1;
        EXPECT_LT(waiting, 4U);
        co_return barrier.waiting() - waiting;
    };
    for (unsigned seed = 0; seed < 60; ++seed) ASSERT_EQ(run(work(seed)), 0U) << "seed " << seed;
}

}  // namespace
}  // namespace trawl
