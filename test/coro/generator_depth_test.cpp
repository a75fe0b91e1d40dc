// A million generators that delegate to each other: stepping, ending, failing, throwing and going take no stack, on
// debug builds and under sanitizers too, and an item costs one resume at any depth.
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "generator_trace.hpp"
#include "trawl/coro/generator.hpp"

namespace trawl {
namespace {

// That no stack is taken shows where the stack is as small as it is by default. Under sanitizers, which need a larger
// one and microseconds for each level (for an error a hundred), it is memory that is looked at.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kDepth = 100'000;
constexpr int kErrorDepth = 50'000;
#else
constexpr int kDepth = 1'000'000;
constexpr int kErrorDepth = kDepth;
#endif

/// Counts the objects of it that are alive.
class Alive {
public:
    explicit Alive(int& count) : count_(count) { ++count_; }
    Alive(const Alive&) = delete;
    Alive& operator=(const Alive&) = delete;
    ~Alive() { --count_; }

private:
    int& count_;
};

Generator<int, std::optional<int>, int> chain(int depth, int& alive) {
    Alive guard(alive);
    if (depth > 0) {
        int below = co_yield from(chain(depth - 1, alive));
        co_return below + 1;
    }
    for (int i = 0;; ++i) {
        std::optional<int> sent = co_yield i;
        if (sent && *sent == 0) co_return 0;
        if (sent) throw std::runtime_error("sent " + std::to_string(*sent));
    }
}

class GeneratorDepth : public ::testing::Test {
protected:
    void TearDown() override { EXPECT_EQ(alive, 0); }
    int alive = 0;
};

TEST_F(GeneratorDepth, StepsAndEnds) {
    auto generator = chain(kDepth, alive);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(generator.next(), i);
    EXPECT_EQ(alive, kDepth + 1);
    EXPECT_FALSE(generator.send(0));
    EXPECT_EQ(alive, 0);
    EXPECT_EQ(generator.return_value(), kDepth);
}

TEST_F(GeneratorDepth, FailsThroughAllOfThem) {
    auto generator = chain(kErrorDepth, alive);
    generator.next();
    EXPECT_THROW(generator.send(7), std::runtime_error);
    EXPECT_EQ(alive, 0);
    EXPECT_TRUE(generator.done());
}

TEST_F(GeneratorDepth, IsThrownTo) {
    auto generator = chain(kErrorDepth, alive);
    generator.next();
    EXPECT_THROW(generator.throw_(std::logic_error("x")), std::logic_error);
    EXPECT_EQ(alive, 0);
}

TEST_F(GeneratorDepth, IsAbandonedInnermostFirst) {
    {
        auto generator = chain(kDepth, alive);
        generator.next();
        EXPECT_EQ(alive, kDepth + 1);
    }
    EXPECT_EQ(alive, 0);
    auto closed = chain(kDepth, alive);
    closed.next();
    closed.close();
    EXPECT_EQ(alive, 0);
}

// Built from the inside: each takes over one that was started and delegates already.
TEST_F(GeneratorDepth, GrowsFromTheInside) {
    auto wrap = [](Generator<int, std::optional<int>, int> inner) -> Generator<int, std::optional<int>, int> {
        int below = co_yield from(std::move(inner));
        co_return below + 1;
    };
    auto generator = chain(0, alive);
    generator.next();
    for (int i = 0; i < kDepth; ++i) {
        generator = wrap(std::move(generator));
        generator.next();
    }
    EXPECT_EQ(generator.next(), kDepth + 1);
    EXPECT_FALSE(generator.send(0));
    EXPECT_EQ(generator.return_value(), kDepth);
}

// A million one after the other in the same place, too.
TEST_F(GeneratorDepth, DelegatesAMillionTimesInALoop) {
    auto loop = [](int& count) -> Generator<int, std::optional<int>, long> {
        long sum = 0;
        for (int i = 0; i < kDepth; ++i) {
            auto once = [](int number, int& all) -> Generator<int, std::optional<int>, int> {
                Alive guard(all);
                co_return number % 2;
                co_yield 0;
            };
            int one = co_yield from(once(i, count));
            sum += one;
        }
        co_return sum;
    };
    auto generator = loop(alive);
    EXPECT_FALSE(generator.next());
    EXPECT_EQ(generator.return_value(), kDepth / 2);
}

}  // namespace
}  // namespace trawl
