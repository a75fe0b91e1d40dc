// What a generator is (PEP 255, 342): lazy, one pass, an end that lasts, errors to whoever asked, close().
// Where Python throws GeneratorExit into a generator, its frames are destroyed: the cases say what holds instead.
#include "trawl/coro/generator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "generator_trace.hpp"
#include "trawl/base/error.hpp"

namespace trawl {
namespace {

using testing::all;
using testing::count;
using ::testing::ElementsAre;
using testing::Finally;
using ::testing::IsEmpty;
using testing::Trace;

Generator<int> traced(Trace& trace) {
    Finally finally(trace, "local");
    trace.push_back("first line");
    co_yield 1;
    trace.push_back("between");
    co_yield 2;
    trace.push_back("last line");
}

Generator<int> fails_after_one(Trace& trace) {
    Finally finally(trace, "local");
    co_yield 1;
    throw std::runtime_error("no second");
}

// PEP 255: calling a generator function runs none of its body.
TEST(Generator, RunsNothingUntilItIsAsked) {
    Trace trace;
    {
        auto generator = traced(trace);
        EXPECT_FALSE(generator.started());
        EXPECT_FALSE(generator.done());
    }
    EXPECT_THAT(trace, IsEmpty());
}

// PEP 255: next() runs to the next yield, keeps the locals, and goes on after it.
TEST(Generator, RunsFromOneYieldToTheNext) {
    Trace trace;
    auto generator = traced(trace);
    EXPECT_EQ(generator.next(), 1);
    EXPECT_THAT(trace, ElementsAre("first line"));
    EXPECT_TRUE(generator.started());
    EXPECT_EQ(generator.next(), 2);
    EXPECT_THAT(trace, ElementsAre("first line", "between"));
    EXPECT_EQ(generator.next(), std::nullopt);
    EXPECT_THAT(trace, ElementsAre("first line", "between", "last line", "~local"));
}

// PEP 255: once a generator has stopped it cannot be resumed; each further next() says so again.
TEST(Generator, GivesNothingForEverOnceItEnded) {
    auto generator = count(1);
    EXPECT_TRUE(generator.next());
    EXPECT_FALSE(generator.done()) << "nobody knows before it is asked";
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(generator.next());
    EXPECT_TRUE(generator.done());
}

// PEP 255: falling off the end and return are the same end.
TEST(Generator, EndsAtAReturnAndAtItsLastLine) {
    auto returns = []() -> Generator<int> {
        co_yield 1;
        co_return;
        co_yield 2;
    };
    EXPECT_THAT(all(returns()), ElementsAre(1));
}

TEST(Generator, MayYieldNothingAtAll) {
    EXPECT_FALSE(count(0).next());
    EXPECT_THAT(all(count(0)), IsEmpty());
}

// PEP 255: each call makes a generator of its own.
TEST(Generator, EachCallIsIndependent) {
    auto first = count(3);
    auto second = count(3);
    EXPECT_EQ(first.next(), 0);
    EXPECT_EQ(first.next(), 1);
    EXPECT_EQ(second.next(), 0);
    EXPECT_EQ(first.next(), 2);
}

// test_generators: generators always return to the most recent caller.
TEST(Generator, GoesBackToWhoeverAsksNow) {
    auto create = [] {
        auto generator = count(3);
        EXPECT_EQ(generator.next(), 0);
        return generator;
    };
    EXPECT_THAT(all(create()), ElementsAre(1, 2));
}

// PEP 255: an error leaves the generator to whoever asked, and ends it.
TEST(Generator, ThrowsItsErrorToWhoeverAskedAndHasEnded) {
    Trace trace;
    auto generator = fails_after_one(trace);
    EXPECT_EQ(generator.next(), 1);
    EXPECT_THROW(generator.next(), std::runtime_error);
    EXPECT_THAT(trace, ElementsAre("~local"));
    EXPECT_TRUE(generator.done());
    EXPECT_FALSE(generator.next()) << "the error is thrown once; from then on it has just ended";
}

TEST(Generator, MayFailInItsFirstLine) {
    auto fails = [](bool yields) -> Generator<int> {
        if (!yields) throw std::runtime_error("at once");
        co_yield 1;
    };
    auto generator = fails(false);
    EXPECT_THROW(generator.next(), std::runtime_error);
    EXPECT_FALSE(generator.next());
}

// PEP 342: yield is allowed inside try/finally: the cleanup runs where the block is left, not at the yield.
TEST(Generator, KeepsABlocksLocalsOverItsYields) {
    Trace trace;
    auto blocks = [](Trace& out) -> Generator<int> {
        {
            Finally finally(out, "block");
            co_yield 1;
            co_yield 2;
        }
        out.push_back("after");
        co_yield 3;
    };
    auto generator = blocks(trace);
    generator.next();
    generator.next();
    EXPECT_THAT(trace, IsEmpty());
    generator.next();
    EXPECT_THAT(trace, ElementsAre("~block", "after"));
}

// test_generators: a generator is resumed by code that handles an exception, and handles one of its own, independently.
TEST(Generator, HandlesItsErrorsApartFromItsCallers) {
    auto handles = []() -> Generator<std::string> {
        std::string caught;
        try {
            throw std::runtime_error("inner");
        } catch (const std::runtime_error& error) {
            caught = error.what();
        }
        co_yield caught;
        EXPECT_FALSE(std::current_exception()) << "resumed by nobody who handles one";
        co_yield "calm";
    };
    auto generator = handles();
    try {
        throw std::logic_error("outer");
    } catch (const std::logic_error& error) {
        EXPECT_EQ(generator.next(), "inner");
        EXPECT_STREQ(error.what(), "outer");
    }
    EXPECT_EQ(generator.next(), "calm");
}

// --- return values -------------------------------------------------------------------------------------------------

Generator<int, void, std::string> returns_text() {
    co_yield 1;
    co_return "done";
}

// PEP 380: return with a value ends the generator; the value is there from then on.
TEST(GeneratorReturn, IsThereAfterTheEnd) {
    auto generator = returns_text();
    generator.next();
    EXPECT_THROW(generator.return_value(), UsageError);
    generator.next();
    EXPECT_EQ(generator.return_value(), "done");
}

// Ours: asked again it is the same object; moved out, the generator keeps what the move left.
TEST(GeneratorReturn, StaysInTheGeneratorUntilItIsMovedOut) {
    auto generator = returns_text();
    all(generator);
    EXPECT_EQ(&generator.return_value(), &generator.return_value());
    EXPECT_EQ(std::move(generator).return_value(), "done");
    EXPECT_EQ(generator.return_value(), "");  // NOLINT(bugprone-use-after-move): it is what is asked here
}

TEST(GeneratorReturn, MayBeMoveOnlyAReferenceOrNothing) {
    auto moved = []() -> Generator<int, void, std::unique_ptr<int>> {
        co_yield 1;
        co_return std::make_unique<int>(7);
    };
    auto owner = moved();
    all(owner);
    EXPECT_EQ(*std::move(owner).return_value(), 7);

    int target = 0;
    auto refers = [](int& object) -> Generator<int, void, int&> {
        co_yield 1;
        co_return object;
    };
    auto reference = refers(target);
    all(reference);
    EXPECT_EQ(&reference.return_value(), &target);

    auto nothing = count(0);
    EXPECT_THROW(nothing.return_value(), UsageError);
    nothing.next();
    EXPECT_NO_THROW(nothing.return_value());
}

TEST(GeneratorReturn, IsNotThereAfterAnErrorOrAClose) {
    auto fails = []() -> Generator<int, void, int> {
        co_yield 1;
        throw std::runtime_error("no value");
    };
    auto failed = fails();
    failed.next();
    EXPECT_THROW(failed.next(), std::runtime_error);
    EXPECT_THROW(failed.return_value(), UsageError);

    auto closed = returns_text();
    closed.next();
    closed.close();
    EXPECT_THROW(closed.return_value(), UsageError);
}

// --- close() and destruction ----------------------------------------------------------------------------------------

// PEP 342: close() runs the cleanup where the generator is suspended. Here: its locals are destroyed, last one first.
TEST(GeneratorClose, DestroysTheLocals) {
    Trace trace;
    auto two = [](Trace& out) -> Generator<int> {
        Finally first(out, "first");
        Finally second(out, "second");
        co_yield 1;
        out.push_back("not run");
    };
    auto generator = two(trace);
    generator.next();
    generator.close();
    EXPECT_THAT(trace, ElementsAre("~second", "~first"));
    EXPECT_TRUE(generator.done());
    EXPECT_FALSE(generator.next());
}

// PEP 342 lets a generator catch GeneratorExit. Here there is nothing to catch: no handler runs, only destructors.
TEST(GeneratorClose, CannotBeCaughtOrRefused) {
    Trace trace;
    auto stubborn = [](Trace& out) -> Generator<int> {
        Finally finally(out, "local");
        for (;;) {
            try {
                co_yield 1;
            } catch (...) {  // ignored: it is what the generator tries
                out.push_back("caught");
            }
        }
    };
    auto generator = stubborn(trace);
    generator.next();
    generator.close();
    EXPECT_THAT(trace, ElementsAre("~local"));
}

// PEP 342: closing one that has not started runs nothing of it, and it has ended.
TEST(GeneratorClose, OfOneThatHasNotStartedRunsNothing) {
    Trace trace;
    auto generator = traced(trace);
    generator.close();
    EXPECT_FALSE(generator.next());
    EXPECT_TRUE(generator.done());
    EXPECT_TRUE(generator.started()) << "it cannot be started any more";
    EXPECT_THAT(trace, IsEmpty());
}

// PEP 342: closing one that has ended, by itself, an error, or close(), does nothing.
TEST(GeneratorClose, OfOneThatHasEndedDoesNothing) {
    auto generator = returns_text();
    all(generator);
    generator.close();
    EXPECT_EQ(generator.return_value(), "done") << "it had ended by itself";
    auto closed = count(2);
    closed.close();
    closed.close();
    EXPECT_FALSE(closed.next());
    Trace trace;
    auto failed = fails_after_one(trace);
    failed.next();
    EXPECT_THROW(failed.next(), std::runtime_error);
    failed.close();
    EXPECT_FALSE(failed.next());
}

// PEP 342: an abandoned generator is closed. Here that is at once, when its owner goes.
TEST(GeneratorClose, IsWhatDestroyingMeans) {
    Trace trace;
    {
        auto generator = traced(trace);
        generator.next();
    }
    EXPECT_THAT(trace, ElementsAre("first line", "~local"));
}

TEST(GeneratorClose, HappensToTheOneThatIsAssignedOver) {
    Trace trace;
    auto generator = traced(trace);
    generator.next();
    generator = count(2);
    EXPECT_THAT(trace, ElementsAre("first line", "~local"));
    EXPECT_EQ(generator.next(), 0);
}

// PEP 342: what a generator closes while it is closed itself may ask it again: it has ended.
TEST(GeneratorClose, LetsADestructorAskItAgain) {
    class Asks {
    public:
        Asks(std::optional<Generator<int>>& generator, bool& empty) : generator_(generator), empty_(empty) {}
        ~Asks() { empty_ = !generator_->next(); }

    private:
        std::optional<Generator<int>>& generator_;
        bool& empty_;
    };
    auto body = [](std::optional<Generator<int>>& itself, bool& empty) -> Generator<int> {
        Asks asks(itself, empty);
        co_yield 1;
    };
    std::optional<Generator<int>> generator;
    bool empty = false;
    generator.emplace(body(generator, empty));
    generator->next();
    generator->close();
    EXPECT_TRUE(empty);
}

// --- misuse --------------------------------------------------------------------------------------------------------

// PEP 255: a generator cannot be resumed while it runs. The error is thrown where it is tried; nothing else happens.
TEST(GeneratorMisuse, CannotBeResumedWhileItRuns) {
    std::optional<Generator<std::string>> itself;
    auto body = [](std::optional<Generator<std::string>>& me) -> Generator<std::string> {
        std::vector<std::string> refused;
        auto refuse = [&](auto use) {
            try {
                use();
            } catch (const UsageError& error) {
                refused.emplace_back(error.what());
            }
        };
        refuse([&] { me->next(); });
        refuse([&] { me->throw_(std::runtime_error("x")); });
        refuse([&] { me->close(); });
        refuse([&] { (void)me->begin(); });
        EXPECT_FALSE(me->done());
        for (const auto& message : refused) co_yield message;
    };
    itself.emplace(body(itself));
    auto messages = all(*itself);
    ASSERT_EQ(messages.size(), 4u);
    for (const auto& message : messages) EXPECT_THAT(message, ::testing::HasSubstr("is running"));
    EXPECT_THAT(messages[2], ::testing::StartsWith("close()"));
}

// PEP 255: not caught by the generator, that error ends it like any other.
TEST(GeneratorMisuse, ResumingItselfEndsItUnlessItCatchesTheError) {
    std::optional<Generator<int>> itself;
    auto body = [](std::optional<Generator<int>>& me) -> Generator<int> {
        auto mine = me->next();
        co_yield *mine;
    };
    itself.emplace(body(itself));
    EXPECT_THROW(itself->next(), UsageError);
    EXPECT_FALSE(itself->next());
}

TEST(GeneratorMisuse, OneThatWasMovedFromSaysSo) {
    auto first = count(3);
    first.next();
    auto second = std::move(first);
    EXPECT_FALSE(first.valid());  // NOLINT(bugprone-use-after-move): that is what is tested, to the end
    EXPECT_THROW(first.next(), UsageError);
    EXPECT_THROW((void)first.begin(), UsageError);
    EXPECT_THROW(first.throw_(std::runtime_error("x")), UsageError);
    EXPECT_THROW((void)from(first), UsageError);
    EXPECT_THROW(first.return_value(), UsageError);
    EXPECT_NO_THROW(first.close());
    EXPECT_EQ(second.next(), 1);
    EXPECT_TRUE(second.valid());
}

// Ours: a generator whose owner goes while it runs is destroyed when it next suspends; whoever asked gets nothing.
TEST(GeneratorMisuse, DestroyedWhileItRunsItIsGoneWhenItSuspends) {
    Trace trace;
    std::optional<Generator<int>> itself;
    auto body = [](std::optional<Generator<int>>& me, Trace& out) -> Generator<int> {
        Finally finally(out, "local");
        me.reset();
        out.push_back("still runs");
        co_yield 1;
        out.push_back("not run");
    };
    itself.emplace(body(itself, trace));
    EXPECT_FALSE(itself->next());
    EXPECT_THAT(trace, ElementsAre("still runs", "~local"));
}

TEST(GeneratorMisuse, DestroyedWhileItRunsItMayStillDelegateEndOrFail) {
    std::optional<Generator<int>> itself;
    auto delegates = [](std::optional<Generator<int>>& me, Trace& out) -> Generator<int> {
        Finally finally(out, "delegates");
        me.reset();
        co_yield from(traced(out));
        out.push_back("not run");
    };
    auto ends = [](std::optional<Generator<int>>& me, Trace& out) -> Generator<int> {
        Finally finally(out, "ends");
        auto ended = count(0);
        ended.next();
        me.reset();
        co_yield from(std::move(ended));
    };
    auto fails = [](std::optional<Generator<int>>& me) -> Generator<int> {
        me.reset();
        throw std::runtime_error("not lost");
        co_return;
    };
    Trace trace;
    itself.emplace(delegates(itself, trace));
    EXPECT_FALSE(itself->next());
    EXPECT_THAT(trace, ElementsAre("first line", "~local", "~delegates"));
    trace.clear();
    itself.emplace(ends(itself, trace));
    EXPECT_FALSE(itself->next());
    EXPECT_THAT(trace, ElementsAre("~ends"));
    itself.emplace(fails(itself));
    EXPECT_THROW(itself->next(), std::runtime_error);
}

TEST(GeneratorMisuse, MovedWhileItRunsItStillGivesItsItem) {
    std::optional<Generator<int>> before;
    std::optional<Generator<int>> after;
    auto body = [](std::optional<Generator<int>>& here, std::optional<Generator<int>>& there) -> Generator<int> {
        there.emplace(std::move(*here));
        co_yield 1;
        co_yield 2;
    };
    before.emplace(body(before, after));
    EXPECT_EQ(before->next(), 1);
    EXPECT_EQ(after->next(), 2);
}

}  // namespace
}  // namespace trawl
