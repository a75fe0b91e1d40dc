// co_yield from(generator) (PEP 380): items, sent values, errors, close() and the return value pass through.
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
#include "trawl/coro/generator.hpp"

namespace trawl {
namespace {

using testing::all;
using testing::count;
using ::testing::ElementsAre;
using testing::Finally;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using testing::Trace;
using Text = Generator<std::string, std::optional<int>, int>;

std::string shown(std::optional<int> value) { return value ? std::to_string(*value) : "nothing"; }

/// Yields twice, notes what it is sent, catches a runtime_error at its first co_yield, returns 42.
Text inner(Trace& trace) {
    Finally finally(trace, "inner");
    trace.push_back("inner starts");
    std::optional<int> sent;
    try {
        sent = co_yield "spam";
        trace.push_back("inner got " + shown(sent));
    } catch (const std::runtime_error& error) {
        trace.push_back(std::string("inner caught ") + error.what());
    }
    sent = co_yield "more spam";
    trace.push_back("inner got " + shown(sent));
    co_return 42;
}

Text outer(Trace& trace) {
    Finally finally(trace, "outer");
    std::optional<int> sent = co_yield "ham";
    trace.push_back("outer got " + shown(sent));
    int returned = co_yield from(inner(trace));
    trace.push_back("inner returned " + std::to_string(returned));
    sent = co_yield "eggs";
    trace.push_back("outer got " + shown(sent));
    co_return returned + 1;
}

// PEP 380: the items of the inner are given as the outer's own, in their place.
TEST(GeneratorFrom, GivesTheInnersItemsInTheirPlace) {
    Trace trace;
    auto generator = outer(trace);
    std::vector<std::string> items;
    for (auto&& item : generator) items.push_back(item);
    EXPECT_THAT(items, ElementsAre("ham", "spam", "more spam", "eggs"));
}

// PEP 380: the inner is not run before it is delegated to, and ends before the outer goes on.
TEST(GeneratorFrom, RunsTheInnerInItsTurn) {
    Trace trace;
    auto generator = outer(trace);
    while (generator.next()) {
    }
    EXPECT_THAT(trace, ElementsAre("outer got nothing", "inner starts", "inner got nothing", "inner got nothing",
                                   "~inner", "inner returned 42", "outer got nothing", "~outer"));
}

// PEP 380: a value sent to the outer reaches the inner, while it delegates, and itself before and after.
TEST(GeneratorFrom, PassesSentValuesToTheInner) {
    Trace trace;
    auto generator = outer(trace);
    generator.next();
    for (int i = 1; generator.send(i); ++i) {
    }
    EXPECT_THAT(trace, ElementsAre("outer got 1", "inner starts", "inner got 2", "inner got 3", "~inner",
                                   "inner returned 42", "outer got 4", "~outer"));
}

// PEP 380: the value of the expression is what the inner returns.
TEST(GeneratorFrom, IsWhatTheInnerReturns) {
    Trace trace;
    auto generator = outer(trace);
    while (generator.next()) {
    }
    EXPECT_EQ(generator.return_value(), 43);
}

// PEP 380: an error thrown into the outer is thrown at the inner's yield; caught there, the outer notices nothing.
TEST(GeneratorFrom, PassesThrownErrorsToTheInner) {
    Trace trace;
    auto generator = outer(trace);
    generator.next();
    generator.next();
    trace.clear();
    EXPECT_EQ(generator.throw_(std::runtime_error("tomato")), "more spam");
    EXPECT_THAT(trace, ElementsAre("inner caught tomato"));
    EXPECT_EQ(generator.next(), "eggs");
}

// PEP 380: what the inner does not catch comes out of the expression in the outer, after the inner's cleanup.
TEST(GeneratorFrom, ThrowsInTheOuterWhatTheInnerDoesNotCatch) {
    Trace trace;
    auto generator = outer(trace);
    generator.next();
    generator.next();
    trace.clear();
    EXPECT_THROW(generator.throw_(std::logic_error("x")), std::logic_error);
    EXPECT_THAT(trace, ElementsAre("~inner", "~outer"));
    EXPECT_FALSE(generator.next());
}

Generator<int> fails(int items) {
    co_yield from(count(items));
    throw std::runtime_error("hovercraft");
}

// PEP 380: the outer may catch the inner's error, in its first next() or a later one, and go on.
TEST(GeneratorFrom, MayCatchTheInnersErrorAndGoOn) {
    auto catches = [](int items) -> Generator<int> {
        std::string caught;
        try {
            co_yield from(fails(items));
        } catch (const std::runtime_error& error) {
            caught = error.what();
        }
        EXPECT_EQ(caught, "hovercraft");
        co_yield 100;
    };
    EXPECT_THAT(all(catches(0)), ElementsAre(100));
    EXPECT_THAT(all(catches(2)), ElementsAre(0, 1, 100));
}

TEST(GeneratorFrom, AnErrorOfTheInnerReachesWhoeverAsked) {
    auto passes = []() -> Generator<int> { co_yield from(fails(1)); };
    auto generator = passes();
    EXPECT_EQ(generator.next(), 0);
    EXPECT_THAT([&] { generator.next(); }, ThrowsMessage<std::runtime_error>("hovercraft"));
    EXPECT_FALSE(generator.next());
}

// PEP 380: the inner may turn a thrown error into its return value.
TEST(GeneratorFrom, GivesTheReturnValueOfAnInnerThatCaughtAndReturned) {
    auto gives_up = []() -> Generator<int, void, std::string> {
        std::string why = "nothing";
        try {
            co_yield 1;
        } catch (const std::runtime_error& error) {
            why = error.what();
        }
        co_return why;
    };
    auto delegates = [](auto make) -> Generator<int, void, std::string> {
        std::string why = co_yield from(make());
        co_yield 2;
        co_return why;
    };
    auto generator = delegates(gives_up);
    generator.next();
    EXPECT_EQ(generator.throw_(std::runtime_error("tired")), 2);
    all(generator);
    EXPECT_EQ(generator.return_value(), "tired");
}

// PEP 380: closing the outer closes the inner first. Here: frames are destroyed, innermost first.
TEST(GeneratorFrom, ClosingDestroysTheInnerFirst) {
    Trace trace;
    auto generator = outer(trace);
    generator.next();
    generator.next();
    trace.clear();
    generator.close();
    EXPECT_THAT(trace, ElementsAre("~inner", "~outer"));
    EXPECT_FALSE(generator.next());
}

// PEP 380: the same when the outer is abandoned, and when an error of its reader unwinds past it.
TEST(GeneratorFrom, AbandoningDestroysTheInnerFirst) {
    Trace trace;
    try {
        auto generator = outer(trace);
        generator.next();
        generator.next();
        trace.clear();
        throw std::runtime_error("the reader's");
    } catch (const std::runtime_error&) {
        trace.push_back("caught");
    }
    EXPECT_THAT(trace, ElementsAre("~inner", "~outer", "caught"));
}

// PEP 380: an inner that has no items gives its return value at once.
TEST(GeneratorFrom, OfAnInnerWithoutItemsTakesNoTurn) {
    auto empty = []() -> Generator<int, void, int> {
        co_return 5;
        co_yield 0;
    };
    auto adds = [](auto make) -> Generator<int> {
        int first = co_yield from(make());
        int second = co_yield from(make());
        co_yield first + second;
    };
    EXPECT_THAT(all(adds(empty)), ElementsAre(10));
}

// PEP 380: recursion is what it is for.
struct Node {
    int value;
    std::unique_ptr<Node> left = nullptr;
    std::unique_ptr<Node> right = nullptr;
};

Generator<int, void, int> in_order(const Node* node) {
    int left = 0;
    int right = 0;
    if (node == nullptr) co_return 0;
    left = co_yield from(in_order(node->left.get()));
    co_yield node->value;
    right = co_yield from(in_order(node->right.get()));
    co_return left + 1 + right;
}

TEST(GeneratorFrom, WalksATreeAndCountsIt) {
    Node root{4};
    root.left = std::make_unique<Node>(Node{2});
    root.left->left = std::make_unique<Node>(Node{1});
    root.left->right = std::make_unique<Node>(Node{3});
    root.right = std::make_unique<Node>(Node{5});
    auto walk = in_order(&root);
    EXPECT_THAT(all(walk), ElementsAre(1, 2, 3, 4, 5));
    EXPECT_EQ(walk.return_value(), 5);
}

// PEP 380: several levels are as one: values and errors reach the innermost.
Generator<int, std::optional<int>, int> echo_below(int levels) {
    int last = 0;
    if (levels > 0) {
        last = co_yield from(echo_below(levels - 1));
        co_return last + 1;
    }
    for (;;) {
        try {
            std::optional<int> sent = co_yield last;
            if (!sent) co_return last;
            last = *sent;
        } catch (const std::runtime_error&) {
            last = -1;
        }
    }
}

TEST(GeneratorFrom, PassesThroughAnyNumberOfLevels) {
    auto generator = echo_below(50);
    EXPECT_EQ(generator.next(), 0);
    EXPECT_EQ(generator.send(7), 7);
    EXPECT_EQ(generator.throw_(std::runtime_error("x")), -1);
    EXPECT_EQ(generator.send(8), 8);
    EXPECT_FALSE(generator.next());
    EXPECT_EQ(generator.return_value(), 58);
}

// PEP 380: what was read of the inner before is not given again; it goes on where it was.
TEST(GeneratorFrom, GoesOnWithOneThatWasStarted) {
    auto rest = [](Generator<int> generator) -> Generator<int> {
        co_yield 100;
        co_yield from(std::move(generator));
    };
    auto started = count(4);
    started.next();
    started.next();
    EXPECT_THAT(all(rest(std::move(started))), ElementsAre(100, 2, 3));
}

TEST(GeneratorFrom, GoesOnWithOneThatWasDelegating) {
    auto passes = [](int items) -> Generator<int> {
        co_yield from(count(items));
        co_yield 50;
    };
    auto rest = [](Generator<int> generator) -> Generator<int> {
        co_yield from(std::move(generator));
        co_yield 60;
    };
    auto started = passes(3);
    started.next();
    EXPECT_THAT(all(rest(rest(std::move(started)))), ElementsAre(1, 2, 50, 60, 60));
}

// PEP 380: one that has ended gives nothing more; ours also keeps its return value for this.
TEST(GeneratorFrom, OfOneThatHasEndedGivesItsReturnValue) {
    auto returns = []() -> Generator<int, void, int> {
        co_yield 1;
        co_return 9;
    };
    auto passes = [](Generator<int, void, int> generator) -> Generator<int, void, int> {
        int value = co_yield from(std::move(generator));
        co_return value;
    };
    auto ended = returns();
    all(ended);
    auto generator = passes(std::move(ended));
    EXPECT_FALSE(generator.next());
    EXPECT_EQ(generator.return_value(), 9);
}

TEST(GeneratorFrom, OfOneThatWasClosedIsNothingAndHasNoReturnValue) {
    auto passes = [](Generator<int> generator) -> Generator<int> {
        co_yield from(std::move(generator));
        co_yield 1;
    };
    auto closed = count(5);
    closed.close();
    EXPECT_THAT(all(passes(std::move(closed))), ElementsAre(1));

    auto wants_value = [](Generator<int, void, int> generator) -> Generator<int, void, int> {
        int value = co_yield from(std::move(generator));
        co_return value;
    };
    auto valued = []() -> Generator<int, void, int> {
        co_yield 1;
        co_return 9;
    };
    auto also_closed = valued();
    also_closed.close();
    auto generator = wants_value(std::move(also_closed));
    EXPECT_THROW(generator.next(), UsageError);
}

// Ours: an lvalue is taken over, as if it had been moved in. In Python it would be shared.
TEST(GeneratorFrom, TakesOverAnLvalue) {
    auto passes = [](Generator<int>& generator) -> Generator<int> {
        co_yield from(generator);
        EXPECT_FALSE(generator.valid());
    };
    auto shared = count(3);
    auto generator = passes(shared);
    EXPECT_EQ(generator.next(), 0);
    EXPECT_THAT([&] { shared.next(); }, ThrowsMessage<UsageError>(HasSubstr("delegated to")));
    EXPECT_EQ(generator.next(), 1);
    EXPECT_EQ(generator.next(), 2);
    EXPECT_FALSE(generator.next());
}

// PEP 380: the inner is gone before the outer goes on, with its arguments.
TEST(GeneratorFrom, DestroysTheInnerWhenItHasEnded) {
    auto holds = [](std::shared_ptr<int> value) -> Generator<int> { co_yield *value; };
    auto passes = [](auto make, std::shared_ptr<int>& value) -> Generator<int> {
        co_yield from(make(value));
        co_yield static_cast<int>(value.use_count());
    };
    auto value = std::make_shared<int>(5);
    auto generator = passes(holds, value);
    EXPECT_EQ(generator.next(), 5);
    EXPECT_EQ(value.use_count(), 2);
    EXPECT_EQ(generator.next(), 1);
}

// --- misuse --------------------------------------------------------------------------------------------------------

// test_pep380: a generator that delegates to itself is running already: an error, thrown where it is tried.
TEST(GeneratorFrom, ToItselfIsAnError) {
    std::optional<Generator<int>> itself;
    auto body = [](std::optional<Generator<int>>& me) -> Generator<int> {
        co_yield 1;
        co_yield from(*me);
    };
    itself.emplace(body(itself));
    EXPECT_EQ(itself->next(), 1);
    EXPECT_THAT([&] { itself->next(); }, ThrowsMessage<UsageError>(HasSubstr("delegate to itself")));
    EXPECT_FALSE(itself->next());
}

// test_pep380: the same when the loop is longer. The error starts where it closes; it may be caught there.
TEST(GeneratorFrom, ToOneThatDelegatesToItIsAnError) {
    std::optional<Generator<int>> first;
    std::optional<Generator<int>> second;
    Trace trace;
    auto one = [](std::optional<Generator<int>>& other) -> Generator<int> {
        co_yield 1;
        co_yield from(*other);
        co_yield 4;
    };
    auto two = [](std::optional<Generator<int>>& other, Trace& out) -> Generator<int> {
        co_yield 2;
        try {
            co_yield from(*other);
        } catch (const UsageError&) {
            out.push_back("loop");
        }
        co_yield 3;
    };
    first.emplace(one(second));
    second.emplace(two(first, trace));
    EXPECT_THAT(all(*first), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(trace, ElementsAre("loop"));
}

// test_pep380: while the inner runs, the outer is running too.
TEST(GeneratorFrom, TheOuterIsRunningWhileTheInnerIs) {
    std::optional<Generator<int>> whole;
    auto asks = [](std::optional<Generator<int>>& generator) -> Generator<int> {
        int refused = 0;
        try {
            generator->next();
        } catch (const UsageError&) {
            refused = 1;
        }
        co_yield refused;
    };
    auto passes = [](auto make, std::optional<Generator<int>>& generator) -> Generator<int> {
        co_yield from(make(generator));
    };
    whole.emplace(passes(asks, whole));
    EXPECT_EQ(whole->next(), 1);
}

TEST(GeneratorFrom, ToOneThatWaitsForAValueIsAnError) {
    auto waits = []() -> Generator<int, int> {
        int sent = co_yield 0;
        co_yield sent;
    };
    auto passes = [](Generator<int, int>& generator) -> Generator<int, int> { co_yield from(generator); };
    auto primed = waits();
    primed.next();
    auto generator = passes(primed);
    EXPECT_THROW(generator.next(), UsageError);
    EXPECT_EQ(primed.send(6), 6) << "it was not taken";
}

TEST(GeneratorFrom, TheInnermostMayDestroyTheWholeChain) {
    Trace trace;
    std::optional<Generator<int>> whole;
    auto ends = [](std::optional<Generator<int>>& generator, Trace& out) -> Generator<int> {
        Finally finally(out, "inner");
        generator.reset();
        co_yield 1;
    };
    auto passes = [](auto make, std::optional<Generator<int>>& generator, Trace& out) -> Generator<int> {
        Finally finally(out, "outer");
        co_yield from(make(generator, out));
    };
    whole.emplace(passes(ends, whole, trace));
    EXPECT_FALSE(whole->next());
    EXPECT_THAT(trace, ElementsAre("~inner", "~outer"));
}

}  // namespace
}  // namespace trawl
