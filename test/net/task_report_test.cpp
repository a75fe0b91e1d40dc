#include "trawl/net/task_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/unix.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Task<> sleeps_long() { co_await sleep(1h); }

TEST(TaskReport, IsTheTreeOfTheTasks) {
    auto work = []() -> Task<std::string> {
        TaskGroup group;
        group.spawn(report_tasks());
        group.spawn(sleeps_long(), "the sleeper");
        co_await sleep(0s);
        std::string tasks = co_await ask_for_tasks(::getpid());
        co_return tasks;
    };
    const std::string tasks = run(work());
    EXPECT_THAT(tasks, HasSubstr("the sleeper"));
    EXPECT_THAT(tasks, HasSubstr("waits for sleep"));
}

TEST(TaskReport, IsGivenAgainAndAgain) {
    auto work = []() -> Task<int> {
        TaskGroup group;
        group.spawn(report_tasks());
        co_await sleep(0s);
        int answers = 0;
        for (int i = 0; i < 3; ++i) {
            const std::string tasks = co_await ask_for_tasks(::getpid());
            answers += !tasks.empty();
        }
        co_return answers;
    };
    EXPECT_EQ(run(work()), 3);
}

TEST(TaskReport, OfAProcessThatDoesNotReportIsAnError) {
    auto work = []() -> Task<int> {
        int code = 0;
        try {
            co_await ask_for_tasks(::getpid());
        } catch (const ConnectError& error) {
            code = error.code();
        }
        co_return code;
    };
    EXPECT_EQ(run(work()), ECONNREFUSED);
}

TEST(TaskReport, HasOneReporterPerProcess) {
    auto work = []() -> Task<int> {
        TaskGroup group;
        group.spawn(report_tasks());
        co_await sleep(0s);
        int code = 0;
        try {
            co_await report_tasks();
        } catch (const OsError& error) {
            code = error.code();
        }
        co_return code;
    };
    EXPECT_EQ(run(work()), EADDRINUSE);
}

// Somebody else holds the name of a process.
TEST(TaskReport, IsNotTakenFromAnotherProcess) {
    auto work = []() -> Task<int> {
        UnixListener impostor = UnixListener::bind("@trawl-tasks-1");
        int code = 0;
        try {
            co_await ask_for_tasks(1);
        } catch (const ConnectError& error) {
            code = error.code();
        }
        co_return code;
    };
    EXPECT_EQ(run(work()), EACCES);
}

// Who asks and does not read does not stop the tasks.
TEST(TaskReport, DoesNotWaitForOneWhoLeaves) {
    auto work = []() -> Task<bool> {
        TaskGroup group;
        group.spawn(report_tasks());
        co_await sleep(0s);
        {
            UnixStream leaves = co_await UnixStream::connect("@trawl-tasks-" + std::to_string(::getpid()));
        }
        const std::string tasks = co_await ask_for_tasks(::getpid());
        co_return !tasks.empty();
    };
    EXPECT_TRUE(run(work()));
}

}  // namespace
}  // namespace trawl
