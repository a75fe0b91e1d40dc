// Signals as something to wait for. Those that are used here do no harm when a test fails: their default is to be
// ignored, or they are blocked by the watcher.
#include "trawl/loop/signal.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

TEST(SignalWatcher, GivesEachOfSeveralThatCameTogether) {
    auto work = []() -> Task<std::set<int>> {
        SignalWatcher watcher{SIGURG, SIGCHLD, SIGWINCH};
        for (const int signal : {SIGURG, SIGCHLD, SIGWINCH}) ::kill(::getpid(), signal);
        std::set<int> got;
        for (int i = 0; i < 3; ++i) {
            const int signal = co_await timeout(5s, watcher.next());
            got.insert(signal);
        }
        co_return got;
    };
    EXPECT_EQ(run(work()), (std::set<int>{SIGURG, SIGCHLD, SIGWINCH}));
}

TEST(SignalWatcher, KeepsWhatCameForOneThatGaveUp) {
    auto work = []() -> Task<int> {
        SignalWatcher watcher{SIGURG};
        ::kill(::getpid(), SIGURG);
        int taken = 0;
        try {
            taken = co_await timeout(Duration(0), watcher.next());
        } catch (const TimeoutError&) {
        }
        if (taken == 0) taken = co_await timeout(5s, watcher.next());
        co_return taken;
    };
    EXPECT_EQ(run(work()), SIGURG);
}

TEST(SignalWatcher, RefusesWhatCannotBeWatched) {
    auto work = []() -> Task<> {
        EXPECT_THROW((SignalWatcher{SIGKILL}), UsageError);
        EXPECT_THROW((SignalWatcher{SIGURG, SIGSTOP}), UsageError);
        EXPECT_THROW((SignalWatcher{999}), UsageError);
        EXPECT_THROW((SignalWatcher{}), UsageError);
        co_return;
    };
    run(work());
}

}  // namespace
}  // namespace trawl
