// Descriptors on the kernel's backends. Each test runs for a stream socket, which io_uring feeds, and for the same
// socket as a descriptor of any kind, which is polled.
#include "trawl/loop/io.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "loop/descriptors.hpp"
#include "loop/io_ends.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/buffer.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

class Io : public IoEnds {};
INSTANTIATE_TEST_SUITE_P(Kinds, Io, testing::Values(IoKind::kStream, IoKind::kOther), name_of_kind);

Task<std::string> receive_all(IoHandle& from) {
    std::string all;
    while (true) {
        Buffer buffer = co_await from.receive();
        if (buffer.empty()) break;
        all += buffer.view();
    }
    co_return all;
}

// The errno with which a receive fails; 0 when it gives bytes or the end.
Task<int> receive_error(IoHandle& from) {
    int code = 0;
    try {
        co_await from.receive();
    } catch (const OsError& error) {
        code = error.code();
    }
    co_return code;
}

Task<bool> gives_up(IoHandle& to, const std::string& bytes) {
    bool late = false;
    try {
        co_await timeout(20ms, to.send(bytes));
    } catch (const TimeoutError&) {
        late = true;
    }
    co_return late;
}

TEST_P(Io, SendsMoreThanTheKernelTakesAtOnce) {
    auto work = []() -> Task<bool> {
        Ends ends = socket_pair();
        const std::string data(5'000'000, 'x');
        auto send = [](IoHandle to, const std::string& bytes) -> Task<> { co_await to.send(bytes); };
        auto both = co_await gather(send(std::move(ends.first), data), receive_all(ends.second));
        co_return std::get<1>(both) == data;
    };
    EXPECT_TRUE(run(work()));
}

