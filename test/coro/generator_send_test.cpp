// Sent values and thrown errors (PEP 342): send() and throw_() go to the co_yield where the generator waits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "generator_trace.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/generator.hpp"

namespace trawl {
namespace {

using ::testing::ElementsAre;
using testing::Finally;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;
using testing::Trace;

Generator<int, int> running_sum() {
    int sum = 0;
    for (;;) {
        int more = co_yield sum;
        sum += more;
    }
}

/// Yields what it is sent, and how its errors reach it.
Generator<std::string, std::optional<int>> echo(Trace& trace) {
    Finally finally(trace, "echo");
    std::string answer = "ready";
    for (;;) {
        try {
            std::optional<int> sent = co_yield answer;
            answer = sent ? "value " + std::to_string(*sent) : "nothing";
        } catch (const std::runtime_error& error) {
            answer = std::string("error ") + error.what();
        }
    }
}

// PEP 342: the value that is sent becomes that of the yield expression; send() gives the next item.
TEST(GeneratorSend, IsTheValueOfTheYield) {
    auto sum = running_sum();
    EXPECT_EQ(sum.next(), 0);
    EXPECT_EQ(sum.send(3), 3);
    EXPECT_EQ(sum.send(4), 7);
}

// PEP 342: a value cannot be sent to one that has not started: no yield is there to receive it. It stays startable.
TEST(GeneratorSend, ToOneThatHasNotStartedIsAnError) {
    auto sum = running_sum();
    EXPECT_THAT([&] { sum.send(3); }, ThrowsMessage<UsageError>(HasSubstr("call next() once")));
    EXPECT_FALSE(sum.started());
    EXPECT_EQ(sum.next(), 0);
    EXPECT_EQ(sum.send(3), 3);
}

// PEP 342: next() and send(None) are the same; None is the one thing that a generator that has not started can be sent.
TEST(GeneratorSend, OfNothingIsNext) {
    Trace trace;
    auto generator = echo(trace);
    EXPECT_EQ(generator.send(std::nullopt), "ready");
    EXPECT_EQ(generator.next(), "nothing");
    EXPECT_EQ(generator.send(std::nullopt), "nothing");
    EXPECT_EQ(generator.send(5), "value 5");
}

// Ours: where Send cannot be nothing, next() is an error instead of a value that nobody sent.
TEST(GeneratorSend, NextIsAnErrorWhereAValueIsWaitedFor) {
    auto sum = running_sum();
    sum.next();
    EXPECT_THAT([&] { sum.next(); }, ThrowsMessage<UsageError>(HasSubstr("send()")));
    EXPECT_EQ(sum.send(2), 2) << "the generator did not notice";
}

TEST(GeneratorSend, APointerCanBeNothingToo) {
    auto body = []() -> Generator<int, const int*> {
        int last = -1;
        for (;;) {
            const int* sent = co_yield last;
            last = sent == nullptr ? -1 : *sent;
        }
    };
    int value = 4;
    auto generator = body();
    EXPECT_EQ(generator.send(nullptr), -1);
    EXPECT_EQ(generator.send(&value), 4);
    EXPECT_EQ(generator.next(), -1);
}

// PEP 342: a yield expression may stand wherever an expression may. Ours: one in an expression (see the canaries).
TEST(GeneratorSend, MayBeUsedInTheMiddleOfAnExpression) {
    auto body = [](Trace& out) -> Generator<int, int> {
        out.push_back(std::to_string(2 * (co_yield 1) + 1));
        const int again = co_yield co_yield 2;
        out.push_back(std::to_string(again));
    };
    Trace trace;
    auto generator = body(trace);
    generator.next();
    EXPECT_EQ(generator.send(6), 2);
    EXPECT_EQ(generator.send(7), 7);
    EXPECT_FALSE(generator.send(8));
    EXPECT_THAT(trace, ElementsAre("13", "8"));
}

// PEP 342: sending to one that has ended is its end again.
TEST(GeneratorSend, ToOneThatHasEndedGivesNothing) {
    auto once = []() -> Generator<int, int> { co_yield 1; };
    auto generator = once();
    generator.next();
    EXPECT_FALSE(generator.send(1));
    EXPECT_FALSE(generator.send(2));
    EXPECT_FALSE(generator.next());
    auto closed = once();
    closed.close();
    EXPECT_FALSE(closed.send(1));
}

// test_generators: the last value that is sent may be what the generator returns.
TEST(GeneratorSend, MayBeReturned) {
    auto body = []() -> Generator<int, std::pair<int, int>, std::pair<int, int>> {
        std::pair<int, int> sent = co_yield 1;
        co_return sent;
    };
    auto generator = body();
    generator.next();
    EXPECT_FALSE(generator.send({2, 3}));
    EXPECT_EQ(generator.return_value(), std::make_pair(2, 3));
}

TEST(GeneratorSend, MayBeMoveOnlyOrAReference) {
    auto takes = []() -> Generator<int, std::unique_ptr<int>> {
        int last = 0;
        for (;;) {
            std::unique_ptr<int> sent = co_yield last;
            last = *sent;
        }
    };
    auto generator = takes();
    generator.next();
    EXPECT_EQ(generator.send(std::make_unique<int>(9)), 9);

    auto writes = []() -> Generator<int, int&> {
        for (int i = 1;; ++i) {
            int& sent = co_yield i;
            sent = i;
        }
    };
    int target = 0;
    auto writer = writes();
    writer.next();
    writer.send(target);
    EXPECT_EQ(target, 1);
}

TEST(GeneratorSend, AnErrorBehindItReachesTheSender) {
    auto body = []() -> Generator<int, int> {
        int sent = co_yield 0;
        throw std::runtime_error(std::to_string(sent));
    };
    auto generator = body();
    generator.next();
    EXPECT_THAT([&] { generator.send(5); }, ThrowsMessage<std::runtime_error>("5"));
    EXPECT_FALSE(generator.send(6));
}

// PEP 342's example: a consumer that is primed once and then fed.
TEST(GeneratorSend, FeedsAConsumer) {
    auto lengths = [](std::vector<std::size_t>& out) -> Generator<std::monostate, std::string> {
        const std::monostate ready;
        for (;;) {
            std::string line = co_yield ready;
            out.push_back(line.size());
        }
    };
    std::vector<std::size_t> out;
    auto consumer = lengths(out);
    consumer.next();
    for (const char* word : {"a", "bcd", ""}) consumer.send(word);
    EXPECT_THAT(out, ElementsAre(1, 3, 0));
}

// --- throw_() ------------------------------------------------------------------------------------------------------

// PEP 342: throw() raises at the yield; caught there, the generator goes on and throw() gives its next item.
TEST(GeneratorThrow, IsCaughtAtTheYieldAndGivesTheNextItem) {
    Trace trace;
    auto generator = echo(trace);
    generator.next();
    EXPECT_EQ(generator.throw_(std::runtime_error("tomato")), "error tomato");
    EXPECT_EQ(generator.send(1), "value 1") << "nothing of the error is left";
    EXPECT_EQ(generator.throw_(std::make_exception_ptr(std::runtime_error("egg"))), "error egg");
}

// PEP 342: not caught, it ends the generator, whose cleanup runs, and comes back to the caller as it was.
TEST(GeneratorThrow, NotCaughtItEndsTheGeneratorAndComesBack) {
    Trace trace;
    auto generator = echo(trace);
    generator.next();
    EXPECT_THAT([&] { generator.throw_(std::logic_error("not for it")); },
                ThrowsMessage<std::logic_error>("not for it"));
    EXPECT_THAT(trace, ElementsAre("~echo"));
    EXPECT_TRUE(generator.done());
    EXPECT_FALSE(generator.next());
}

// PEP 342: the generator may raise another error instead.
TEST(GeneratorThrow, MayBecomeAnotherError) {
    auto body = []() -> Generator<int> {
        try {
            co_yield 1;
        } catch (const std::runtime_error&) {
            throw std::logic_error("instead");
        }
    };
    auto generator = body();
    generator.next();
    EXPECT_THROW(generator.throw_(std::runtime_error("x")), std::logic_error);
}

// PEP 342: caught at the last yield, the generator just ends.
TEST(GeneratorThrow, MayBeHowItEnds) {
    auto body = []() -> Generator<int, void, std::string> {
        std::string caught;
        try {
            co_yield 1;
        } catch (const std::runtime_error& error) {
            caught = error.what();
        }
        co_return caught;
    };
    auto generator = body();
    generator.next();
    EXPECT_FALSE(generator.throw_(std::runtime_error("the end")));
    EXPECT_EQ(generator.return_value(), "the end");
}

// PEP 342: thrown into one that has not started, it comes back; the generator runs nothing and has ended.
TEST(GeneratorThrow, IntoOneThatHasNotStartedComesBackAndEndsIt) {
    Trace trace;
    auto generator = echo(trace);
    EXPECT_THROW(generator.throw_(std::runtime_error("x")), std::runtime_error);
    EXPECT_TRUE(generator.done());
    EXPECT_FALSE(generator.next());
    EXPECT_THAT(trace, IsEmpty());
}

// PEP 342: thrown into one that has ended, it comes back.
TEST(GeneratorThrow, IntoOneThatHasEndedComesBack) {
    auto ended = testing::count(0);
    ended.next();
    EXPECT_THROW(ended.throw_(std::runtime_error("x")), std::runtime_error);
    auto closed = testing::count(1);
    closed.close();
    EXPECT_THROW(closed.throw_(std::runtime_error("x")), std::runtime_error);
    EXPECT_FALSE(closed.next());
}

TEST(GeneratorThrow, OfNoErrorAtAllIsAnError) {
    auto generator = testing::count(2);
    generator.next();
    EXPECT_THROW(generator.throw_(std::exception_ptr()), UsageError);
    EXPECT_EQ(generator.next(), 1);
}

// test_generators: an error that the generator keeps can be raised again later.
TEST(GeneratorThrow, MayBeKeptAndThrownAgainLater) {
    auto body = []() -> Generator<int> {
        std::exception_ptr kept;
        try {
            co_yield 1;
        } catch (const std::runtime_error&) {
            kept = std::current_exception();
        }
        co_yield 2;
        std::rethrow_exception(kept);
    };
    auto generator = body();
    generator.next();
    EXPECT_EQ(generator.throw_(std::runtime_error("later")), 2);
    EXPECT_THAT([&] { generator.next(); }, ThrowsMessage<std::runtime_error>("later"));
}

TEST(GeneratorThrow, KeepsTheErrorsTypeWhateverItIs) {
    auto generator = testing::count(2);
    generator.next();
    EXPECT_THROW(generator.throw_(42), int);
}

}  // namespace
}  // namespace trawl
