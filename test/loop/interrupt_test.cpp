// SIGINT and SIGTERM during run(). Each test is a process of its own, which ends as the test says.
#include "trawl/loop/interrupt.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "loop/io_ends.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

class SaysThatItIsGone {
public:
    explicit SaysThatItIsGone(int then = 0) : then_(then) {}
    SaysThatItIsGone(const SaysThatItIsGone&) = delete;
    SaysThatItIsGone& operator=(const SaysThatItIsGone&) = delete;
    ~SaysThatItIsGone() {
        std::fputs("cleaned up\n", stderr);
        if (then_ != 0) ::kill(::getpid(), then_);
        std::fputs("to the end\n", stderr);
    }

private:
    int then_;
};

Task<> sends_itself(int signal) {
    co_await sleep(1ms);
    ::kill(::getpid(), signal);
}

Task<> waits_for_ever(int signal, int during_cleanup = 0) {
    const SaysThatItIsGone local(during_cleanup);
    TaskGroup group;
    group.spawn(sends_itself(signal));
    co_await sleep(24h);
}

TEST(InterruptDeathTest, TheProcessEndsByTheSignalAfterTheCleanup) {
    EXPECT_EXIT(run(waits_for_ever(SIGINT)), testing::KilledBySignal(SIGINT), "cleaned up\nto the end");
    EXPECT_EXIT(run(waits_for_ever(SIGTERM)), testing::KilledBySignal(SIGTERM), "cleaned up\nto the end");
}

TEST(InterruptDeathTest, ASecondSignalEndsTheCleanup) {
    EXPECT_EXIT(run(waits_for_ever(SIGINT, SIGTERM)), testing::KilledBySignal(SIGTERM), "cleaned up\n$");
}

TEST(InterruptDeathTest, IsThrownWhenAskedFor) {
    auto program = [] {
        try {
            run(waits_for_ever(SIGTERM), OnSignal::kThrow);
        } catch (const Interrupted& interrupted) {
            std::fprintf(stderr, "%s\n", interrupted.what());
            std::exit(interrupted.signal() == SIGTERM ? 3 : 4);
        }
    };
    EXPECT_EXIT(program(), testing::ExitedWithCode(3), "cleaned up\nto the end\ninterrupted by SIGTERM");
}

TEST(InterruptDeathTest, RunMayBeCalledAgainAfterwards) {
    auto program = [] {
        Loop loop;
        int interrupted = 0;
        for (int i = 0; i < 2; ++i) {
            try {
                const loop::Listening listening(loop, OnSignal::kThrow);
                loop.run(waits_for_ever(SIGINT));
            } catch (const Interrupted&) {
                ++interrupted;
            }
        }
        std::exit(interrupted);
    };
    EXPECT_EXIT(program(), testing::ExitedWithCode(2), "");
}

TEST(InterruptDeathTest, WithoutListeningTheSignalIsTheSystems) {
    EXPECT_EXIT(run(waits_for_ever(SIGINT), OnSignal::kLeave), testing::KilledBySignal(SIGINT), "^$");
}

TEST(InterruptDeathTest, ASignalThatIsIgnoredStaysIgnored) {
    auto program = [] {
        ::signal(SIGINT, SIG_IGN);
        auto work = []() -> Task<> {
            ::kill(::getpid(), SIGINT);
            co_await sleep(5ms);
        };
        run(work());
        std::exit(5);
    };
    EXPECT_EXIT(program(), testing::ExitedWithCode(5), "");
}

// A task that takes what has arrived asks the kernel, which then tells of the signal as well.
TEST(InterruptDeathTest, ASignalIsNotLostToATaskThatAsksForBytes) {
    auto work = []() -> Task<> {
        auto [peer, ours] = socket_pair_of(IoKind::kStream);
        co_await peer.send("x");
        co_await ours.receive();
        ::kill(::getpid(), SIGTERM);
        if (!ours.receive_arrived().empty()) std::exit(9);
        co_await sleep(24h);
    };
    EXPECT_EXIT(run(work()), testing::KilledBySignal(SIGTERM), "");
}

TEST(InterruptDeathTest, AfterRunTheSignalIsAsItWas) {
    auto program = [] {
        auto nothing = []() -> Task<> { co_return; };
        run(nothing());
        ::raise(SIGTERM);
    };
    EXPECT_EXIT(program(), testing::KilledBySignal(SIGTERM), "");
}

// A program that runs one short job after the other would never hear of it otherwise.
TEST(InterruptDeathTest, ASignalDuringTheLastStepOfTheMainTaskCounts) {
    auto ends_at_once = []() -> Task<int> {
        ::kill(::getpid(), SIGTERM);
        co_return 6;
    };
    EXPECT_EXIT(std::exit(run(ends_at_once())), testing::KilledBySignal(SIGTERM), "");
    auto throws = [&] {
        try {
            std::exit(run(ends_at_once(), OnSignal::kThrow));
        } catch (const Interrupted& interrupted) {
            std::exit(interrupted.signal() == SIGTERM ? 3 : 4);
        }
    };
    EXPECT_EXIT(throws(), testing::ExitedWithCode(3), "");
}

TEST(InterruptDeathTest, ASignalAfterTheMainTasksEndIsNotLost) {
    auto program = [] {
        Loop loop;
        {
            const loop::Listening listening(loop, OnSignal::kThrow);
            ::raise(SIGTERM);
        }
        std::exit(7);
    };
    EXPECT_EXIT(program(), testing::KilledBySignal(SIGTERM), "");
}

TEST(InterruptDeathTest, WhatWasPrintedIsWrittenBeforeTheProcessEnds) {
    auto program = [] {
        ::dup2(STDERR_FILENO, STDOUT_FILENO);
        std::setvbuf(stdout, nullptr, _IOFBF, 1 << 16);
        auto work = []() -> Task<> {
            std::fputs("printed line\n", stdout);
            ::kill(::getpid(), SIGTERM);
            co_await sleep(24h);
        };
        run(work());
    };
    EXPECT_EXIT(program(), testing::KilledBySignal(SIGTERM), "printed line");
}

}  // namespace
}  // namespace trawl
