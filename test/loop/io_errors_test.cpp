// What operations say when a connection breaks, when its handle is closed, and when its loop is gone. Each test runs
// for a stream socket and for the same socket as a descriptor of any kind.
#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "loop/connections.hpp"
#include "loop/descriptors.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

class IoErrors : public testing::TestWithParam<IoKind> {};

INSTANTIATE_TEST_SUITE_P(Kinds, IoErrors, testing::Values(IoKind::kStream, IoKind::kOther), [](const auto& kind) {
    return std::string(kind.param == IoKind::kStream ? "Stream" : "Other");
});

constexpr int kEnd = 0;
constexpr int kBytes = -1;
constexpr int kLate = -2;

// The errno with which a receive fails, or what it gives.
template <class Operation>
Task<int> outcome_of(Operation operation) {
    int outcome = kEnd;
    try {
        Buffer buffer = co_await std::move(operation);
        if (!buffer.empty()) outcome = kBytes;
    } catch (const OsError& error) {
        outcome = error.code();
    } catch (const TimeoutError&) {
        outcome = kLate;
    }
    co_return outcome;
}

// The errno with which sending fails in the end.
Task<int> send_until_it_fails(IoHandle& to) {
    int code = 0;
    while (code == 0) {
        try {
            co_await to.send("x");
            co_await sleep(0s);
        } catch (const OsError& error) {
            code = error.code();
        }
    }
    co_return code;
}

// The kernel tells of it once; truncated data must not look complete.
TEST_P(IoErrors, TheErrorOfADestroyedReceiveIsTheNextOnes) {
    auto work = [](IoKind kind) -> Task<> {
        Connected connected(kind);
        connected.peer.reset();
        for (int i = 0; i < 3; ++i) {
            const int outcome = co_await outcome_of(timeout(Duration(0), connected.ours.receive()));
            EXPECT_TRUE(outcome == kLate || outcome == ECONNRESET) << outcome;
        }
        const int outcome = co_await outcome_of(connected.ours.receive());
        EXPECT_EQ(outcome, ECONNRESET);
    };
    run(work(GetParam()));
}

TEST_P(IoErrors, AConnectionThatBrokeNeverComesToAnEnd) {
    auto work = [](IoKind kind) -> Task<std::vector<int>> {
        Connected connected(kind);
        connected.peer.reset();
        std::vector<int> outcomes;
        for (int i = 0; i < 3; ++i) {
            const int outcome = co_await outcome_of(connected.ours.receive());
            outcomes.push_back(outcome);
        }
        co_return outcomes;
    };
    EXPECT_EQ(run(work(GetParam())), std::vector<int>(3, ECONNRESET));
}

TEST_P(IoErrors, WhatASendWasToldAReceiveIsToldToo) {
    auto work = [](IoKind kind) -> Task<> {
        Connected connected(kind);
        connected.peer.reset();
        const int sending = co_await send_until_it_fails(connected.ours);
        EXPECT_EQ(sending, ECONNRESET);
        const int receiving = co_await outcome_of(connected.ours.receive());
        EXPECT_EQ(receiving, ECONNRESET);
        EXPECT_FALSE(connected.ours.is_quiet());
    };
    run(work(GetParam()));
}

TEST_P(IoErrors, ALookAtAQuietConnectionDoesNotTakeItsError) {
    auto work = [](IoKind kind) -> Task<int> {
        Connected connected(kind);
        connected.peer.reset();
        EXPECT_FALSE(connected.ours.is_quiet());
        co_return co_await outcome_of(connected.ours.receive());
    };
    EXPECT_EQ(run(work(GetParam())), ECONNRESET);
}

// The peer has said all that it had to say; that it does not listen takes nothing away from it.
TEST_P(IoErrors, AnEndInGoodOrderStaysOneWhenASendFails) {
    auto work = [](IoKind kind) -> Task<> {
        Connected connected(kind);
        ::send(connected.peer.get(), "all", 3, 0);
        connected.peer.close();
        int outcome = co_await outcome_of(connected.ours.receive());
        EXPECT_EQ(outcome, kBytes);
        const int sending = co_await send_until_it_fails(connected.ours);
        EXPECT_EQ(sending, EPIPE);
        outcome = co_await outcome_of(connected.ours.receive());
        EXPECT_EQ(outcome, kEnd);
    };
    run(work(GetParam()));
}

TEST_P(IoErrors, AnOperationMayOutliveItsHandle) {
    auto work = [](IoKind kind) -> Task<> {
        Connected connected(kind);
        auto receive = connected.ours.receive();
        auto again = receive;
        connected.ours.close();
        int outcome = co_await outcome_of(std::move(receive));
        EXPECT_EQ(outcome, ECANCELED);
        outcome = co_await outcome_of(timeout(1s, std::move(again)));
        EXPECT_EQ(outcome, ECANCELED);
    };
    run(work(GetParam()));
}

TEST_P(IoErrors, AHandleOfALoopThatHasEndedSaysSo) {
    IoHandle kept;
    auto keep = [&](IoKind kind) -> Task<> {
        Connected connected(kind);
        kept = std::move(connected.ours);
        co_return;
    };
    run(keep(GetParam()));
    auto use = [&]() -> Task<> { co_await kept.receive(); };
    EXPECT_THROW(run(use()), UsageError);
}

TEST_P(IoErrors, AHandleOfAnotherLoopSaysSo) {
    auto outer = [](IoKind kind) -> Task<> {
        Connected connected(kind);
        auto inner = [&]() -> Task<> { co_await connected.ours.receive(); };
        EXPECT_THROW(run(inner()), UsageError);
        co_return;
    };
    run(outer(GetParam()));
}

TEST_P(IoErrors, MoveAssignmentClosesWhatWasHeldBefore) {
    auto work = [](IoKind kind) -> Task<> {
        Connected first(kind);
        Connected second(kind);
        first.ours = std::move(second.ours);
        EXPECT_FALSE(second.ours.is_open());
        char byte = 0;
        EXPECT_EQ(::recv(first.peer.get(), &byte, 1, 0), 0);
        co_await first.ours.send("x");
        EXPECT_EQ(::recv(second.peer.get(), &byte, 1, 0), 1);
    };
    run(work(GetParam()));
}

TEST_P(IoErrors, TheSecondOfTwoTasksIsToldWhatTheFirstWaitsFor) {
    auto work = [](IoKind kind) -> Task<std::string> {
        Connected connected(kind);
        auto receive = [](IoHandle& from) -> Task<> { co_await from.receive(); };
        std::string message;
        try {
            co_await gather(receive(connected.ours), receive(connected.ours));
        } catch (const UsageError& error) {
            message = error.what();
        }
        co_return message;
    };
    EXPECT_NE(run(work(GetParam())).find("receive from 127.0.0.1:"), std::string::npos);
}

TEST(IoHandle, ClosesWhatItCannotTakeOver) {
    const std::size_t before = open_descriptors();
    EXPECT_THROW(IoHandle(::dup(STDERR_FILENO)), UsageError);
    EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace trawl
