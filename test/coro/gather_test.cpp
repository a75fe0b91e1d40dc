#include "trawl/coro/gather.hpp"

#include <gtest/gtest.h>

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

Task<int> after(Gate& gate, int value) {
    co_await gate;
    co_return value;
}

Task<std::string> now(std::string value) { co_return value; }

Task<int> fail_after(Gate& gate) {
    co_await gate;
    throw std::runtime_error("child");
}

TEST(Gather, GivesResultsInArgumentOrderWhateverTheOrderOfEnding) {
    Gate first;
    Gate second;
    Runner runner;
    Root<std::tuple<int, int>> root(gather(after(first, 1), after(second, 2)));
    EXPECT_FALSE(runner.drain(root));
    runner.schedule().wake(second);
    EXPECT_FALSE(runner.drain(root));
    runner.schedule().wake(first);
    ASSERT_TRUE(runner.drain(root));
    EXPECT_EQ(root.take(), std::make_tuple(1, 2));
}

TEST(Gather, MixesTypesAndVoid) {
    auto nothing = []() -> Task<> { co_return; };
    auto both = Runner().run(gather(now("a"), nothing()));
    EXPECT_EQ(std::get<0>(both), "a");
    EXPECT_EQ(std::get<1>(both), std::monostate());
}

TEST(Gather, OfNothingIsDone) {
    EXPECT_TRUE(Runner().run(gather(std::vector<Task<int>>())).empty());
    Runner().run(gather());
}

TEST(Gather, OfAVectorKeepsItsOrder) {
    std::vector<Task<std::string>> tasks;
    for (int i = 0; i < 100; ++i) tasks.push_back(now(std::to_string(i)));
    auto values = Runner().run(gather(std::move(tasks)));
    ASSERT_EQ(values.size(), 100U);
    for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(values[i], std::to_string(i));
}

Task<int> holding(Alive alive, Gate& gate) {
    co_await gate;
    (void)alive;
    co_return 0;
}

TEST(Gather, TheFirstErrorDestroysTheOthersAndIsThrown) {
    Gate failing;
    Gate waiting;
    int alive = 0;
    Runner runner;
    Root<std::tuple<int, int>> root(gather(fail_after(failing), holding(Alive(alive), waiting)));
    EXPECT_FALSE(runner.drain(root));
    EXPECT_EQ(alive, 1);
    runner.schedule().wake(failing);
    ASSERT_TRUE(runner.drain(root));
    EXPECT_THROW(root.take(), std::runtime_error);
    EXPECT_EQ(alive, 0);
}

TEST(Gather, TheFirstErrorOfAVectorIsThrown) {
    Gate gates[3];
    std::vector<Task<int>> tasks;
    for (Gate& gate : gates) tasks.push_back(fail_after(gate));
    Runner runner;
    Root<std::vector<int>> root(gather(std::move(tasks)));
    EXPECT_FALSE(runner.drain(root));
    runner.schedule().wake(gates[1]);
    ASSERT_TRUE(runner.drain(root));
    EXPECT_THROW(root.take(), std::runtime_error);
}

TEST(Gather, DestroyingItDestroysTheChildren) {
    Gate one;
    Gate two;
    int alive = 0;
    Runner runner;
    {
        Root<std::tuple<int, int>> root(gather(holding(Alive(alive), one), holding(Alive(alive), two)));
        EXPECT_FALSE(runner.drain(root));
        EXPECT_EQ(alive, 2);
    }
    EXPECT_EQ(alive, 0);
}

TEST(Gather, FreesAChildsFrameAsSoonAsItHasEnded) {
    Gate one;
    Gate two;
    int alive = 0;
    Runner runner;
    Root<std::tuple<int, int>> root(gather(holding(Alive(alive), one), holding(Alive(alive), two)));
    EXPECT_FALSE(runner.drain(root));
    runner.schedule().wake(one);
    EXPECT_FALSE(runner.drain(root));
    EXPECT_EQ(alive, 1);
    runner.schedule().wake(two);
    EXPECT_TRUE(runner.drain(root));
}

TEST(Gather, Nests) {
    auto sum = []() -> Task<int> {
        auto both = co_await gather(gather(now("a"), now("b")), now("c"));
        co_return static_cast<int>(std::get<0>(std::get<0>(both)).size() + std::get<1>(both).size());
    };
    EXPECT_EQ(Runner().run(sum()), 2);
}

}  // namespace
}  // namespace trawl
