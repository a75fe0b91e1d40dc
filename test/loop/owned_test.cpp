#include <gtest/gtest.h>

#include <string>

#include "trawl/loop/background.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

thread_local std::string log;

class First final : public loop::Owned {
public:
    First() { log += "first made, "; }
    First(const First&) = delete;
    First& operator=(const First&) = delete;
    ~First() override { log += "first gone, "; }
    int count = 0;
};

class Second final : public loop::Owned {
public:
    Second() { tasks.spawn(wait(), "second's"); }
    Second(const Second&) = delete;
    Second& operator=(const Second&) = delete;
    ~Second() override { log += "second gone, "; }

private:
    struct Mark {
        Mark() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate
        Mark(const Mark&) = delete;
        Mark& operator=(const Mark&) = delete;
        ~Mark() { log += "task gone, "; }
    };
    static Task<> wait() {
        const Mark mark;
        co_await sleep(100h);
    }
    Background tasks;
};

TEST(Owned, IsMadeOnceAndGoesWithTheLoopBehindItsTasks) {
    log.clear();
    auto work = []() -> Task<> {
        ++Loop::current().own<First>().count;
        static_cast<void>(Loop::current().own<Second>());
        ++Loop::current().own<First>().count;
        EXPECT_EQ(Loop::current().own<First>().count, 2);
        co_await sleep(1ms);
        log += "main ends, ";
    };
    run(work());
    EXPECT_EQ(log, "first made, main ends, task gone, second gone, first gone, ");
}

TEST(Owned, OfEachLoopIsItsOwn) {
    auto work = []() -> Task<int> {
        co_await sleep(0ms);
        co_return ++Loop::current().own<First>().count;
    };
    EXPECT_EQ(run(work()), 1);
    EXPECT_EQ(run(work()), 1);
}

}  // namespace
}  // namespace trawl
