// Sandboxes that refuse a system call the loop would rather have (seccomp(2)). Each test is a process of its own.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

// From here on `call` fails with EPERM.
void forbid(unsigned call) {
    std::array<sock_filter, 4> filter{{
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    }};
    const sock_fprog program{filter.size(), filter.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        std::exit(70);
}

// Exits with 3 when the loop sleeps on epoll, with 4 when it does on something else.
void sleeps() {
    auto work = []() -> Task<int> {
        co_await sleep(1ms);
        co_return Loop::current().backend_name() == "epoll" ? 3 : 4;
    };
    std::exit(run(work()));
}

TEST(RefusedCallsDeathTest, WithoutEnteringARingTheChoiceIsEpoll) {
    auto program = [] {
        ::setenv("TRAWL_BACKEND", "auto", 1);
        forbid(SYS_io_uring_enter);
        sleeps();
    };
    EXPECT_EXIT(program(), testing::ExitedWithCode(3), "");
}

TEST(RefusedCallsDeathTest, ARingThatCannotBeEnteredIsAnErrorThatSaysWhatToDo) {
    auto program = [] {
        ::setenv("TRAWL_BACKEND", "uring", 1);
        forbid(SYS_io_uring_enter);
        try {
            sleeps();
        } catch (const OsError& error) {
            std::fputs(error.what(), stderr);
            std::exit(5);
        }
    };
    EXPECT_EXIT(program(), testing::ExitedWithCode(5), "TRAWL_BACKEND=epoll");
}

// It could not wait any more, but it can end.
TEST(RefusedCallsDeathTest, ARingThatIsRefusedLaterDoesNotKeepTheLoopFromEnding) {
    auto program = [] {
        auto work = []() -> Task<> {
            co_await sleep(1ms);
            forbid(SYS_io_uring_enter);
            co_await sleep(1ms);
        };
        try {
            run(work());
        } catch (const OsError&) {
        }
        std::exit(6);
    };
    EXPECT_EXIT(program(), testing::ExitedWithCode(6), "");
}

TEST(RefusedCallsDeathTest, EpollSleepsWithoutTheCallThatTakesNanoseconds) {
    auto program = [] {
        ::setenv("TRAWL_BACKEND", "epoll", 1);
        forbid(SYS_epoll_pwait2);
        sleeps();
    };
    EXPECT_EXIT(program(), testing::ExitedWithCode(3), "");
}

}  // namespace
}  // namespace trawl
