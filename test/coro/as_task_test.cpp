#include "trawl/coro/as_task.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runner.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/coro/task_set.hpp"

namespace trawl {
namespace {

using testing::Alive;
using testing::Gate;
using testing::Runner;

/// Is awaited as it is, and can be moved until then.
class Ready {
public:
    explicit Ready(std::string text) : text_(std::move(text)) {}
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    std::string await_resume() { return std::move(text_); }

private:
    std::string text_;
};

/// Makes an awaiter, once.
class Order {
public:
    Order(std::string text, int& alive) : text_(std::move(text)), alive_(alive) {}
    Ready operator co_await() && { return Ready(std::move(text_)); }

private:
    std::string text_;
    Alive alive_;
};

/// Has a Task of its own to give.
class Errand {
public:
    explicit Errand(int number) : number_(number) {}
    auto operator co_await() && { return Task<int>(std::move(*this)).operator co_await(); }
    operator Task<int>() && { return run(number_); }  // NOLINT(google-explicit-constructor): that is what is tested

private:
    static Task<int> run(int number) {
        if (number < 0) throw std::runtime_error("a negative errand");
        co_return number * 10;
    }
    int number_;
};

/// Whoever waits gets no value, as often as they like.
class Nothing {
public:
    Ready operator co_await() const { return Ready(""); }
};

Task<int> seven() { co_return 7; }

static_assert(AsTask<Task<int>>);
static_assert(!AsTask<Task<int>&>, "a Task is given away");
static_assert(AsTask<Order>);
static_assert(!AsTask<Order&>, "what is used up is given away");
static_assert(!AsTask<const Order>);
static_assert(AsTask<Nothing&>, "what is not used up need not be");
static_assert(!AsTask<Gate>, "an awaiter that cannot be moved is awaited where it stands");
static_assert(!AsTask<int>);
static_assert(!AsTask<std::vector<Task<int>>>);
static_assert(std::is_same_v<TaskOf<Errand>, Task<int>>);
static_assert(std::is_same_v<TaskOf<Ready>, Task<std::string>>);
static_assert(std::is_same_v<TaskOf<Nothing&>, Task<std::string>>);

TEST(AsTask, MakesATaskOfWhateverCanBeAwaited) {
    int alive = 0;
    EXPECT_EQ(Runner().run(as_task(seven())), 7);
    EXPECT_EQ(Runner().run(as_task(Ready("a text that is too long to be kept inside"))).size(), 41U);
    EXPECT_EQ(Runner().run(as_task(Order("b", alive))), "b");
    EXPECT_EQ(Runner().run(as_task(Errand(4))), 40);
    EXPECT_EQ(alive, 0);
}

TEST(AsTask, KeepsWhatIsAwaitedUntilItIsDestroyed) {
    int alive = 0;
    {
        const Task<std::string> never_begun = as_task(Order("b", alive));
        EXPECT_EQ(alive, 1);
    }
    EXPECT_EQ(alive, 0);
}

TEST(AsTask, IsWhatGatherMakesOfItsArguments) {
    int alive = 0;
    const auto work = [&]() -> Task<std::string> {
        auto all = co_await gather(Order("a text that is too long to be kept inside", alive), Errand(2), seven());
        co_return std::get<0>(all) + std::to_string(std::get<1>(all)) + std::to_string(std::get<2>(all));
    };
    EXPECT_EQ(Runner().run(work()), "a text that is too long to be kept inside207");
    EXPECT_EQ(alive, 0);
}

TEST(AsTask, IsWhatGatherMakesOfAVector) {
    std::vector<Errand> errands;
    for (int i = 0; i < 3; ++i) errands.emplace_back(i);
    EXPECT_EQ(Runner().run(gather(std::move(errands))), (std::vector<int>{0, 10, 20}));
}

TEST(AsTask, TellsOutcomesOneByOne) {
    auto both = Runner().run(gather_outcomes(Errand(-1), Ready("fine")));
    EXPECT_THROW(std::get<0>(both).take(), std::runtime_error);
    EXPECT_EQ(std::get<1>(both).take(), "fine");
    std::vector<Errand> errands;
    for (const int number : {1, -1}) errands.emplace_back(number);
    auto all = Runner().run(gather_outcomes(std::move(errands)));
    EXPECT_EQ(all.front().take(), 10);
    EXPECT_FALSE(all.back().has_value());
}

TEST(AsTask, IsWhatASetIsMadeOf) {
    const auto work = []() -> Task<int> {
        std::vector<Errand> errands;
        for (int i = 1; i <= 3; ++i) errands.emplace_back(i);
        auto set = as_completed(std::move(errands));
        set.add(Errand(4));
        int sum = 0;
        for (int i = 0; i < 4; ++i) {
            auto done = co_await set.next();
            sum += done->outcome.take();
        }
        co_return sum;
    };
    EXPECT_EQ(Runner().run(work()), 100);
}

}  // namespace
}  // namespace trawl
