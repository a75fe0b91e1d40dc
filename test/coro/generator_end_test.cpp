// An end and an error are told apart (PEP 479): in Python, a StopIteration that leaked out of a generator's body looked
// like its end. Here an end is an empty item, not an exception, so that the two cannot be mistaken for each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using ::testing::ThrowsMessage;
using testing::Trace;

// PEP 479: a next() that has nothing to give, inside a generator, does not end that generator.
TEST(GeneratorEnd, OfAnotherOneInItsBodyIsNotItsOwn) {
    auto body = []() -> Generator<int> {
        auto other = count(1);
        for (int i = 0; i < 3; ++i) {
            auto item = other.next();
            co_yield item.value_or(-1);
        }
    };
    EXPECT_THAT(all(body()), ElementsAre(0, -1, -1));
}

// PEP 479: a value that is read of an end is an error, thrown to whoever asked; it does not look like an end.
TEST(GeneratorEnd, ReadAsAValueIsAnErrorAndNoEnd) {
    auto body = []() -> Generator<int> {
        auto other = count(0);
        auto item = other.next();
        co_yield item.value();
    };
    auto generator = body();
    EXPECT_THROW(generator.next(), std::bad_optional_access);
}

// PEP 479: whatever is thrown comes out as it is, at any depth; nothing that is thrown means "the end".
TEST(GeneratorEnd, IsNothingThatCanBeThrown) {
    class StopIteration {};
    auto leaks = []() -> Generator<int> {
        co_yield 1;
        throw StopIteration();
    };
    auto passes = [](auto make) -> Generator<int> { co_yield from(make()); };
    auto generator = passes(leaks);
    EXPECT_EQ(generator.next(), 1);
    EXPECT_THROW(generator.next(), StopIteration);
    auto thrown = count(2);
    thrown.next();
    EXPECT_THROW(thrown.throw_(StopIteration()), StopIteration);
}

// PEP 479: return is how a generator ends, from inside loops and handlers too.
TEST(GeneratorEnd, IsAReturnFromAnywhere) {
    auto body = [](Trace& out) -> Generator<int, void, std::string> {
        Finally outer(out, "outer");
        for (int i = 0;; ++i) {
            Finally inner(out, "inner");
            try {
                if (i == 1) throw std::runtime_error("why");
            } catch (const std::runtime_error& error) {
                co_return error.what();
            }
            co_yield i;
        }
    };
    Trace trace;
    auto generator = body(trace);
    EXPECT_THAT(all(generator), ElementsAre(0));
    EXPECT_EQ(generator.return_value(), "why");
    EXPECT_THAT(trace, ElementsAre("~inner", "~inner", "~outer"));
}

// PEP 380: the inner's end is not the outer's.
TEST(GeneratorEnd, OfWhatItDelegatesToIsNotItsOwn) {
    auto body = []() -> Generator<int> {
        for (int i = 0; i < 3; ++i) co_yield from(count(i));
        co_yield 9;
    };
    EXPECT_THAT(all(body()), ElementsAre(0, 0, 1, 9));
}

// PEP 342: an end that send() or throw_() meets is the same end.
TEST(GeneratorEnd, IsTheSameHoweverItIsMet) {
    auto body = []() -> Generator<int, int> {
        try {
            co_yield 1;
        } catch (const std::runtime_error&) {
            co_return;
        }
    };
    auto sent = body();
    sent.next();
    EXPECT_FALSE(sent.send(1));
    EXPECT_TRUE(sent.done());
    auto thrown = body();
    thrown.next();
    EXPECT_FALSE(thrown.throw_(std::runtime_error("x")));
    EXPECT_TRUE(thrown.done());
}

// PEP 479: an error that is caught where the generator is read leaves nothing behind in it.
TEST(GeneratorEnd, ComesAfterAnErrorOnce) {
    auto body = []() -> Generator<int> {
        co_yield 1;
        throw std::logic_error("once");
    };
    auto generator = body();
    std::vector<std::string> seen;
    for (int i = 0; i < 4; ++i) {
        try {
            auto item = generator.next();
            seen.push_back(item ? std::to_string(*item) : "end");
        } catch (const std::logic_error& error) {
            seen.emplace_back(error.what());
        }
    }
    EXPECT_THAT(seen, ElementsAre("1", "once", "end", "end"));
}

}  // namespace
}  // namespace trawl
