#include "trawl/net/memory_stream.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

Task<std::string> receive_all(MemoryStream& stream) {
    std::string all;
    for (;;) {
        Buffer buffer = co_await stream.receive();
        if (buffer.empty()) co_return all;
        all += buffer.view();
    }
}

Task<> send_and_close(MemoryStream& stream, std::string bytes) {
    co_await stream.send(bytes);
    stream.close();
}

template <class T>
Task<int> error_of(Task<T> work) {
    try {
        co_await std::move(work);
    } catch (const OsError& error) {
        co_return error.code();
    }
    co_return 0;
}

TEST(MemoryStream, CarriesBytesInOrderWhateverTheCapacity) {
    std::string sent;
    for (int i = 0; i < 20'000; ++i) sent += static_cast<char>('a' + i % 26);
    for (const std::size_t capacity : {1UL, 7UL, 1000UL, 1'000'000UL}) {
        auto work = [&]() -> Task<std::string> {
            auto ends = MemoryStream::connected(capacity);
            auto both = co_await gather(send_and_close(ends.first, sent), receive_all(ends.second));
            co_return std::get<1>(both);
        };
        EXPECT_EQ(VirtualLoop().run(work()), sent) << capacity;
    }
}

TEST(MemoryStream, CarriesBothDirectionsAtOnce) {
    auto work = []() -> Task<std::string> {
        auto ends = MemoryStream::connected();
        co_await ends.first.send("ping");
        co_await ends.second.send("pong");
        Buffer there = co_await ends.second.receive();
        Buffer back = co_await ends.first.receive();
        co_return std::string(there.view()) + std::string(back.view());
    };
    EXPECT_EQ(VirtualLoop().run(work()), "pingpong");
}

TEST(MemoryStream, ASenderThatIsTooFarAheadWaits) {
    auto work = []() -> Task<> {
        auto ends = MemoryStream::connected(4);
        co_await timeout(1h, ends.first.send("12345"));
    };
    EXPECT_THROW(VirtualLoop().run(work()), TimeoutError);
}

TEST(MemoryStream, WhatWasSentBeforeACloseArrives) {
    auto work = []() -> Task<std::string> {
        auto ends = MemoryStream::connected();
        co_await ends.first.send("last words");
        ends.first.close();
        co_return co_await receive_all(ends.second);
    };
    EXPECT_EQ(VirtualLoop().run(work()), "last words");
}

TEST(MemoryStream, SendingToAClosedEndIsAnError) {
    auto work = []() -> Task<int> {
        auto ends = MemoryStream::connected();
        ends.second.close();
        co_return co_await error_of(ends.first.send("x"));
    };
    EXPECT_EQ(VirtualLoop().run(work()), EPIPE);
}

TEST(MemoryStream, ASenderThatWaitsLearnsOfTheClose) {
    auto close_later = [](MemoryStream& stream) -> Task<> {
        co_await sleep(1s);
        stream.close();
    };
    auto work = [&]() -> Task<int> {
        auto ends = MemoryStream::connected(1);
        auto both = co_await gather(error_of(ends.first.send("12345")), close_later(ends.second));
        co_return std::get<0>(both);
    };
    EXPECT_EQ(VirtualLoop().run(work()), EPIPE);
}

TEST(MemoryStream, AReceiveWhoseOwnEndIsClosedFails) {
    auto close_later = [](MemoryStream& stream) -> Task<> {
        co_await sleep(1s);
        stream.close();
    };
    auto work = [&]() -> Task<int> {
        auto ends = MemoryStream::connected();
        auto both = co_await gather(error_of(ends.first.receive()), close_later(ends.first));
        co_return std::get<0>(both);
    };
    EXPECT_EQ(VirtualLoop().run(work()), ECANCELED);
}

TEST(MemoryStream, AResetLosesWhatWasOnItsWay) {
    auto work = []() -> Task<int> {
        auto ends = MemoryStream::connected();
        co_await ends.first.send("lost");
        ends.first.reset();
        co_return co_await error_of(ends.second.receive());
    };
    EXPECT_EQ(VirtualLoop().run(work()), ECONNRESET);
}

TEST(MemoryStream, BytesThatArriveForADestroyedReceiveAreKept) {
    auto work = []() -> Task<std::string> {
        auto ends = MemoryStream::connected();
        std::string word = "early";
        try {
            co_await timeout(1s, ends.second.receive());
        } catch (const TimeoutError&) {
            word = "late";
        }
        co_await ends.first.send(word);
        Buffer buffer = co_await ends.second.receive();
        co_return std::string(buffer.view());
    };
    EXPECT_EQ(VirtualLoop().run(work()), "late");
}

TEST(MemoryStream, KnowsWhetherItIsQuiet) {
    auto work = []() -> Task<> {
        auto ends = MemoryStream::connected();
        EXPECT_TRUE(ends.second.is_quiet());
        co_await ends.first.send("x");
        EXPECT_FALSE(ends.second.is_quiet());
        co_await ends.second.receive();
        EXPECT_TRUE(ends.second.is_quiet());
        ends.first.close();
        EXPECT_FALSE(ends.second.is_quiet());
    };
    VirtualLoop().run(work());
}

}  // namespace
}  // namespace trawl
