#include "trawl/sync/queue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "trawl/coro/temporary.hpp"
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
        auto hurried = [](Queue<int>& from) -> Task<> { co_await timeout(0s, from.get()); };
        bool timed_out = co_await fails_with<TimeoutError>(hurried(queue));
        EXPECT_TRUE(timed_out);
        co_await queue.put(1);
        EXPECT_EQ(take_all(queue), Items{1});
    });
}

TEST(Queue, DoesNotHaveTheItemOfAPutThatTimedOut) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        co_await queue.put(1);
        auto hurried = [](Queue<int>& to) -> Task<> { co_await timeout(0s, to.put(2)); };
        bool timed_out = co_await fails_with<TimeoutError>(hurried(queue));
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

/// An aggregate: the kind of item whose temporaries g++ 12 destroys twice in some co_await expressions.
struct Parcel {
    std::string label;
    std::shared_ptr<int> content;
};

TEST(Queue, CarriesAggregatesWithoutCopyingOrLosingThem) {
    in_loop([]() -> Task<> {
        Queue<Parcel> queue(1);
        auto content = std::make_shared<int>(1);
        Parcel parcel{"a label that is too long for a small string", content};
        co_await queue.put(parcel);
        EXPECT_EQ(content.use_count(), 3);
        Parcel got = co_await queue.get();
        EXPECT_EQ(got.label, parcel.label);
        EXPECT_EQ(content.use_count(), 3);
        EXPECT_TRUE(queue.try_put(std::move(got)));
        auto put = [](Queue<Parcel>& to, const Parcel& item) -> Task<> { co_await to.put(item); };
        Running waiting(put(queue, parcel));
        co_await turns();
        EXPECT_EQ(content.use_count(), 4);
        waiting.drop();
        EXPECT_EQ(content.use_count(), 3);
    });
}

/// What a Parcel becomes to be put as a temporary.
struct Labelled {
    Labelled(std::string its_label, std::shared_ptr<int> its_content)
        : label(std::move(its_label)), content(std::move(its_content)) {}
    std::string label;
    std::shared_ptr<int> content;
};

TEST(Queue, CarriesTemporariesOfWhatHasAConstructor) {
    in_loop([]() -> Task<> {
        Queue<Labelled> queue;
        const std::string label = "a label that is too long for a small string";
        auto content = std::make_shared<int>(1);
        for (int i = 0; i < 2; ++i) co_await queue.put(Labelled(label, content));
        EXPECT_EQ(content.use_count(), 3);
        for (int i = 0; i < 2; ++i) {
            Labelled got = co_await queue.get();
            EXPECT_EQ(got.label, label);
        }
        EXPECT_EQ(content.use_count(), 1);
    });
}

// An item that g++ 12 would destroy twice is refused by the compiler; on every other one, all may be temporaries.
static_assert(coro::kSoundTemporary<Labelled> && coro::kSoundTemporary<int> && coro::kSoundTemporary<std::string>);
static_assert(coro::kSoundTemporary<std::pair<int, std::string>> && coro::kSoundTemporary<std::array<int, 2>>);
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
static_assert(!coro::kSoundTemporary<Parcel> && !coro::kSoundTemporary<std::array<std::string, 2>>);
#else
static_assert(coro::kSoundTemporary<Parcel>);
#endif

TEST(Queue, SaysHowFullItIsToThoseWhoAskWhatAWaiterWaitsFor) {
    in_loop([]() -> Task<> {
        Queue<int> queue(1);
        EXPECT_EQ(describe_waiting(queue.get()), "Queue::get on a queue of 0/1");
        co_await queue.put(1);
        EXPECT_EQ(describe_waiting(queue.put(2)), "Queue::put on a queue of 1/1");
        EXPECT_EQ(describe_waiting(queue.join()), "Queue::join on a queue of 1/1");
        Queue<int> unbounded;
        EXPECT_EQ(describe_waiting(unbounded.get()), "Queue::get on a queue of 0");
    });
}

