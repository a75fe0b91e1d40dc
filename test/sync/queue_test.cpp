#include "trawl/sync/queue.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "turns.hpp"

namespace trawl {
namespace {

using Items = std::vector<int>;

/// Puts first, first + 1, ... up to last.
Task<> put_all(Queue<int>& queue, int first, int last) {
    for (int item = first; item <= last; ++item) co_await queue.put(item);
}

Task<> get_some(Queue<int>& queue, Items& got, int count = 1) {
    for (int i = 0; i < count; ++i) {
        int item = co_await queue.get();
        got.push_back(item);
    }
}

Items take_all(Queue<int>& queue) {
    Items items;
    while (!queue.empty()) items.push_back(queue.try_get().value());
    return items;
}

Task<> note(bool& ran) {
    ran = true;
    co_return;
}

TEST(Queue, WithoutRoomIsAnError) { EXPECT_THROW(Queue<int>(0), UsageError); }

TEST(Queue, GivesItemsInTheOrderInWhichTheyWerePut) {
    in_loop([]() -> Task<> {
        Queue<int> queue;
        Items got;
        for (int item : {3, 1, 2}) co_await queue.put(item);
        EXPECT_EQ(queue.size(), 3U);
        co_await get_some(queue, got, 3);
        EXPECT_EQ(got, (Items{3, 1, 2}));
        EXPECT_TRUE(queue.empty());
    });
}

TEST(Queue, WithoutACapacityIsNeverFull) {
    in_loop([]() -> Task<> {
        Queue<int> queue;
        EXPECT_EQ(queue.capacity(), Queue<int>::kUnbounded);
        co_await put_all(queue, 1, 1000);
        EXPECT_FALSE(queue.full());
        EXPECT_EQ(queue.size(), 1000U);
    });
}

TEST(Queue, IsFullAtItsCapacity) {
    in_loop([]() -> Task<> {
        Queue<int> queue(2);
        EXPECT_EQ(queue.capacity(), 2U);
        co_await queue.put(1);
        EXPECT_FALSE(queue.full());
        co_await queue.put(2);
        EXPECT_TRUE(queue.full());
        EXPECT_EQ(queue.try_get(), 1);
        EXPECT_FALSE(queue.full());
    });
}

TEST(Queue, DoesNotSuspendWhoNeedNotWait) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        bool other_ran = false;
        Items got;
        Running other(note(other_ran));
        co_await queue.put(1);
        co_await get_some(queue, got);
        queue.task_done();
        co_await queue.join();
        EXPECT_FALSE(other_ran);
    });
}

TEST(Queue, MakesGettersWaitForAnItem) {
    in_loop([]() -> Task<> {
        Queue<int> queue;
        Items got;
        Running getter(get_some(queue, got));
        co_await turns();
        EXPECT_EQ(got, Items{});
        co_await queue.put(7);
        EXPECT_EQ(got, Items{});  // woken, but never run inside put()
        co_await getter.join();
        EXPECT_EQ(got, Items{7});
    });
}

TEST(Queue, MakesPuttersWaitForRoom) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        Running putter(put_all(queue, 1, 2));
        co_await turns();
        EXPECT_FALSE(putter.ended());
        EXPECT_EQ(queue.size(), 1U);
        EXPECT_EQ(queue.try_get(), 1);
        co_await putter.join();
        EXPECT_EQ(take_all(queue), Items{2});
    });
}

Task<> get_as(Queue<int>& queue, std::string& order, char name) {
    int item = co_await queue.get();
    order += name + std::to_string(item) + " ";
}

TEST(Queue, ServesGettersInTheOrderOfArrival) {
    in_loop([]() -> Task<> {
        Queue<int> queue;
        std::string order;
        TaskGroup group;
        for (char name : {'a', 'b', 'c'}) group.spawn(get_as(queue, order, name));
        co_await turns();
        co_await put_all(queue, 1, 3);
        co_await group.join();
        EXPECT_EQ(order, "a1 b2 c3 ");
    });
}

