#include "trawl/coro/async_generator.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "runner.hpp"

namespace trawl {
namespace {

using testing::Alive;
using testing::Gate;
using testing::Root;
using testing::Runner;

AsyncGenerator<int> count_to(int n) {
    for (int i = 1; i <= n; ++i) co_yield i;
}

template <class T>
Task<std::vector<T>> collect(AsyncGenerator<T> source) {
    std::vector<T> items;
    while (auto item = co_await source.next()) items.push_back(std::move(*item));
    co_return items;
}

TEST(AsyncGenerator, YieldsItsValuesInOrderAndEnds) {
    EXPECT_EQ(Runner().run(collect(count_to(4))), (std::vector<int>{1, 2, 3, 4}));
    EXPECT_EQ(Runner().run(collect(count_to(0))), std::vector<int>{});
}

TEST(AsyncGenerator, AMillionValuesTakeNoStack) {
    EXPECT_EQ(Runner().run(collect(count_to(1'000'000))).size(), 1'000'000U);
}

TEST(AsyncGenerator, IsLazy) {
    int begun = 0;
    auto source = [](int& count) -> AsyncGenerator<int> {
        ++count;
        co_yield 1;
        ++count;
    };
    auto work = [&]() -> Task<> {
        auto numbers = source(begun);
        EXPECT_EQ(begun, 0);
        co_await numbers.next();
        EXPECT_EQ(begun, 1);
    };
    Runner().run(work());
    EXPECT_EQ(begun, 1);
}

TEST(AsyncGenerator, AfterItsEndItStaysAtItsEnd) {
    auto work = []() -> Task<int> {
        auto one = count_to(1);
        int given = 0;
        for (int i = 0; i < 4; ++i) {
            auto item = co_await one.next();
            given += item.has_value() ? 1 : 0;
        }
        co_return given;
    };
    EXPECT_EQ(Runner().run(work()), 1);
}

TEST(AsyncGenerator, MovesValuesThatCannotBeCopied) {
    auto source = []() -> AsyncGenerator<std::unique_ptr<int>> { co_yield std::make_unique<int>(7); };
    auto work = [&]() -> Task<int> {
        auto pointers = source();
        auto item = co_await pointers.next();
        co_return **item;
    };
    EXPECT_EQ(Runner().run(work()), 7);
}

TEST(AsyncGenerator, ThrowsItsErrorOnceAndIsOver) {
    auto source = []() -> AsyncGenerator<int> {
        co_yield 1;
        throw std::runtime_error("after the first");
    };
    auto work = [&]() -> Task<std::string> {
        auto numbers = source();
        std::string seen;
        for (int i = 0; i < 3; ++i) {
            try {
                auto item = co_await numbers.next();
                seen += item.has_value() ? "value " : "end ";
            } catch (const std::runtime_error&) {
                seen += "error ";
            }
        }
        co_return seen;
    };
    EXPECT_EQ(Runner().run(work()), "value error end ");
}

TEST(AsyncGenerator, WaitsInBetween) {
    Gate gate;
    auto source = [](Gate& wait) -> AsyncGenerator<int> {
        co_yield 1;
        co_await wait;
        co_yield 2;
    };
    Runner runner;
    Root<std::vector<int>> root(collect(source(gate)));
    EXPECT_FALSE(runner.drain(root));
    runner.schedule().wake(gate);
    EXPECT_TRUE(runner.drain(root));
    EXPECT_EQ(root.take(), (std::vector<int>{1, 2}));
}

TEST(AsyncGenerator, DestroyingItDestroysItsFrame) {
    int alive = 0;
    auto source = [](Alive mark) -> AsyncGenerator<int> {
        co_yield 1;
        (void)mark;
    };
    auto work = [&]() -> Task<> {
        {
            auto numbers = source(Alive(alive));
            co_await numbers.next();
            EXPECT_EQ(alive, 1);
        }
        EXPECT_EQ(alive, 0);
    };
    Runner().run(work());
}

TEST(AsyncGenerator, IsDestroyedWithTheTaskThatWaitsForIt) {
    Gate gate;
    std::vector<std::string> order;
    struct Log {
        std::vector<std::string>& lines;
        std::string name;
        ~Log() { lines.push_back(name); }
    };
    auto source = [](Gate& wait, std::vector<std::string>& out) -> AsyncGenerator<int> {
        Log log{out, "generator"};
        co_await wait;
        co_yield 1;
    };
    auto work = [&](Gate& wait, std::vector<std::string>& out) -> Task<> {
        Log log{out, "consumer"};
        auto numbers = source(wait, out);
        co_await numbers.next();
    };
    Runner runner;
    {
        Root<void> root(work(gate, order));
        EXPECT_FALSE(runner.drain(root));
    }
    EXPECT_EQ(order, (std::vector<std::string>{"generator", "consumer"}));
}

TEST(AsyncGenerator, CloseEndsIt) {
    auto work = []() -> Task<bool> {
        auto numbers = count_to(5);
        co_await numbers.next();
        numbers.close();
        auto item = co_await numbers.next();
        co_return item.has_value();
    };
    EXPECT_FALSE(Runner().run(work()));
}

}  // namespace
}  // namespace trawl