TEST(Queue, ThatIsDestroyedLeavesItsWaitersUnwoken) {
    in_loop([]() -> Task<> {
        std::optional<Queue<int>> queue(std::in_place);
        Items got;
        auto looked_at = queue->get();
        looked_at.await_suspend(std::noop_coroutine());
        Running getter(get_some(*queue, got));
        co_await turns();
        queue.reset();
        co_await turns();
        EXPECT_FALSE(getter.ended());
        EXPECT_EQ(looked_at.describe(), "Queue::get on a queue that was destroyed");
    });
}

TEST(Queue, LosesNothingAndKeepsTheOrderWhenTasksAreDestroyedAtRandom) {
    auto work = [](unsigned seed) -> Task<Items> {
        std::mt19937 random(seed);
        Queue<int> queue(2);
        Items got;
        Running producer(put_all(queue, 0, 49));
        std::vector<std::unique_ptr<Running>> getters;
        while (got.size() < 50) {
            getters.push_back(std::make_unique<Running>(get_some(queue, got, 2)));
            if (random() % 2 == 0) co_await sleep(0s);
            getters[random() % getters.size()]->drop();
        }
        co_return got;
    };
    Items expected(50);
    std::iota(expected.begin(), expected.end(), 0);
    for (unsigned seed = 0; seed < 50; ++seed) ASSERT_EQ(run(work(seed)), expected) << "seed " << seed;
}

TEST(Queue, KeepsItsRoomWhenPuttersAreDestroyedAtRandom) {
    auto work = [](unsigned seed) -> Task<> {
        std::mt19937 random(seed);
        Queue<int> queue(2);
        std::vector<std::unique_ptr<Running>> putters;
        for (int i = 0; i < 50; ++i) {
            putters.push_back(std::make_unique<Running>(put_all(queue, i, i + 1)));
            if (random() % 2 == 0) co_await sleep(0s);
            if (random() % 2 == 0) (void)queue.try_get();
            EXPECT_LE(queue.size(), 2U);
            putters[random() % putters.size()]->drop();
        }
        putters.clear();
        (void)take_all(queue);
        EXPECT_TRUE(queue.try_put(1) && queue.try_put(2));
        EXPECT_TRUE(queue.full());
    };
    for (unsigned seed = 0; seed < 50; ++seed) run(work(seed));
}

/// Throws when it is compared with, or moved while, it is told to.
struct Touchy {
    int value = 0;
    bool* throws = nullptr;
    Touchy(int number, bool& flag) : value(number), throws(&flag) {}
    Touchy(Touchy&& other) : value(other.value), throws(other.throws) {
        if (*throws) throw UsageError("moved");
    }
    Touchy& operator=(Touchy&&) = delete;
    friend bool operator<(const Touchy& a, const Touchy& b) {
        if (*a.throws) throw UsageError("compared");
        return a.value < b.value;
    }
};

TEST(PriorityQueue, IsAsItWasWhenAComparisonThrows) {
    bool throws = false;
    PriorityQueue<std::unique_ptr<Touchy>, bool (*)(const std::unique_ptr<Touchy>&, const std::unique_ptr<Touchy>&)>
        queue(sync::QueueCore::kUnbounded, [](const auto& a, const auto& b) { return *a < *b; });
    for (int number : {3, 1, 2}) EXPECT_TRUE(queue.try_put(std::make_unique<Touchy>(number, throws)));
    throws = true;
    EXPECT_THROW(static_cast<void>(queue.try_put(std::make_unique<Touchy>(0, throws))), UsageError);
    throws = false;
    EXPECT_EQ(queue.size(), 3U);
    for (int number : {1, 2, 3}) EXPECT_EQ((*queue.try_get())->value, number);
}

TEST(Queue, KeepsItsCountWhenAnItemThrowsAsItIsMoved) {
    bool throws = false;
    Queue<Touchy> queue;
    EXPECT_TRUE(queue.try_put(Touchy(1, throws)));
    throws = true;
    EXPECT_THROW(static_cast<void>(queue.try_get()), UsageError);
    throws = false;
    EXPECT_EQ(queue.size(), 1U);
    EXPECT_EQ(queue.try_get()->value, 1);
    EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace trawl
