#include <gtest/gtest.h>

#include <string>

#include "trawl/base/error.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

/// Adds a letter when it is destroyed.
class Notes {
public:
    Notes(std::string& log, char letter) noexcept : log_(log), letter_(letter) {}
    Notes(const Notes&) = delete;
    Notes& operator=(const Notes&) = delete;
    ~Notes() { log_ += letter_; }

private:
    std::string& log_;
    char letter_;
};

Task<> cancel_and_stay(TaskGroup& group, std::string& log) {
    Notes notes(log, 'c');
    group.cancel();
    co_await sleep(1h);
}
Task<> fail_at_once() {
    throw UsageError("at once");
    co_return;
}
/// Starts `child` in its own group, then notes that it goes on, and waits.
Task<> start(TaskGroup& group, Task<> child, std::string& log) {
    Notes notes(log, 's');
    group.spawn_eagerly(std::move(child));
    log += '.';
    co_await sleep(1h);
}

TEST(SpawnEagerly, RunsTheChildUpToItsFirstSuspension) {
    std::string log;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        auto child = [&]() -> Task<> {
            log += '1';
            co_await sleep(1ms);
            log += '3';
        };
        group.spawn_eagerly(child());
        log += '2';
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_EQ(log, "123");
}

TEST(SpawnEagerly, AStarterThatItsChildCancelsRunsUpToItsNextSuspension) {
    std::string log;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(start(group, cancel_and_stay(group, log), log));
        co_await group.join();
    };
    VirtualLoop().run(work());
    EXPECT_EQ(log, "c.s");
}

TEST(SpawnEagerly, AStarterWhoseChildFailsRunsUpToItsNextSuspension) {
    std::string log;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(start(group, fail_at_once(), log));
        co_await group.join();
    };
    EXPECT_THROW(VirtualLoop().run(work()), UsageError);
    EXPECT_EQ(log, ".s");
}

TEST(SpawnEagerly, AChildThatCancelsItselfIsGoneWhenItHasSuspended) {
    std::string log;
    auto work = [&]() -> Task<> {
        {
            TaskGroup group;
            group.spawn_eagerly(cancel_and_stay(group, log));
            EXPECT_EQ(log, "c");
        }
        co_await sleep(1ms);
    };
    VirtualLoop().run(work());
    EXPECT_EQ(log, "c");
}

}  // namespace
}  // namespace trawl
