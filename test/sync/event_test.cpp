#include "trawl/sync/event.hpp"

#include <gtest/gtest.h>

#include <string>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

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

}  // namespace
}  // namespace trawl
