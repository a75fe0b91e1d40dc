#include "trawl/loop/background.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

struct Mark {
    explicit Mark(int& count) : count_(&count) {}
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;
    ~Mark() { ++*count_; }

private:
    int* count_;
};

Task<> wait_for_ever(int& ended) {
    const Mark mark(ended);
    co_await sleep(100h);
}

Task<> count_to(int last, int& count) {
    while (count < last) {
        co_await sleep(1ms);
        ++count;
    }
}

TEST(Background, GoesOnWhenTheTaskThatStartedItHasEnded) {
    struct Service {
        Background background;
        int count = 0;
    };
    const auto use = [](std::optional<Service>& service) -> Task<> {
        service.emplace();
        service->background.spawn(count_to(3, service->count), "counter");
        co_return;
    };
    run([](auto start) -> Task<> {
        std::optional<Service> service;
        co_await start(service);
        while (service->background.size() > 0) co_await sleep(1ms);
        EXPECT_EQ(service->count, 3);
    }(use));
}

TEST(Background, IsATaskOfItsOwnInReports) {
    run([]() -> Task<> {
        int ended = 0;
        Background background;
        background.spawn(wait_for_ever(ended), "waiter");
        co_await sleep(0ms);
        EXPECT_THAT(dump_tasks(), testing::HasSubstr("\nwaiter: waits for sleep, "));
    }());
}

TEST(Background, DestroysItsTasksWhenItIsDestroyed) {
    run([]() -> Task<> {
        int ended = 0;
        {
            Background background;
            background.spawn(wait_for_ever(ended), "first");
            background.spawn(wait_for_ever(ended), "second");
            co_await sleep(0ms);
            EXPECT_EQ(ended, 0);
        }
        EXPECT_EQ(ended, 2);
    }());
}

TEST(Background, EndsWithTheLoop) {
    std::unique_ptr<Background> background;
    int ended = 0;
    run([](std::unique_ptr<Background>& made, int& count) -> Task<> {
        made = std::make_unique<Background>();
        made->spawn(wait_for_ever(count), "waiter");
        co_await sleep(0ms);
    }(background, ended));
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(background->size(), 0U);
}

TEST(Background, ATaskMayCancelItself) {
    run([]() -> Task<> {
        auto background = std::make_unique<Background>();
        int ended = 0;
        background->spawn(
            [](std::unique_ptr<Background>& own, int& count) -> Task<> {
                const Mark mark(count);
                own.reset();
                EXPECT_EQ(count, 0);
                co_await sleep(0ms);
                ADD_FAILURE() << "goes on";
            }(background, ended),
            "suicidal");
        co_await sleep(1ms);
        EXPECT_EQ(ended, 1);
    }());
}

TEST(Background, AnErrorThatLeavesATaskIsThrownByTheLoop) {
    const auto fail = []() -> Task<> {
        Background background;
        background.spawn(
            []() -> Task<> {
                throw std::runtime_error("lost");
                co_return;
            }(),
            "failing");
        co_await sleep(1ms);
    };
    EXPECT_THROW(run(fail()), std::runtime_error);
}

TEST(Background, NeedsALoop) { EXPECT_THROW(Background(), UsageError); }

}  // namespace
}  // namespace trawl
