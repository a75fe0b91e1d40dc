#include "trawl/loop/channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Task<> send_all(Channel<int> to, int begin, int end) {
    for (int i = begin; i < end; ++i) co_await to.send(i);
}

Task<> receive_all(Channel<int> from, std::vector<int>& got) {
    while (auto item = co_await from.receive()) got.push_back(*item);
}

Task<> receive_one(Channel<int> from, std::vector<int>& got) {
    auto item = co_await from.receive();
    got.push_back(item.value_or(-1));
}

Task<> send_one(Channel<int> to, int item, std::string& log) {
    co_await to.send(item);
    log += std::to_string(item);
}

// ---- within one loop ----

TEST(Channel, IsFirstInFirstOut) {
    std::vector<int> got;
    auto work = [&]() -> Task<> {
        Channel<int> channel(2);
        TaskGroup group;
        group.spawn(receive_all(channel, got));
        co_await send_all(channel, 0, 10);
        channel.close();
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_THAT(got, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST(Channel, MustHoldAnItem) { EXPECT_THROW(Channel<int>(0), UsageError); }

TEST(Channel, ASendWaitsWhileItIsFull) {
    std::string log;
    auto work = [&]() -> Task<> {
        Channel<int> channel(1);
        TaskGroup group;
        group.spawn(send_one(channel, 1, log));
        group.spawn(send_one(channel, 2, log));
        co_await sleep(1s);
        log += "|";
        auto first = co_await channel.receive();
        co_await sleep(1s);
        log += "|" + std::to_string(first.value_or(-1)) + std::to_string(channel.size());
    };
    VirtualLoop().run(work());
    EXPECT_EQ(log, "1|2|11");
}

TEST(Channel, WhoWaitsIsServedInTheOrderOfArrival) {
    std::vector<int> first;
    std::vector<int> second;
    auto work = [&]() -> Task<> {
        Channel<int> channel(4);
        TaskGroup group;
        group.spawn(receive_one(channel, first));
        group.spawn(receive_one(channel, second));
        co_await sleep(1s);
        co_await send_all(channel, 1, 3);
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_THAT(first, ElementsAre(1));
    EXPECT_THAT(second, ElementsAre(2));
}

TEST(Channel, ANewcomerDoesNotTakeWhatAnotherWasGranted) {
    std::vector<int> got;
    bool was_left_one = true;
    auto work = [&]() -> Task<> {
        Channel<int> channel(4);
        TaskGroup group;
        group.spawn(receive_one(channel, got));
        co_await sleep(1s);
        co_await channel.send(1);
        was_left_one = channel.try_receive().has_value();
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_FALSE(was_left_one);
    EXPECT_THAT(got, ElementsAre(1));
}

TEST(Channel, GivesNothingOnceClosedAndDrained) {
    std::vector<int> got;
    auto work = [&]() -> Task<> {
        Channel<int> channel(4);
        co_await send_all(channel, 1, 4);
        channel.close();
        co_await receive_all(channel, got);
        auto after = co_await channel.receive();
        got.push_back(after.value_or(-1));
    };
    VirtualLoop().run(work());
    EXPECT_THAT(got, ElementsAre(1, 2, 3, -1));
}

TEST(Channel, ClosingWakesThoseWhoWaitToReceive) {
    std::vector<int> got;
    auto work = [&]() -> Task<> {
        Channel<int> channel(4);
        TaskGroup group;
        group.spawn(receive_one(channel, got));
        group.spawn(receive_one(channel, got));
        co_await sleep(1s);
        channel.close();
        channel.close();
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_THAT(got, ElementsAre(-1, -1));
}

TEST(Channel, ClosingFailsThoseWhoWaitToSendAndKeepsWhatIsInside) {
    std::string log;
    auto send = [](Channel<int> to, int item, std::string& out) -> Task<> {
        try {
            co_await to.send(item);
            out += "sent ";
        } catch (const ClosedError&) {
            out += "refused ";
        }
    };
    auto work = [&]() -> Task<> {
        Channel<int> channel(1);
        co_await channel.send(1);
        TaskGroup group;
        group.spawn(send(channel, 2, log));
        co_await sleep(1s);
        channel.close();
        co_await group.join();
        auto left = co_await channel.receive();
        log += std::to_string(left.value_or(-1));
        co_await send(channel, 3, log);
        EXPECT_THROW(static_cast<void>(channel.try_send(4)), ClosedError);
    };
    VirtualLoop().run(work());
    EXPECT_EQ(log, "refused 1refused ");
}

TEST(Channel, ASenderWhoseSlotWasGrantedIsRefusedWhenItIsClosedBefore) {
    bool refused = false;
    std::size_t left = 1;
    auto send = [](Channel<int> to, bool& flag) -> Task<> {
        try {
            co_await to.send(2);
        } catch (const ClosedError&) {
            flag = true;
        }
    };
    auto work = [&]() -> Task<> {
        Channel<int> channel(1);
        co_await channel.send(1);
        TaskGroup group;
        group.spawn(send(channel, refused));
        co_await sleep(1s);
        EXPECT_EQ(channel.try_receive(), 1);
        channel.close();
        co_await group.join();
        left = channel.size();
    };
    VirtualLoop().run(work());
    EXPECT_TRUE(refused);
    EXPECT_EQ(left, 0);
}

TEST(Channel, HandsAnItemOnWhenItsReceiverIsDestroyed) {
    std::vector<int> first;
    std::vector<int> second;
    auto work = [&]() -> Task<> {
        Channel<int> channel(4);
        TaskGroup early;
        TaskGroup late;
        early.spawn(receive_one(channel, first));
        late.spawn(receive_one(channel, second));
        co_await sleep(1s);
        co_await channel.send(1);  // granted to the first, which does not run any more
        early.cancel();
        co_await late.join();
    };
    VirtualLoop().run(work());
    EXPECT_TRUE(first.empty());
    EXPECT_THAT(second, ElementsAre(1));
}

TEST(Channel, KeepsAnItemInItsPlaceWhenItsOnlyReceiverIsDestroyed) {
    std::vector<int> got;
    auto work = [&]() -> Task<> {
        Channel<int> channel(4);
        {
            TaskGroup group;
            group.spawn(receive_one(channel, got));
            co_await sleep(1s);
            co_await send_all(channel, 1, 3);
        }
        channel.close();
        co_await receive_all(channel, got);
    };
    VirtualLoop().run(work());
    EXPECT_THAT(got, ElementsAre(1, 2));
}

TEST(Channel, HandsASlotOnWhenItsSenderIsDestroyed) {
    std::string log;
    auto work = [&]() -> Task<> {
        Channel<int> channel(1);
        co_await channel.send(0);
        TaskGroup early;
        TaskGroup late;
        early.spawn(send_one(channel, 1, log));
        late.spawn(send_one(channel, 2, log));
        co_await sleep(1s);
        EXPECT_EQ(channel.try_receive(), 0);
        early.cancel();
        co_await late.join();
        EXPECT_EQ(channel.try_receive(), 2);
    };
    VirtualLoop().run(work());
    EXPECT_EQ(log, "2");
}

TEST(Channel, ATimeoutThatFiresHasSentNothing) {
    std::size_t inside = 0;
    auto work = [&]() -> Task<> {
        Channel<int> channel(1);
        co_await channel.send(1);
        bool fired = false;
        try {
            co_await timeout(1s, channel.send(2));
        } catch (const TimeoutError&) {
            fired = true;
        }
        EXPECT_TRUE(fired);
        inside = channel.size();
        auto got = co_await timeout(1s, channel.receive());
        EXPECT_EQ(got, 1);
    };
    VirtualLoop().run(work());
    EXPECT_EQ(inside, 1);
}

TEST(Channel, TryingNeedsNoLoopAndMovesOnlyOnSuccess) {
    Channel<std::unique_ptr<int>> channel(1);
    auto first = std::make_unique<int>(1);
    auto second = std::make_unique<int>(2);
    EXPECT_TRUE(channel.try_send(std::move(first)));
    EXPECT_FALSE(channel.try_send(std::move(second)));
    ASSERT_NE(second, nullptr);
    auto got = channel.try_receive();
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(**got, 1);
    EXPECT_FALSE(channel.try_receive().has_value());
}

TEST(Channel, CopiesAreTheSameChannelAndTheLastDestroysWhatIsInside) {
    auto item = std::make_shared<int>(1);
    {
        Channel<std::shared_ptr<int>> channel(2);
        const Channel<std::shared_ptr<int>> copy = channel;
        EXPECT_TRUE(channel.try_send(item));
        EXPECT_EQ(copy.size(), 1);
        copy.close();
        EXPECT_TRUE(channel.is_closed());
        EXPECT_EQ(item.use_count(), 2);
    }
    EXPECT_EQ(item.use_count(), 1);
}

TEST(Channel, SaysInADumpHowFullItIs) {
    std::string dump;
    auto work = [&]() -> Task<> {
        Channel<int> channel(3);
        TaskGroup group;
        std::vector<int> got;
        group.spawn(receive_one(channel, got));
        co_await sleep(1s);
        dump = dump_tasks();
    };
    VirtualLoop().run(work());
    EXPECT_THAT(dump, HasSubstr("Channel::receive on a channel of 0/3"));
}

TEST(Channel, ThatNobodySendsToIsADeadlockOnAVirtualLoop) {
    auto work = []() -> Task<> {
        Channel<int> channel(3);
        co_await channel.receive();
    };
    EXPECT_THROW(VirtualLoop().run(work()), DeadlockError);
}

// ---- between loops ----

TEST(Channel, GoesFromLoopToLoop) {
    constexpr int kItems = 20'000;
    Channel<int> channel(16);
    std::vector<int> got;
    std::thread other([&] { run(receive_all(channel, got)); });
    run(send_all(channel, 0, kItems));
    channel.close();
    other.join();
    ASSERT_EQ(got.size(), kItems);
    for (int i = 0; i < kItems; ++i) ASSERT_EQ(got[static_cast<std::size_t>(i)], i);
}

TEST(Channel, OfOneItemTakesTurns) {
    constexpr int kTurns = 2'000;
    Channel<int> there(1);
    Channel<int> back(1);
    std::thread other([&] {
        auto echo = [](Channel<int> from, Channel<int> to) -> Task<> {
            while (auto item = co_await from.receive()) co_await to.send(*item);
        };
        run(echo(there, back));
    });
    int in_order = 0;
    auto play = [](Channel<int> to, Channel<int> from, int& right) -> Task<> {
        for (int i = 0; i < kTurns; ++i) {
            co_await to.send(i);
            auto item = co_await from.receive();
            right += item == i;
        }
        to.close();
    };
    run(play(there, back, in_order));
    other.join();
    EXPECT_EQ(in_order, kTurns);
}

TEST(Channel, ThreadsWithoutALoopMaySendToOne) {
    constexpr int kItems = 5'000;
    Channel<int> channel(8);
    std::thread other([&] {
        for (int i = 0; i < kItems;) {
            if (channel.try_send(i)) {
                ++i;
            } else {
                std::this_thread::yield();
            }
        }
        channel.close();
    });
    std::vector<int> got;
    run(receive_all(channel, got));
    other.join();
    ASSERT_EQ(got.size(), kItems);
    EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
}

TEST(Channel, ClosingOnOneThreadEndsTheOthers) {
    Channel<int> channel(2);
    std::vector<std::thread> threads;
    std::vector<std::vector<int>> got(4);
    for (auto& mine : got) threads.emplace_back([&] { run(receive_all(channel, mine)); });
    run(send_all(channel, 0, 100));
    channel.close();
    for (auto& thread : threads) thread.join();
    std::size_t all = 0;
    for (const auto& mine : got) all += mine.size();
    EXPECT_EQ(all, 100);
}

// The loop that ends was granted an item, or is about to be: it is left for the one that comes.
TEST(Channel, LosesNoItemToALoopThatEnds) {
    constexpr int kRounds = 1'000;
    Channel<int> channel(1);
    std::vector<int> got;
    std::thread other([&] {
        auto give_up = [](Channel<int> from, std::vector<int>& out) -> Task<> {
            try {
                auto item = co_await timeout(1us, from.receive());
                if (item) out.push_back(*item);
            } catch (const TimeoutError&) {
            }
        };
        while (!channel.is_closed() || channel.size() > 0) run(give_up(channel, got));
    });
    run(send_all(channel, 0, kRounds));
    channel.close();
    other.join();
    ASSERT_EQ(got.size(), kRounds);
    EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
}

TEST(Channel, MayBeDroppedByEverybodyWhileAWakeUpIsUnderway) {
    int rounds = 0;
    for (; rounds < 300; ++rounds) {
        std::optional<Channel<int>> channel(1);
        std::thread other([copy = *channel] {
            auto give_up = [](const Channel<int>& from) -> Task<> {
                try {
                    co_await timeout(1us, from.receive());
                } catch (const TimeoutError&) {
                }
            };
            run(give_up(copy));
        });
        static_cast<void>(channel->try_send(1));
        channel.reset();
        other.join();
    }
    EXPECT_EQ(rounds, 300);
}

}  // namespace
}  // namespace trawl
