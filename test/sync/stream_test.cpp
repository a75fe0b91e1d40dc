#include "trawl/sync/stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "trawl/sync/event.hpp"
#include "turns.hpp"

namespace trawl {
namespace {

using Items = std::vector<int>;

/// A producer of first, first + 1, ... up to last.
class Numbers {
public:
    Numbers(int first, int last) : first_(first), last_(last) {}
    Task<> operator()(Sink<int>& sink) const {
        for (int i = first_; i <= last_; ++i) co_await sink.send(i);
    }

private:
    int first_;
    int last_;
};

Task<> collect(Stream<int>& stream, Items& got) {
    while (auto item = co_await stream.next()) got.push_back(*item);
}

TEST(Stream, GivesWhatItsProducerSendsAndThenNothing) {
    in_loop([]() -> Task<> {
        Stream<int> stream(2, Numbers(1, 5));
        Items got;
        co_await collect(stream, got);
        EXPECT_EQ(got, (Items{1, 2, 3, 4, 5}));
        auto more = co_await stream.next();
        EXPECT_FALSE(more);
    });
}

TEST(Stream, WithoutRoomIsAnError) { EXPECT_THROW(Stream<int> stream(0, Numbers(1, 2)), UsageError); }

TEST(Stream, WithoutAProducerIsAtItsEnd) {
    in_loop([]() -> Task<> {
        Stream<int> stream(1);
        auto item = co_await stream.next();
        EXPECT_FALSE(item);
    });
}

/// Counts what was sent, and holds something while it is at work.
Task<> count_sent(Sink<int>& sink, int& sent, std::shared_ptr<int> held) {
    for (;;) {
        co_await sink.send(sent);
        ++sent;
        ++*held;
    }
}

TEST(Stream, StartsItsProducersAtTheFirstNext) {
    in_loop([]() -> Task<> {
        int sent = 0;
        auto held = std::make_shared<int>(0);
        Stream<int> stream(2, [&](Sink<int>& sink) { return count_sent(sink, sent, held); });
        co_await turns();
        EXPECT_EQ(sent, 0);
        auto item = co_await stream.next();
        EXPECT_EQ(item, 0);
    });
}

TEST(Stream, RunsAheadOfItsConsumerByItsCapacityOnly) {
    in_loop([]() -> Task<> {
        int sent = 0;
        auto held = std::make_shared<int>(0);
        Stream<int> stream(3, [&](Sink<int>& sink) { return count_sent(sink, sent, held); });
        for (int taken = 1; taken <= 5; ++taken) {
            auto item = co_await stream.next();
            EXPECT_EQ(item, taken - 1);
            co_await turns();
            EXPECT_EQ(sent, taken + 3);
        }
    });
}

TEST(Stream, DestroysItsProducersWhenItIsDropped) {
    in_loop([]() -> Task<> {
        int sent = 0;
        auto held = std::make_shared<int>(0);
        {
            Stream<int> stream(1, [&](Sink<int>& sink) { return count_sent(sink, sent, held); });
            co_await stream.next();
            co_await turns();
            EXPECT_EQ(held.use_count(), 2);
        }
        EXPECT_EQ(held.use_count(), 1);
        const int before = sent;
        co_await turns();
        EXPECT_EQ(sent, before);
    });
}

TEST(Stream, ThatIsNeverAskedDropsItsProducersUnstarted) {
    in_loop([]() -> Task<> {
        auto held = std::make_shared<int>(0);
        bool ran = false;
        {
            Stream<int> stream(1, [held, &ran](Sink<int>& sink) -> Task<> {
                ran = true;
                co_await sink.send(*held);
            });
            EXPECT_EQ(held.use_count(), 2);
        }
        EXPECT_EQ(held.use_count(), 1);
        EXPECT_FALSE(ran);
        co_return;
    });
}

TEST(Stream, KeepsTheCapturesOfAProducerWhileItWorks) {
    in_loop([]() -> Task<> {
        Items got;
        auto make = [](std::string digits) {
            return Stream<int>(1, [digits](Sink<int>& sink) -> Task<> {
                for (char digit : digits) co_await sink.send(digit - '0');
            });
        };
        Stream<int> stream = make("3141592653589793238462643383279");
        co_await collect(stream, got);
        EXPECT_EQ(got.size(), 31U);
        EXPECT_EQ(got.front(), 3);
    });
}

TEST(Stream, MergesWhatSeveralProducersSend) {
    in_loop([]() -> Task<> {
        Stream<int> stream(1, Numbers(1, 3), Numbers(10, 11), Numbers(20, 24));
        Items got;
        co_await collect(stream, got);
        std::sort(got.begin(), got.end());
        EXPECT_EQ(got, (Items{1, 2, 3, 10, 11, 20, 21, 22, 23, 24}));
    });
}

TEST(Stream, ServesItsProducersInTheOrderInWhichTheyWait) {
    in_loop([]() -> Task<> {
        Stream<int> stream(1, Numbers(1, 3), Numbers(11, 13));
        Items got;
        co_await collect(stream, got);
        EXPECT_EQ(got, (Items{1, 2, 3, 11, 12, 13}));  // 1 to the consumer that waits, 2 into the stream, 3 waits first
    });
}

Task<> send_then_fail(Sink<int>& sink) {
    co_await sink.send(1);
    co_await sink.send(2);
    throw UsageError("the producer failed");
}

TEST(Stream, ThrowsAProducersErrorBehindTheItemsBeforeItAndThenEnds) {
    in_loop([]() -> Task<> {
        Stream<int> stream(5, send_then_fail);
        Items got;
        bool failed = co_await fails_with<UsageError>(collect(stream, got));
        EXPECT_TRUE(failed);
        EXPECT_EQ(got, (Items{1, 2}));
        auto more = co_await stream.next();
        EXPECT_FALSE(more);
    });
}

TEST(Stream, DestroysTheOtherProducersAtTheFirstError) {
    in_loop([]() -> Task<> {
        int sent = 0;
        auto held = std::make_shared<int>(0);
        Stream<int> stream(4, [&](Sink<int>& sink) { return count_sent(sink, sent, held); }, send_then_fail);
        Items got;
        bool failed = co_await fails_with<UsageError>(collect(stream, got));
        EXPECT_TRUE(failed);
        EXPECT_EQ(held.use_count(), 1);
    });
}

TEST(Stream, ThrowsTheErrorOfAProducerThatSendsNothing) {
    in_loop([]() -> Task<> {
        Stream<int> stream(1, [](Sink<int>&) -> Task<> {
            throw UsageError("at once");
            co_return;
        });
        Items got;
        bool failed = co_await fails_with<UsageError>(collect(stream, got));
        EXPECT_TRUE(failed);
    });
}

TEST(Stream, WhoseErrorNobodyTookGivesItToTheLoop) {
    auto work = []() -> Task<> {
        Stream<int> stream(5, send_then_fail);
        co_await stream.next();
        co_await turns();
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST(Stream, EndsForEveryoneWhoAsks) {
    in_loop([]() -> Task<> {
        Stream<int> stream(2, Numbers(1, 20));
        Items got;
        TaskGroup group;
        for (int i = 0; i < 3; ++i) group.spawn(collect(stream, got));
        co_await group.join();
        std::sort(got.begin(), got.end());
        Items expected(20);
        std::iota(expected.begin(), expected.end(), 1);
        EXPECT_EQ(got, expected);
    });
}

TEST(Stream, KeepsTheItemOfANextThatIsDestroyed) {
    in_loop([]() -> Task<> {
        Event go;
        Stream<int> stream(1, [&](Sink<int>& sink) -> Task<> {
            co_await go.wait();
            co_await sink.send(1);
        });
        Items none;
        auto timed = [](Stream<int>& from) -> Task<> { co_await timeout(0s, from.next()); };
        bool timed_out = co_await fails_with<TimeoutError>(timed(stream));
        EXPECT_TRUE(timed_out);
        Running doomed(collect(stream, none));
        co_await turns();
        go.set();
        co_await sleep(0s);  // the producer runs; the item may be granted, and not taken
        doomed.drop();
        if (none.empty()) co_await collect(stream, none);
        EXPECT_EQ(none, Items{1});
    });
}

TEST(Stream, IsAskedWithinATimeout) {
    in_loop([]() -> Task<> {
        Stream<int> stream(1, Numbers(1, 2));
        auto item = co_await timeout(1h, stream.next());
        EXPECT_EQ(item, 1);
        item = co_await timeout(1h, stream.next());
        EXPECT_EQ(item, 2);
        item = co_await timeout(1h, stream.next());
        EXPECT_FALSE(item);
    });
}

TEST(Stream, MayBeMovedBeforeAndWhileItRuns) {
    in_loop([]() -> Task<> {
        Stream<int> first(1, Numbers(1, 4));
        Stream<int> second = std::move(first);
        auto item = co_await second.next();
        EXPECT_EQ(item, 1);
        auto consume = [](Stream<int> stream, Items& got) -> Task<> { co_await collect(stream, got); };
        Items got;
        co_await consume(std::move(second), got);
        EXPECT_EQ(got, (Items{2, 3, 4}));
    });
}

TEST(Stream, OfAnotherStreamIsDroppedWithIt) {
    in_loop([]() -> Task<> {
        int sent = 0;
        auto held = std::make_shared<int>(0);
        auto doubled = [&](Sink<int>& sink) -> Task<> {
            Stream<int> inner(1, [&](Sink<int>& into) { return count_sent(into, sent, held); });
            while (auto item = co_await inner.next()) co_await sink.send(2 * *item);
        };
        {
            Stream<int> outer(1, doubled);
            Items got;
            for (int i = 0; i < 3; ++i) {
                auto item = co_await outer.next();
                got.push_back(*item);
            }
            EXPECT_EQ(got, (Items{0, 2, 4}));
        }
        EXPECT_EQ(held.use_count(), 1);
    });
}

TEST(Stream, MayBeDroppedByItsOwnProducer) {
    in_loop([]() -> Task<> {
        auto held = std::make_shared<int>(0);
        Event taken;
        std::optional<Stream<int>> stream;
        stream.emplace(1, [&, held](Sink<int>& sink) -> Task<> {
            co_await sink.send(1);
            co_await taken.wait();
            stream.reset();
            co_await sink.send(2);
            co_await sink.send(3);
            ++*held;
        });
        auto item = co_await stream->next();
        EXPECT_EQ(item, 1);
        taken.set();
        co_await turns();
        EXPECT_FALSE(stream);
        EXPECT_EQ(held.use_count(), 1);
        EXPECT_EQ(*held, 0);
    });
}

TEST(Stream, CarriesItemsThatCanOnlyBeMoved) {
    in_loop([]() -> Task<> {
        Stream<std::unique_ptr<int>> stream(1, [](Sink<std::unique_ptr<int>>& sink) -> Task<> {
            for (int i = 0; i < 3; ++i) co_await sink.send(std::make_unique<int>(i));
        });
        int expected = 0;
        while (auto item = co_await stream.next()) EXPECT_EQ(**item, expected++);
        EXPECT_EQ(expected, 3);
    });
}

TEST(Stream, SaysWhatItsTasksWaitFor) {
    in_loop([]() -> Task<> {
        Event never;
        std::string sending;
        Stream<int> stream(1, [&](Sink<int>& sink) -> Task<> {
            co_await sink.send(1);  // the consumer's at once: it takes no room
            co_await sink.send(2);
            sending = describe_waiting(sink.send(3));
            co_await never.wait();
        });
        co_await stream.next();
        co_await stream.next();
        EXPECT_EQ(describe_waiting(stream.next()), "Stream::next on a stream of 0/1");
        EXPECT_EQ(sending, "Sink::send on a stream of 1/1");
    });
}

}  // namespace
}  // namespace trawl
