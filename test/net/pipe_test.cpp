#include "trawl/net/pipe.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <utility>

#include "loop/descriptors.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

Task<std::string> read_all(PipeReader& pipe) {
    std::string all;
    for (;;) {
        Buffer buffer = co_await pipe.receive();
        if (buffer.empty()) co_return all;
        all += buffer.view();
    }
}

Task<> write_all(PipeWriter pipe, const std::string& bytes) { co_await pipe.send(bytes); }

TEST(Pipe, CarriesMoreThanItHoldsAndEndsWithItsWriter) {
    const std::size_t before = open_descriptors();
    auto work = []() -> Task<bool> {
        auto ends = make_pipe();
        std::string bytes;
        for (int i = 0; i < 300'000; ++i) bytes += std::to_string(i);
        auto both = co_await gather(write_all(std::move(ends.second), bytes), read_all(ends.first));
        co_return std::get<1>(both) == bytes;
    };
    EXPECT_TRUE(run(work()));
    EXPECT_EQ(open_descriptors(), before);
}

Task<int> error_of_send(PipeWriter& pipe, std::string bytes) {
    int code = 0;
    try {
        co_await pipe.send(bytes);
    } catch (const OsError& error) {
        code = error.code();
    }
    co_return code;
}

TEST(Pipe, AWriterThatWaitsLearnsThatNobodyReadsAnyMore) {
    auto work = []() -> Task<int> {
        auto ends = make_pipe();
        auto close = [](PipeReader& pipe) -> Task<> {
            co_await sleep(1ms);
            pipe.close();
        };
        auto both = co_await gather(error_of_send(ends.second, std::string(1'000'000, 'x')), close(ends.first));
        co_return std::get<0>(both);
    };
    EXPECT_EQ(run(work()), EPIPE);  // and this process has had no SIGPIPE
}

TEST(Pipe, LeavesASigpipeOfOthersWhereItIs) {
    sigset_t sigpipe;
    sigset_t before;
    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe, &before);
    auto work = []() -> Task<int> {
        auto ends = make_pipe();
        ends.first.close();
        co_return co_await error_of_send(ends.second, "x");
    };
    const auto is_pending = [] {
        sigset_t pending;
        sigpending(&pending);
        return sigismember(&pending, SIGPIPE) == 1;
    };
    EXPECT_EQ(run(work()), EPIPE);
    EXPECT_FALSE(is_pending());
    ::raise(SIGPIPE);
    EXPECT_EQ(run(work()), EPIPE);
    EXPECT_TRUE(is_pending());
    int taken = 0;
    sigwait(&sigpipe, &taken);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(Pipe, ASecondWriterIsAnError) {
    auto work = []() -> Task<> {
        auto ends = make_pipe();
        const std::string bytes(1'000'000, 'x');
        auto write = [](PipeWriter& pipe, const std::string& all) -> Task<> { co_await pipe.send(all); };
        co_await gather(write(ends.second, bytes), write(ends.second, bytes));
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST(Pipe, ErrorsOfAClosedEndSayThatItIsAPipe) {
    auto work = []() -> Task<> {
        auto ends = make_pipe();
        ends.first.close();
        ends.second.close();
        for (const bool reads : {true, false}) {
            std::string message;
            try {
                if (reads) {
                    co_await ends.first.receive();
                } else {
                    co_await ends.second.send("x");
                }
            } catch (const OsError& error) {
                EXPECT_EQ(error.code(), ECANCELED);
                message = error.what();
            }
            EXPECT_NE(message.find(reads ? "read from a pipe" : "write to a pipe"), std::string::npos) << message;
        }
    };
    run(work());
}

}  // namespace
}  // namespace trawl
