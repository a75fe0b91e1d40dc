/// task_done(), join() and shutdown() of the queues, and the order of those that are not first in, first out.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "trawl/sync/queue.hpp"
#include "turns.hpp"

namespace trawl {
namespace {

template <class T>
class AnyQueue : public testing::Test {};

using Queues = testing::Types<Queue<int>, LifoQueue<int>, PriorityQueue<int>>;
TYPED_TEST_SUITE(AnyQueue, Queues);

template <class Q>
Task<> put_one(Q& queue, int item) {
    co_await queue.put(item);
}

template <class Q>
Task<> get_one(Q& queue) {
    co_await queue.get();
}

template <class Q>
Task<> join(Q& queue) {
    co_await queue.join();
}

/// Takes what there is until the queue is shut down and empty.
template <class Q>
Task<> work_off(Q& queue, int& sum) {
    for (;;) {
        int item = co_await queue.get();
        sum += item;
        queue.task_done();
    }
}

template <class Q>
Task<> expect_closed(Q& queue) {
    bool put_failed = co_await fails_with<QueueShutDown>(put_one(queue, 1));
    EXPECT_TRUE(put_failed);
    bool get_failed = co_await fails_with<QueueShutDown>(get_one(queue));
    EXPECT_TRUE(get_failed);
    EXPECT_THROW((void)queue.try_put(1), QueueShutDown);
    EXPECT_THROW((void)queue.try_get(), ClosedError);
}

TYPED_TEST(AnyQueue, JoinsAtOnceWhenNothingWasPut) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        co_await queue.join();
        co_await queue.join();
        EXPECT_EQ(queue.unfinished(), 0U);
    });
}

TYPED_TEST(AnyQueue, RefusesTaskDoneForWhatWasNotPut) {
    TypeParam queue;
    EXPECT_THROW(queue.task_done(), UsageError);
    EXPECT_TRUE(queue.try_put(1));
    queue.task_done();
    EXPECT_THROW(queue.task_done(), UsageError);
}

TYPED_TEST(AnyQueue, JoinsWhenAllThatWasPutIsDone) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        int sum = 0;
        for (int i = 0; i < 100; ++i) co_await queue.put(i);
        TaskGroup workers;
        for (int i = 0; i < 2; ++i) workers.spawn(work_off(queue, sum));
        co_await queue.join();
        EXPECT_EQ(sum, 4950);
    });
}

TYPED_TEST(AnyQueue, DoesNotJoinWhenItIsEmptyButNotDone) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        co_await queue.put(1);
        Running first(join(queue));
        Running second(join(queue));
        Running destroyed(join(queue));
        EXPECT_EQ(queue.try_get(), 1);
        co_await turns();
        EXPECT_FALSE(first.ended());
        destroyed.drop();
        queue.task_done();
        co_await first.join();
        co_await second.join();
    });
}

TYPED_TEST(AnyQueue, ThatIsShutDownTakesNothingMore) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        EXPECT_FALSE(queue.is_shut_down());
        queue.shutdown();
        EXPECT_TRUE(queue.is_shut_down());
        queue.shutdown();
        co_await queue.join();
        co_await expect_closed(queue);
    });
}

TYPED_TEST(AnyQueue, ThatIsShutDownWakesGettersWithAnError) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        Running first(get_one(queue));
        Running second(get_one(queue));
        co_await turns();
        queue.shutdown();
        bool first_failed = co_await fails_with<QueueShutDown>(first.join());
        bool second_failed = co_await fails_with<QueueShutDown>(second.join());
        EXPECT_TRUE(first_failed && second_failed);
    });
}

TYPED_TEST(AnyQueue, ThatIsShutDownWakesPuttersWithAnErrorAndKeepsTheRest) {
    in_loop([]() -> Task<> {
        TypeParam queue(1);
        co_await queue.put(1);
        Running joiner(join(queue));
        Running putter(put_one(queue, 2));
        co_await turns();
        queue.shutdown();
        bool failed = co_await fails_with<QueueShutDown>(putter.join());
        EXPECT_TRUE(failed);
        EXPECT_EQ(queue.size(), 1U);
        int item = co_await queue.get();
        EXPECT_EQ(item, 1);
        co_await expect_closed(queue);
        EXPECT_FALSE(joiner.ended());
        queue.task_done();
        co_await joiner.join();
        EXPECT_THROW(queue.task_done(), UsageError);
    });
}

TYPED_TEST(AnyQueue, ThatIsShutDownAlsoFailsAPutterThatWasGrantedRoom) {
    in_loop([]() -> Task<> {
        TypeParam queue(1);
        co_await queue.put(1);
        Running putter(put_one(queue, 2));
        co_await turns();
        EXPECT_EQ(queue.try_get(), 1);
        queue.shutdown();
        bool failed = co_await fails_with<QueueShutDown>(putter.join());
        EXPECT_TRUE(failed);
        EXPECT_TRUE(queue.empty());
    });
}

TYPED_TEST(AnyQueue, ThatIsShutDownGivesAGrantedItemToItsGetter) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        Running getter(get_one(queue));
        co_await turns();
        co_await queue.put(1);
        queue.shutdown();
        co_await getter.join();
        EXPECT_TRUE(queue.empty());
    });
}

TYPED_TEST(AnyQueue, ThatIsShutDownLetsTheOthersWaitForAnItemThatIsNotTakenYet) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        Running granted(get_one(queue));
        Running waiting(get_one(queue));
        co_await turns();
        co_await queue.put(1);
        queue.shutdown();
        bool failed = co_await fails_with<QueueShutDown>(waiting.join());
        EXPECT_TRUE(failed && granted.ended());
    });
}

