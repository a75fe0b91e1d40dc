#include "trawl/loop/ready.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>

#include "loop/descriptors.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

// What another library would own: the loop knows nothing of these.
class Ends {
public:
    Ends() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds_.data()), 0); }
    Ends(const Ends&) = delete;
    Ends& operator=(const Ends&) = delete;
    ~Ends() {
        for (const int fd : fds_) ::close(fd);
    }
    [[nodiscard]] int first() const { return fds_[0]; }
    [[nodiscard]] int second() const { return fds_[1]; }
    void say(const std::string& bytes) const {
        EXPECT_EQ(::write(fds_[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    }
    [[nodiscard]] std::string hear(std::size_t most) const {
        std::string bytes(most, '\0');
        const ssize_t got = ::read(fds_[0], bytes.data(), most);
        bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return bytes;
    }
    // Until nothing more goes in.
    void fill() const {
        const std::string block(100'000, 'x');
        while (::send(fds_[0], block.data(), block.size(), MSG_NOSIGNAL) > 0) {
        }
    }
    void drain() const {
        std::array<char, 65536> block{};
        while (::recv(fds_[1], block.data(), block.size(), 0) > 0) {
        }
    }

private:
    std::array<int, 2> fds_{};
};

template <class Operation>
Task<bool> is_soon(Operation operation) {
    bool in_time = true;
    try {
        co_await timeout(1ms, std::move(operation));
    } catch (const TimeoutError&) {
        in_time = false;
    }
    co_return in_time;
}

TEST(DescriptorWatch, IsReadableWhileSomethingIsLeftToRead) {
    auto work = []() -> Task<> {
        Ends ends;
        DescriptorWatch watch(ends.first());
        bool readable = co_await is_soon(watch.readable());
        EXPECT_FALSE(readable);
        ends.say("abc");
        for (const char* letter : {"a", "b", "c"}) {
            co_await watch.readable();
            EXPECT_EQ(ends.hear(1), letter);
        }
        readable = co_await is_soon(watch.readable());
        EXPECT_FALSE(readable);
    };
    run(work());
}

TEST(DescriptorWatch, WakesWhoWaitsAlready) {
    auto work = []() -> Task<std::string> {
        Ends ends;
        DescriptorWatch watch(ends.first());
        auto hear = [](DescriptorWatch& on, Ends& all) -> Task<std::string> {
            co_await on.readable();
            co_return all.hear(10);
        };
        auto say = [](Ends& all) -> Task<> {
            co_await sleep(1ms);
            all.say("now");
        };
        auto both = co_await gather(hear(watch, ends), say(ends));
        co_return std::get<0>(both);
    };
    EXPECT_EQ(run(work()), "now");
}

TEST(DescriptorWatch, BothDirectionsWaitAtTheSameTime) {
    auto work = []() -> Task<std::string> {
        Ends ends;
        ends.fill();
        DescriptorWatch watch(ends.first());
        std::string order;
        auto reads = [](DescriptorWatch& on, std::string& log) -> Task<> {
            co_await on.readable();
            log += "readable ";
        };
        auto writes = [](DescriptorWatch& on, std::string& log) -> Task<> {
            co_await on.writable();
            log += "writable ";
        };
        auto peer = [](Ends& all) -> Task<> {
            co_await sleep(1ms);
            all.say("x");
            co_await sleep(1ms);
            all.drain();
        };
        co_await gather(writes(watch, order), reads(watch, order), peer(ends));
        co_return order;
    };
    EXPECT_EQ(run(work()), "readable writable ");
}

TEST(DescriptorWatch, AnEndAndAnErrorCountAsReady) {
    auto work = []() -> Task<> {
        std::array<int, 2> pipe{};
        EXPECT_EQ(::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK), 0);
        DescriptorWatch reads(pipe[0]);
        DescriptorWatch writes(pipe[1]);
        bool readable = co_await is_soon(reads.readable());
        EXPECT_FALSE(readable);
        co_await writes.writable();
        ::close(pipe[1]);
        writes.close();
        co_await reads.readable();
        ::close(pipe[0]);
    };
    run(work());
}

TEST(DescriptorWatch, AWaitThatIsDestroyedLeavesNothingBehind) {
    auto work = []() -> Task<> {
        Ends ends;
        DescriptorWatch watch(ends.first());
        for (int i = 0; i < 3; ++i) {
            const bool readable = co_await is_soon(watch.readable());
            EXPECT_FALSE(readable);
        }
        {
            TaskGroup group;
            auto wait = [](DescriptorWatch& on) -> Task<> {
                co_await on.readable();
                ADD_FAILURE() << "resumed";
            };
            group.spawn(wait(watch));
            co_await sleep(0s);
            ends.say("x");
            group.cancel();
        }
        co_await watch.readable();
        EXPECT_EQ(ends.hear(10), "x");
    };
    run(work());
}

TEST(DescriptorWatch, ItsOwnerMayCloseTheDescriptorFirst) {
    const std::size_t before = open_descriptors();
    auto work = []() -> Task<> {
        std::array<int, 2> fds{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()), 0);
        DescriptorWatch watch(fds[0]);
        ::close(fds[0]);
        const bool readable = co_await is_soon(watch.readable());
        EXPECT_FALSE(readable);
        EXPECT_EQ(::write(fds[1], "x", 1), 1);
        co_await watch.readable();
        ::close(fds[1]);
    };
    run(work());
    EXPECT_EQ(open_descriptors(), before);
}

// The kernel keeps what epoll was told of a descriptor as long as any copy of it is open.
TEST(DescriptorWatch, ALoopForgetsAWatchWhoseDescriptorLivesOn) {
    auto work = []() -> Task<> {
        Ends ends;
        for (int i = 0; i < 100; ++i) {
            DescriptorWatch gone(ends.first());
            const bool readable = co_await is_soon(gone.writable());
            EXPECT_TRUE(readable);
        }
        ends.say("x");
        DescriptorWatch watch(ends.first());
        co_await watch.readable();
        co_await sleep(1ms);
        EXPECT_EQ(ends.hear(10), "x");
    };
    run(work());
}

TEST(DescriptorWatch, ClosingItFailsWhoWaits) {
    auto work = []() -> Task<int> {
        Ends ends;
        DescriptorWatch watch(ends.first());
        auto wait = [](DescriptorWatch& on) -> Task<int> {
            int code = 0;
            try {
                co_await on.readable();
            } catch (const OsError& error) {
                code = error.code();
            }
            co_return code;
        };
        auto close = [](DescriptorWatch& on) -> Task<> {
            co_await sleep(0s);
            on.close();
        };
        auto both = co_await gather(wait(watch), close(watch));
        co_return std::get<0>(both);
    };
    EXPECT_EQ(run(work()), ECANCELED);
}

TEST(DescriptorWatch, ASecondTaskInTheSameDirectionIsAnError) {
    auto work = []() -> Task<> {
        Ends ends;
        DescriptorWatch watch(ends.first());
        auto wait = [](DescriptorWatch& on) -> Task<> { co_await on.readable(); };
        co_await gather(wait(watch), wait(watch));
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST(DescriptorWatch, SaysWhatItWaitsFor) {
    auto work = []() -> Task<std::string> {
        Ends ends;
        DescriptorWatch watch(ends.first());
        TaskGroup group;
        auto wait = [](DescriptorWatch& on) -> Task<> { co_await on.readable(); };
        group.spawn(wait(watch), "reader");
        co_await sleep(0s);
        co_return dump_tasks();
    };
    const std::string dump = run(work());
    EXPECT_NE(dump.find("to be readable"), std::string::npos) << dump;
}

TEST(DescriptorWatch, WhatIsNoDescriptorIsAnErrorAndNothingLeaks) {
    const std::size_t before = open_descriptors();
    auto work = []() -> Task<> {
        EXPECT_THROW(DescriptorWatch(-1), OsError);
        co_return;
    };
    run(work());
    EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace trawl