TEST(Queue, ServesPuttersInTheOrderOfArrival) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        Items got;
        TaskGroup group;
        for (int i = 0; i < 4; ++i) group.spawn(put_all(queue, i, i));
        co_await turns();
        co_await get_some(queue, got, 4);
        EXPECT_EQ(got, (Items{0, 1, 2, 3}));
        co_await group.join();
    });
}

TEST(Queue, GivesAnItemThatWasGrantedToNobodyElse) {
    in_loop([]() -> Task<> {
        Queue<int> queue;
        std::string order;
        Running getter(get_as(queue, order, 'a'));
        co_await turns();
        co_await queue.put(1);
        EXPECT_FALSE(queue.try_get());
        Running newcomer(get_as(queue, order, 'b'));
        co_await turns();
        EXPECT_EQ(order, "a1 ");
        co_await queue.put(2);
        co_await newcomer.join();
        EXPECT_EQ(order, "a1 b2 ");
    });
}

TEST(Queue, GivesRoomThatWasGrantedToNobodyElse) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        Running putter(put_all(queue, 1, 2));
        co_await turns();
        EXPECT_EQ(queue.try_get(), 1);
        EXPECT_TRUE(queue.full());
        EXPECT_FALSE(queue.try_put(9));
        co_await putter.join();
        EXPECT_EQ(take_all(queue), Items{2});
    });
}

TEST(Queue, ForgetsAGetterThatIsDestroyed) {
    in_loop([]() -> Task<> {
        Queue<int> queue;
        std::string order;
        Running first(get_as(queue, order, 'a'));
        Running second(get_as(queue, order, 'b'));
        co_await turns();
        first.drop();
        co_await put_all(queue, 1, 2);
        co_await second.join();
        EXPECT_EQ(order, "b1 ");
        EXPECT_EQ(take_all(queue), Items{2});
    });
}

TEST(Queue, ForgetsAPutterThatIsDestroyed) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        co_await queue.put(0);
        Running first(put_all(queue, 1, 1));
        Running second(put_all(queue, 2, 2));
        co_await turns();
        first.drop();
        EXPECT_EQ(queue.try_get(), 0);
        co_await second.join();
        EXPECT_EQ(take_all(queue), Items{2});
    });
}

TEST(Queue, HandsAnItemOnWhenItsGetterIsDestroyed) {
    in_loop([]() -> Task<> {
        Queue<int> queue;
        std::string order;
        Running first(get_as(queue, order, 'a'));
        Running second(get_as(queue, order, 'b'));
        co_await turns();
        co_await queue.put(1);
        first.drop();
        co_await second.join();
        EXPECT_EQ(order, "b1 ");
    });
}

TEST(Queue, KeepsTheOrderWhenGettersThatWereGrantedAreDestroyed) {
    in_loop([]() -> Task<> {
        Queue<int> queue;
        std::string order;
        Running first(get_as(queue, order, 'a'));
        Running second(get_as(queue, order, 'b'));
        Running third(get_as(queue, order, 'c'));
        co_await turns();
        co_await put_all(queue, 1, 4);
        first.drop();
        second.drop();
        co_await third.join();
        EXPECT_EQ(order, "c1 ");
        EXPECT_EQ(take_all(queue), (Items{2, 3, 4}));
    });
}

TEST(Queue, HasAnItemForEveryoneAgainWhenItsOnlyGetterIsDestroyed) {
    in_loop([]() -> Task<> {
        Queue<int> queue;
        std::string order;
        Running getter(get_as(queue, order, 'a'));
        co_await turns();
        co_await queue.put(1);
        EXPECT_FALSE(queue.try_get());
        getter.drop();
        EXPECT_EQ(queue.try_get(), 1);
    });
}

