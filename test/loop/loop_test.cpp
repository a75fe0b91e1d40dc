#include "trawl/loop/loop.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/signal.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

TEST(Run, GivesTheValueOfItsTask) {
    auto work = []() -> Task<int> {
        co_await sleep(1ms);
        co_return 3;
    };
    EXPECT_EQ(run(work()), 3);
}

TEST(Run, ThrowsTheErrorOfItsTask) {
    auto work = []() -> Task<> {
        co_await sleep(0s);
        throw UsageError("mine");
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST(Run, MayBeNestedInATask) {
    auto inner = []() -> Task<int> {
        co_await sleep(1ms);
        co_return 2;
    };
    auto outer = [&]() -> Task<int> {
        int below = run(inner());
        co_await sleep(1ms);
        co_return below + 1;
    };
    EXPECT_EQ(run(outer()), 3);
}

TEST(Loop, OutsideOfARunIsAnError) { EXPECT_THROW(Loop::current(), UsageError); }

TEST(Sleep, WakesInOrderOfDeadline) {
    std::vector<int> order;
    auto nap = [](std::vector<int>& out, int number, Duration duration) -> Task<> {
        co_await sleep(duration);
        out.push_back(number);
    };
    run(gather(nap(order, 3, 9ms), nap(order, 1, 3ms), nap(order, 2, 6ms)));
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(Sleep, AsATaskCanBeGathered) { run(gather(Task<>(sleep(1ms)), Task<>(sleep(2ms)))); }

TEST(Sleep, OfZeroLetsOthersRun) {
    std::string order;
    auto turns = [](std::string& out, char name) -> Task<> {
        for (int i = 0; i < 3; ++i) {
            out.push_back(name);
            co_await sleep(0s);
        }
    };
    run(gather(turns(order, 'a'), turns(order, 'b')));
    EXPECT_EQ(order, "ababab");
}

TEST(Sleep, OfLessThanZeroIsOver) {
    auto work = []() -> Task<> {
        co_await sleep(-100h);
        co_await sleep(Duration::min());
    };
    run(work());
}

TEST(Timeout, OfLessThanZeroFires) {
    auto work = []() -> Task<> { co_await timeout(-100h, sleep(1h)); };
    EXPECT_THROW(run(work()), TimeoutError);
}

TEST(Timeout, GivesTheResultInTime) {
    auto quick = []() -> Task<int> {
        co_await sleep(1ms);
        co_return 1;
    };
    auto work = [&]() -> Task<int> { co_return co_await timeout(10s, quick()); };
    EXPECT_EQ(run(work()), 1);
}

TEST(Timeout, ResultWithoutWaitingNeedsNoTimer) {
    auto ready = []() -> Task<int> { co_return 1; };
    auto work = [&]() -> Task<int> { co_return co_await timeout(0s, ready()); };
    EXPECT_EQ(run(work()), 1);
}

struct Flag {
    bool* flag;
    ~Flag() { *flag = true; }
};

TEST(Timeout, TheWorkIsGoneWhenTheErrorIsThrown) {
    bool gone = false;
    auto slow = [](bool& flag) -> Task<> {
        Flag mark{&flag};
        co_await sleep(1h);
    };
    auto work = [&]() -> Task<bool> {
        bool gone_in_handler = false;
        try {
            co_await timeout(1ms, slow(gone));
        } catch (const TimeoutError&) {
            gone_in_handler = gone;
        }
        co_return gone_in_handler;
    };
    EXPECT_TRUE(run(work()));
}

TEST(Timeout, AnErrorInTimePassesThrough) {
    auto failing = []() -> Task<> {
        co_await sleep(1ms);
        throw UsageError("inner");
    };
    auto work = [&]() -> Task<> { co_await timeout(10s, failing()); };
    EXPECT_THROW(run(work()), UsageError);
}

// ---- descriptors ----

std::pair<IoHandle, IoHandle> socket_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw OsError(errno, "socketpair");
    return {IoHandle(ends[0]), IoHandle(ends[1])};
}

Task<std::string> receive_all(IoHandle& from) {
    std::string all;
    while (true) {
        Buffer buffer = co_await from.receive();
        if (buffer.empty()) break;
        all += buffer.view();
    }
    co_return all;
}

TEST(Io, SendsMoreThanTheKernelTakesAtOnce) {
    auto work = []() -> Task<bool> {
        auto ends = socket_pair();
        const std::string data(5'000'000, 'x');
        auto send = [](IoHandle to, const std::string& bytes) -> Task<> { co_await to.send(bytes); };
        auto both = co_await gather(send(std::move(ends.first), data), receive_all(ends.second));
        co_return std::get<1>(both) == data;
    };
    EXPECT_TRUE(run(work()));
}

TEST(Io, BytesForADestroyedReceiveGoToTheNext) {
    auto work = []() -> Task<std::string> {
        auto ends = socket_pair();
        for (int i = 0; i < 3; ++i) {
            try {
                co_await timeout(Duration(0), ends.second.receive());
            } catch (const TimeoutError&) {
            }
            co_await ends.first.send("abc");
            co_await sleep(1ms);
        }
        ends.first.close();
        std::string all = co_await receive_all(ends.second);
        co_return all;
    };
    const std::string got = run(work());
    EXPECT_EQ(got.substr(got.size() - 3), "abc");
}

TEST(Io, ClosingAHandleFailsWhatWaitsOnIt) {
    auto work = []() -> Task<int> {
        auto ends = socket_pair();
        auto receive = [](IoHandle& from) -> Task<int> {
            int code = 0;
            try {
                co_await from.receive();
            } catch (const OsError& error) {
                code = error.code();
            }
            co_return code;
        };
        auto close = [](IoHandle& handle) -> Task<> {
            co_await sleep(1ms);
            handle.close();
        };
        auto both = co_await gather(receive(ends.second), close(ends.second));
        co_return std::get<0>(both);
    };
    EXPECT_EQ(run(work()), ECANCELED);
}

TEST(Io, QuietMeansNothingArrivedAndNothingEnded) {
    auto work = []() -> Task<std::vector<bool>> {
        std::vector<bool> quiet;
        auto ends = socket_pair();
        co_await sleep(0s);
        quiet.push_back(ends.second.is_quiet());
        co_await ends.first.send("x");
        quiet.push_back(ends.second.is_quiet());
        auto others = socket_pair();
        others.first.close();
        quiet.push_back(others.second.is_quiet());
        co_return quiet;
    };
    EXPECT_EQ(run(work()), (std::vector<bool>{true, false, false}));
}

TEST(Io, AHandleMayOutliveItsLoop) {
    IoHandle kept;
    auto work = [&]() -> Task<> {
        auto ends = socket_pair();
        kept = std::move(ends.first);
        co_return;
    };
    run(work());
    EXPECT_FALSE(kept.is_quiet());
    kept.close();
}

TEST(SignalWatcher, GivesTheSignal) {
    auto work = []() -> Task<int> {
        SignalWatcher watcher{SIGUSR1, SIGUSR2};
        ::raise(SIGUSR2);
        co_return co_await watcher.next();
    };
    EXPECT_EQ(run(work()), SIGUSR2);
}

}  // namespace
}  // namespace trawl
