// Symmetric transfer is a tail call: awaiting in a loop, and a chain of coroutines ending, take no stack.
#include <gtest/gtest.h>

#include "coroutine.hpp"

namespace canary {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int many = 1'000;  // instrumented calls are not tail calls
#else
constexpr int many = 1'000'000;  // at 32 bytes a call already four times the usual stack of 8 MB
#endif

Job one() { co_return 1; }

Job loop(int times) {
    int sum = 0;
    for (int i = 0; i < times; ++i) {
        int value = co_await one();
        sum += value;
    }
    co_return sum;
}

Job nested(int depth) {
    if (depth == 0) co_return 0;
    int below = co_await nested(depth - 1);
    co_return below + 1;
}

TEST(SymmetricTransfer, AwaitingInALoopTakesNoStack) {
    Job job = loop(many);
    EXPECT_EQ(job.resume(), many);
    EXPECT_TRUE(job.done());
}

// Going down and coming back up are transfers; only destroying the frames recurses, hence fewer.
TEST(SymmetricTransfer, AChainOfAwaitsTakesNoStackOnItsWayUp) {
    Job job = nested(many / 100);
    EXPECT_EQ(job.resume(), many / 100);
}

}  // namespace
}  // namespace canary
