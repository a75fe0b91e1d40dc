#include "trawl/sync/event.hpp"

#include <gtest/gtest.h>

#include <string>

#include "turns.hpp"

namespace trawl {
namespace {

Task<> wait_for(Event& event, std::string& order, char name) {
    co_await event.wait();
    order.push_back(name);
}

TEST(Event, WakesEveryoneInOrderAndOnlyLater) {
    std::string order;
    auto work = [&]() -> Task<> {
        Event event;
        TaskGroup group;
        for (char name : {'a', 'b', 'c'}) group.spawn(wait_for(event, order, name));
        co_await sleep(1ms);
        EXPECT_EQ(order, "");
        event.set();
        EXPECT_EQ(order, "");  // a wake-up is queued, never run inside set()
        event.clear();
        co_await group.join();
    };
    run(work());
    EXPECT_EQ(order, "abc");
}

TEST(Event, ThatIsSetDoesNotSuspend) {
    std::string order;
    auto work = [&]() -> Task<> {
        Event event;
        event.set();
        EXPECT_TRUE(event.is_set());
        co_await wait_for(event, order, 'x');
    };
    run(work());
    EXPECT_EQ(order, "x");
}

TEST(Event, ForgetsAWaiterThatIsDestroyed) {
    std::string order;
    auto work = [&]() -> Task<> {
        Event event;
        bool timed_out = false;
        try {
            co_await timeout(1ms, wait_for(event, order, 'x'));
        } catch (const TimeoutError&) {
            timed_out = true;
        }
        EXPECT_TRUE(timed_out);
        event.set();
        co_await sleep(0s);
    };
    run(work());
    EXPECT_EQ(order, "");
}

TEST(Event, MakesThoseWhoComeAfterItWasClearedWait) {
    in_loop([]() -> Task<> {
        Event event;
        std::string order;
        event.set();
        event.clear();
        EXPECT_FALSE(event.is_set());
        Running waiter(wait_for(event, order, 'x'));
        co_await turns();
        EXPECT_EQ(order, "");
        event.set();
        co_await waiter.join();
        EXPECT_EQ(order, "x");
    });
}

TEST(Event, IsSetTwiceToNoOtherEffect) {
    in_loop([]() -> Task<> {
        Event event;
        std::string order;
        Running waiter(wait_for(event, order, 'x'));
        co_await turns();
        event.set();
        event.set();
        co_await waiter.join();
        EXPECT_EQ(order, "x");
    });
}

TEST(Event, StaysSetForTheOthersWhenOneOfThemIsDestroyedBeforeItRuns) {
    in_loop([]() -> Task<> {
        Event event;
        std::string order;
        Running first(wait_for(event, order, 'a'));
        Running second(wait_for(event, order, 'b'));
        co_await turns();
        event.set();
        first.drop();
        co_await second.join();
        EXPECT_EQ(order, "b");
    });
}

TEST(Event, IsWaitedForWithinATimeout) {
    in_loop([]() -> Task<> {
        Event event;
        auto wait = [](Event& on, Duration limit) -> Task<> { co_await timeout(limit, on.wait()); };
        bool timed_out = co_await fails_with<TimeoutError>(wait(event, 0s));
        EXPECT_TRUE(timed_out);
        Running waiter(wait(event, 1h));
        co_await turns();
        event.set();
        co_await waiter.join();
        co_await timeout(0s, event.wait());
    });
}

TEST(Event, ThatIsDestroyedLeavesItsWaitersUnwoken) {
    in_loop([]() -> Task<> {
        std::optional<Event> event(std::in_place);
        std::string order;
        Running waiter(wait_for(*event, order, 'x'));
        co_await turns();
        event.reset();
        co_await turns();
        EXPECT_FALSE(waiter.ended());
        EXPECT_EQ(order, "");
    });
}

TEST(Event, SaysWhatAWaiterWaitsFor) {
    in_loop([]() -> Task<> {
        Event event;
        EXPECT_EQ(describe_waiting(event.wait()), "Event");
        co_return;
    });
}

}  // namespace
}  // namespace trawl