TEST(Queue, HandsRoomOnWhenItsPutterIsDestroyed) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        co_await queue.put(0);
        Running first(put_all(queue, 1, 1));
        Running second(put_all(queue, 2, 2));
        co_await turns();
        EXPECT_EQ(queue.try_get(), 0);
        first.drop();
        co_await second.join();
        EXPECT_EQ(take_all(queue), Items{2});
    });
}

TEST(Queue, HasRoomForEveryoneAgainWhenItsOnlyPutterIsDestroyed) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        co_await queue.put(0);
        Running putter(put_all(queue, 1, 1));
        co_await turns();
        EXPECT_EQ(queue.try_get(), 0);
        putter.drop();
        EXPECT_TRUE(queue.try_put(2));
        EXPECT_EQ(take_all(queue), Items{2});
    });
}

TEST(Queue, KeepsTheItemOfAGetThatTimedOut) {
    in_loop([]() -> Task<> {
        Queue<int> queue;
        bool timed_out = false;
        try {
            co_await timeout(0s, queue.get());
        } catch (const TimeoutError&) {
            timed_out = true;
        }
        EXPECT_TRUE(timed_out);
        co_await queue.put(1);
        EXPECT_EQ(take_all(queue), Items{1});
    });
}

TEST(Queue, DoesNotHaveTheItemOfAPutThatTimedOut) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        co_await queue.put(1);
        bool timed_out = false;
        try {
            co_await timeout(0s, queue.put(2));
        } catch (const TimeoutError&) {
            timed_out = true;
        }
        EXPECT_TRUE(timed_out);
        EXPECT_EQ(take_all(queue), Items{1});
        EXPECT_TRUE(queue.try_put(3));
    });
}

TEST(Queue, PutsAndGetsWithinATimeout) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        co_await timeout(1h, queue.put(1));
        int item = co_await timeout(1h, queue.get());
        EXPECT_EQ(item, 1);
        queue.task_done();
        co_await timeout(1h, queue.join());
        auto put_later = [](Queue<int>& to) -> Task<> { co_await to.put(2); };
        Running putter(put_later(queue));
        item = co_await timeout(1h, queue.get());
        EXPECT_EQ(item, 2);
    });
}

TEST(Queue, TriesToPutAndMovesFromAnItemOnlyWhenItIsPut) {
    Queue<std::unique_ptr<int>> queue(1);
    auto one = std::make_unique<int>(1);
    auto two = std::make_unique<int>(2);
    EXPECT_TRUE(queue.try_put(std::move(one)));
    EXPECT_FALSE(queue.try_put(std::move(two)));
    EXPECT_EQ(one, nullptr);
    EXPECT_NE(two, nullptr);
    EXPECT_EQ(*queue.try_get().value(), 1);
    EXPECT_FALSE(queue.try_get());
}

TEST(Queue, CarriesItemsThatCanOnlyBeMoved) {
    in_loop([]() -> Task<> {
        Queue<std::unique_ptr<int>> queue(1);
        auto produce = [](Queue<std::unique_ptr<int>>& to) -> Task<> {
            for (int i = 0; i < 3; ++i) co_await to.put(std::make_unique<int>(i));
        };
        Running producer(produce(queue));
        for (int i = 0; i < 3; ++i) {
            std::unique_ptr<int> item = co_await queue.get();
            EXPECT_EQ(*item, i);
        }
    });
}

TEST(Queue, OrdersManyProducersAndConsumersThroughOneSlot) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        Items got;
        TaskGroup group;
        for (int i = 0; i < 10; ++i) group.spawn(put_all(queue, 10 * i, 10 * i + 9));
        for (int i = 0; i < 5; ++i) group.spawn(get_some(queue, got, 20));
        co_await group.join();
        std::sort(got.begin(), got.end());
        Items expected(100);
        std::iota(expected.begin(), expected.end(), 0);
        EXPECT_EQ(got, expected);
    });
}

}  // namespace
}  // namespace trawl
