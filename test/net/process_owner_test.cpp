// Who may ask for a child's end, and whose the child is.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <utility>
#include <vector>

#include "children.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/process.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

class ProcessOwners : public NoChildIsLeft {};

// ---- several tasks ----

Task<> keep_status(Process& process, std::vector<ExitStatus>& ends) { ends.push_back(co_await process.wait()); }

TEST_F(ProcessOwners, AnyNumberOfTasksWaitForOne) {
    auto work = []() -> Task<> {
        Process process = Process::start(Command("sleep", "1000"));
        std::vector<ExitStatus> ends;
        TaskGroup gone;
        gone.spawn(keep_status(process, ends));
        TaskGroup waiting;
        for (int i = 0; i < 3; ++i) waiting.spawn(keep_status(process, ends));
        co_await sleep(0s);
        gone.cancel();  // the one that was first
        process.send_signal(SIGTERM);
        co_await waiting.join();
        EXPECT_EQ(ends, std::vector<ExitStatus>(3, ExitStatus::of_signal(SIGTERM)));
    };
    run(work());
}

TEST_F(ProcessOwners, AStatusThatIsTakenBesideAWaitIsToldToBoth) {
    auto work = []() -> Task<> {
        Process process = Process::start(Command("cat").stdin_from(Stdio::pipe()));
        std::vector<ExitStatus> ends;
        TaskGroup waiting;
        waiting.spawn(keep_status(process, ends));
        co_await sleep(0s);
        process.input().close();
        while (!process.status()) std::this_thread::yield();  // the loop has no turn
        co_await waiting.join();
        EXPECT_EQ(ends, std::vector<ExitStatus>(1, ExitStatus::of_code(0)));
    };
    run(work());
}

TEST_F(ProcessOwners, StopEndsAChildThatAnotherTaskWaitsFor) {
    auto work = []() -> Task<> {
        Process process = Process::start(
            shell("trap '' TERM; echo; while :; do sleep 1000; done").stdout_to(Stdio::pipe()).own_group());
        co_await process.output().receive();
        std::vector<ExitStatus> ends;
        TaskGroup waiting;
        waiting.spawn(keep_status(process, ends));
        co_await sleep(0s);
        const ExitStatus stopped = co_await process.stop(1ms);
        co_await waiting.join();
        EXPECT_EQ(stopped, ExitStatus::of_signal(SIGKILL));
        EXPECT_EQ(ends, std::vector<ExitStatus>(1, stopped));
    };
    run(work());
}

// ---- whose it is ----

// Ends the process: 0 when the loop went on beside a child that nobody may kill.
void let_go_of_one_that_may_not_be_killed(bool own_group) {
    ::alarm(30);
    auto work = [&]() -> Task<pid_t> {
        Command command("sleep", "1000");
        if (own_group) command.own_group();
        const Process process = Process::start(command);
        if (::setresuid(65534, 65534, 0) != 0) ::_exit(1);
        co_return process.pid();
    };
    const pid_t left = run(work());
    if (::setresuid(0, 0, 0) != 0) ::_exit(2);
    if (::kill(left, SIGKILL) != 0) ::_exit(3);
    ::_exit(::waitpid(left, nullptr, 0) == left ? 0 : 4);
}

TEST_F(ProcessOwners, OneThatMayNotBeKilledDoesNotStopTheLoop) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to be somebody else for a while";
    EXPECT_EXIT(let_go_of_one_that_may_not_be_killed(false), testing::ExitedWithCode(0), "");
    EXPECT_EXIT(let_go_of_one_that_may_not_be_killed(true), testing::ExitedWithCode(0), "");
}

TEST_F(ProcessOwners, OneThatWasMovedFromHasNoChild) {
    auto work = []() -> Task<> {
        Process first = Process::start(Command("sleep", "1000"));
        Process second = std::move(first);
        EXPECT_EQ(first.pid(), 0);
        EXPECT_THROW(first.send_signal(SIGTERM), UsageError);
        EXPECT_THROW(static_cast<void>(first.status()), UsageError);
        EXPECT_THROW(first.input(), UsageError);
        std::vector<Task<>> asked;
        asked.push_back([](Process& process) -> Task<> { co_await process.wait(); }(first));
        asked.push_back([](Process& process) -> Task<> { co_await process.stop(); }(first));
        asked.push_back([](Process& process) -> Task<> { co_await process.communicate(); }(first));
        int refused = 0;
        for (Task<>& task : asked) {
            try {
                co_await std::move(task);
            } catch (const UsageError&) {
                ++refused;
            }
        }
        EXPECT_EQ(refused, 3);
        EXPECT_EQ(second.status(), std::nullopt);
    };
    run(work());
}

}  // namespace
}  // namespace trawl