TYPED_TEST(AnyQueue, ThatIsShutDownHandsTheLastItemOnWhenItsGetterIsDestroyed) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        Running granted(get_one(queue));
        Running waiting(get_one(queue));
        co_await turns();
        co_await queue.put(1);
        queue.shutdown();
        granted.drop();
        co_await waiting.join();
        EXPECT_TRUE(queue.empty());
    });
}

TYPED_TEST(AnyQueue, ThatIsShutDownNowDropsWhatIsLeftAndCountsItAsDone) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        co_await queue.put(1);
        co_await queue.put(2);
        Running joiner(join(queue));
        co_await turns();
        queue.shutdown_now();
        EXPECT_EQ(queue.size(), 0U);
        co_await joiner.join();
        co_await expect_closed(queue);
        EXPECT_THROW(queue.task_done(), UsageError);
    });
}

TYPED_TEST(AnyQueue, ThatIsShutDownNowWaitsForWhatIsStillBeingWorkedOn) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        co_await queue.put(1);
        co_await queue.put(2);
        Running joiner(join(queue));
        co_await queue.get();
        queue.shutdown_now();
        co_await turns();
        EXPECT_FALSE(joiner.ended());
        EXPECT_EQ(queue.unfinished(), 1U);
        queue.task_done();
        EXPECT_THROW(queue.task_done(), UsageError);
        co_await joiner.join();
    });
}

TYPED_TEST(AnyQueue, ThatIsShutDownNowTakesAGrantedItemBack) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        Running getter(get_one(queue));
        Running destroyed(get_one(queue));
        co_await turns();
        co_await queue.put(1);
        co_await queue.put(2);
        queue.shutdown_now();
        destroyed.drop();
        bool failed = co_await fails_with<QueueShutDown>(getter.join());
        EXPECT_TRUE(failed);
        co_await queue.join();
    });
}

TYPED_TEST(AnyQueue, MayBeShutDownFirstAndThenAtOnce) {
    in_loop([]() -> Task<> {
        TypeParam queue;
        co_await queue.put(1);
        queue.shutdown();
        EXPECT_EQ(queue.size(), 1U);
        queue.shutdown_now();
        co_await queue.join();
        co_await expect_closed(queue);
    });
}

template <class Q>
auto take_all(Q& queue) {
    std::vector<typename decltype(queue.try_get())::value_type> items;
    while (auto item = queue.try_get()) items.push_back(std::move(*item));
    return items;
}

TEST(LifoQueue, GivesTheLastItemFirst) {
    LifoQueue<int> queue(3);
    for (int item : {1, 3, 2}) EXPECT_TRUE(queue.try_put(item));
    EXPECT_TRUE(queue.full());
    EXPECT_EQ(take_all(queue), (std::vector<int>{2, 3, 1}));
}

TEST(PriorityQueue, GivesTheSmallestItemFirst) {
    PriorityQueue<int> queue(5);
    for (int item : {3, 1, 4, 1, 5}) EXPECT_TRUE(queue.try_put(item));
    EXPECT_TRUE(queue.full());
    EXPECT_EQ(take_all(queue), (std::vector<int>{1, 1, 3, 4, 5}));
}

TEST(PriorityQueue, GivesEqualItemsInTheOrderInWhichTheyWerePut) {
    auto first_letter = [](const std::string& a, const std::string& b) { return a[0] < b[0]; };
    PriorityQueue<std::string, decltype(first_letter)> queue;
    for (const char* item : {"b1", "a1", "b2", "c1", "a2", "b3", "a3"}) EXPECT_TRUE(queue.try_put(item));
    EXPECT_EQ(take_all(queue), (std::vector<std::string>{"a1", "a2", "a3", "b1", "b2", "b3", "c1"}));
}

TEST(PriorityQueue, ComparesAsItIsTold) {
    std::function<bool(int, int)> greater = [](int a, int b) { return a > b; };
    PriorityQueue<int, std::function<bool(int, int)>> queue(PriorityQueue<int>::kUnbounded, greater);
    for (int item : {1, 3, 2}) EXPECT_TRUE(queue.try_put(item));
    EXPECT_EQ(take_all(queue), (std::vector<int>{3, 2, 1}));
}

struct ByValue {
    bool operator()(const std::unique_ptr<int>& a, const std::unique_ptr<int>& b) const { return *a < *b; }
};

TEST(PriorityQueue, CarriesItemsThatCanOnlyBeMoved) {
    in_loop([]() -> Task<> {
        PriorityQueue<std::unique_ptr<int>, ByValue> queue;
        for (int item : {2, 1}) co_await queue.put(std::make_unique<int>(item));
        std::unique_ptr<int> first = co_await queue.get();
        EXPECT_EQ(*first, 1);
    });
}

TEST(PriorityQueue, GivesAWaiterTheSmallestThatIsThereWhenItRuns) {
    in_loop([]() -> Task<> {
        PriorityQueue<int> queue;
        int got = 0;
        auto getter = [](PriorityQueue<int>& from, int& out) -> Task<> { out = co_await from.get(); };
        Running waiting(getter(queue, got));
        co_await turns();
        co_await queue.put(2);
        co_await queue.put(1);
        co_await waiting.join();
        EXPECT_EQ(got, 1);
        EXPECT_EQ(queue.try_get(), 2);
    });
}

}  // namespace
}  // namespace trawl