TEST_P(Io, BytesForADestroyedReceiveGoToTheNext) {
    auto work = []() -> Task<std::string> {
        Ends ends = socket_pair();
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

TEST_P(Io, BytesStayInOrderAcrossDestroyedReceives) {
    auto work = []() -> Task<std::string> {
        Ends ends = socket_pair();
        auto send = [](IoHandle to) -> Task<> {
            for (char letter = 'a'; letter <= 'z'; ++letter) {
                const std::string one(1, letter);
                co_await to.send(one);
                co_await sleep(0s);
            }
        };
        auto receive = [](IoHandle from) -> Task<std::string> {
            std::string all;
            for (int tries = 0;; ++tries) {
                const Duration patience = tries % 2 == 0 ? Duration(0) : Duration(1s);
                try {
                    Buffer buffer = co_await timeout(patience, from.receive());
                    if (buffer.empty()) break;
                    all += buffer.view();
                } catch (const TimeoutError&) {
                }
            }
            co_return all;
        };
        auto both = co_await gather(send(std::move(ends.first)), receive(std::move(ends.second)));
        co_return std::get<1>(both);
    };
    EXPECT_EQ(run(work()), "abcdefghijklmnopqrstuvwxyz");
}

// What is taken off the socket ahead of the receiver is bounded: the sender is held up.
TEST_P(Io, ASenderWaitsForAReceiverThatDoesNot) {
    auto work = []() -> Task<bool> {
        Ends ends = socket_pair();
        co_await ends.first.send("x");
        co_await ends.second.receive();
        const std::string much(50'000'000, 'x');
        co_return co_await gives_up(ends.first, much);
    };
    EXPECT_TRUE(run(work()));
}

TEST_P(Io, AReceiverThatComesBackGetsEverything) {
    auto work = []() -> Task<bool> {
        Ends ends = socket_pair();
        const std::string data(20'000'000, 'x');
        auto send = [](IoHandle to, const std::string& bytes) -> Task<> { co_await to.send(bytes); };
        auto receive = [](IoHandle& from) -> Task<std::size_t> {
            Buffer first = co_await from.receive();
            std::size_t size = first.size();
            for (bool ended = false; !ended;) {
                if (size % 7 == 0) co_await sleep(1ms);
                Buffer buffer = co_await from.receive();
                size += buffer.size();
                ended = buffer.empty();
            }
            co_return size;
        };
        auto both = co_await gather(send(std::move(ends.first), data), receive(ends.second));
        co_return std::get<1>(both) == data.size();
    };
    EXPECT_TRUE(run(work()));
}

// More at once than there are buffers at first.
TEST_P(Io, ManyThatReceiveAtOnceAllGetTheirBytes) {
    auto work = []() -> Task<int> {
        std::vector<Ends> pairs;
        for (int i = 0; i < 400; ++i) pairs.push_back(socket_pair());
        auto answer = [](IoHandle& from) -> Task<std::string> {
            Buffer buffer = co_await from.receive();
            co_return std::string(buffer.view());
        };
        auto send = [](std::vector<Ends>& to) -> Task<std::string> {
            for (std::size_t i = 0; i < to.size(); ++i) {
                const std::string text = std::to_string(i);
                co_await to[i].first.send(text);
            }
            co_return "";
        };
        std::vector<Task<std::string>> tasks;
        for (auto& pair : pairs) tasks.push_back(answer(pair.second));
        tasks.push_back(send(pairs));
        auto got = co_await gather(std::move(tasks));
        int right = 0;
        for (std::size_t i = 0; i < pairs.size(); ++i) right += got[i] == std::to_string(i);
        co_return right;
    };
    EXPECT_EQ(run(work()), 400);
}

// Each connection of a burst that finds no buffer says so; together they are one reason to have twice as many. Those
// that are handed to the kernel beyond need are the coldest memory of the process, and it fills them all in turn.
TEST_P(Io, ABurstTakesNoMoreBuffersThanItFills) {
    const std::size_t before = Buffer::leased();
    auto work = [&]() -> Task<std::size_t> {
        std::vector<Ends> pairs;
        for (int i = 0; i < 64; ++i) pairs.push_back(socket_pair());
        auto take_one = [](IoHandle& from) -> Task<> { co_await from.receive(); };
        auto send_all = [](std::vector<Ends>& to) -> Task<> {
            for (Ends& ends : to) co_await ends.first.send("x");
        };
        std::vector<Task<>> tasks;
        for (auto& pair : pairs) tasks.push_back(take_one(pair.second));
        tasks.push_back(send_all(pairs));
        co_await gather(std::move(tasks));
        co_return Buffer::leased() - before;
    };
    EXPECT_LE(run(work()), 128U);
}

TEST_P(Io, TheEndIsTheEndHoweverOftenItIsAsked) {
    auto work = []() -> Task<int> {
        Ends ends = socket_pair();
        ends.first.close();
        int empty = 0;
        for (int i = 0; i < 3; ++i) {
            Buffer buffer = co_await ends.second.receive();
            empty += buffer.empty();
        }
        co_return empty;
    };
    EXPECT_EQ(run(work()), 3);
}

TEST_P(Io, ClosingAHandleFailsWhatWaitsOnIt) {
    auto work = []() -> Task<int> {
        Ends ends = socket_pair();
        auto close = [](IoHandle& handle) -> Task<> {
            co_await sleep(1ms);
            handle.close();
        };
        auto both = co_await gather(receive_error(ends.second), close(ends.second));
        co_return std::get<0>(both);
    };
    EXPECT_EQ(run(work()), ECANCELED);
}

// A receive that the kernel works on keeps the socket; it must not keep the peer waiting.
TEST_P(Io, ThePeerOfAClosedHandleSeesTheEnd) {
    auto work = []() -> Task<bool> {
        Ends ends = socket_pair();
        auto receive_late = [](IoHandle& from) -> Task<bool> {
            bool late = false;
            try {
                co_await timeout(1ms, from.receive());
            } catch (const TimeoutError&) {
                late = true;
            }
            co_return late;
        };
        const bool late = co_await receive_late(ends.first);
        ends.first.close();
        Buffer end = co_await ends.second.receive();
        co_return late&& end.empty();
    };
    EXPECT_TRUE(run(work()));
}

// A number is used again at once: nothing that was asked of the one before may reach it.
TEST_P(Io, ADescriptorWithTheNumberOfAClosedOneIsAnother) {
    auto work = []() -> Task<bool> {
        bool all_right = true;
        for (int i = 0; i < 50; ++i) {
            Ends old = socket_pair();
            auto wait = [](IoHandle& from) -> Task<> { co_await from.receive(); };
            try {
                co_await timeout(Duration(0), wait(old.first));
            } catch (const TimeoutError&) {
            }
            old.first.close();
            old.second.close();
            Ends fresh = socket_pair();
            const std::string text = std::to_string(i);
            co_await fresh.first.send(text);
            Buffer buffer = co_await fresh.second.receive();
            all_right = all_right && buffer.view() == text;
        }
        co_return all_right;
    };
    EXPECT_TRUE(run(work()));
}

// The second one would take the first one's place, and the first never be woken.
TEST_P(Io, TwoTasksInTheSameDirectionAreAnError) {
    auto work = []() -> Task<int> {
        Ends ends = socket_pair();
        auto receive = [](IoHandle& from) -> Task<> { co_await from.receive(); };
        int refused = 0;
        try {
            co_await gather(receive(ends.first), receive(ends.first));
        } catch (const UsageError&) {
            ++refused;
        }
        const std::string much(10'000'000, 'x');
        auto send = [](IoHandle& to, const std::string& bytes) -> Task<> { co_await to.send(bytes); };
        try {
            co_await gather(send(ends.first, much), send(ends.first, much));
        } catch (const UsageError&) {
            ++refused;
        }
        co_return refused;
    };
    EXPECT_EQ(run(work()), 2);
}

TEST_P(Io, AClosedHandleIsAnError) {
    auto work = []() -> Task<> {
        Ends ends = socket_pair();
        ends.first.close();
        EXPECT_THROW(static_cast<void>(ends.first.receive()), OsError);
        EXPECT_THROW(static_cast<void>(ends.first.send("x")), OsError);
        EXPECT_THROW(static_cast<void>(ends.first.fd()), OsError);
        EXPECT_FALSE(ends.first.is_quiet());
        co_return;
    };
    run(work());
}

TEST_P(Io, AHandleMayOutliveItsLoop) {
    IoHandle kept;
    auto work = [&]() -> Task<> {
        Ends ends = socket_pair();
        kept = std::move(ends.first);
        co_return;
    };
    run(work());
    EXPECT_FALSE(kept.is_quiet());
    kept.close();
}

TEST_P(Io, ALoopLeavesNoDescriptorOpen) {
    const std::size_t before = open_descriptors();
    auto work = []() -> Task<> {
        std::vector<Ends> pairs;
        for (int i = 0; i < 20; ++i) pairs.push_back(socket_pair());
        std::vector<Task<int>> waiting;
        for (auto& pair : pairs) waiting.push_back(receive_error(pair.first));
        try {
            co_await timeout(1ms, gather(std::move(waiting)));
        } catch (const TimeoutError&) {
        }
    };
    run(work());
    EXPECT_EQ(open_descriptors(), before);
}

TEST(IoPipe, IsReadAndWritten) {
    auto work = []() -> Task<std::string> {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) throw OsError(errno, "pipe2");
        IoHandle out(ends[0]);
        IoHandle in(ends[1]);
        const std::string much(300'000, 'p');
        auto send = [](IoHandle to, const std::string& bytes) -> Task<> { co_await to.send(bytes); };
        auto both = co_await gather(send(std::move(in), much), receive_all(out));
        co_return std::get<1>(both);
    };
    EXPECT_EQ(run(work()), std::string(300'000, 'p'));
}

// ---- the choice of the backend ----

class BackendChoice : public testing::Test {
protected:
    BackendChoice() {
        const char* before = std::getenv("TRAWL_BACKEND");
        if (before != nullptr) before_ = before;
    }
    ~BackendChoice() override { ::setenv("TRAWL_BACKEND", before_.c_str(), 1); }
    static std::string chosen(const char* value) {
        ::setenv("TRAWL_BACKEND", value, 1);
        auto name = []() -> Task<std::string> { co_return std::string(Loop::current().backend_name()); };
        return run(name());
    }

private:
    std::string before_;
};

TEST_F(BackendChoice, IsTheEnvironments) { EXPECT_EQ(chosen("epoll"), "epoll"); }

TEST_F(BackendChoice, IsMadeByWhatWorksOtherwise) {
    const std::string name = chosen("auto");
    EXPECT_TRUE(name == "uring" || name == "epoll");
    EXPECT_EQ(chosen(""), name);
}

// Where it does not, the tests of both backends are those of epoll: it is said, not passed over.
TEST_F(BackendChoice, MayBeUringHere) {
    std::string name;
    try {
        name = chosen("uring");
    } catch (const OsError& error) {
        GTEST_SKIP() << "io_uring is not tested here: " << error.what();
    }
    EXPECT_EQ(name, "uring");
}

TEST_F(BackendChoice, OfSomethingUnknownIsAnError) { EXPECT_THROW(chosen("kqueue"), UsageError); }

}  // namespace
}  // namespace trawl
