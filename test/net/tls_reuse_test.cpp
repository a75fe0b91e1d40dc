/// TLS streams that are given up, and those that are kept for the next request: what may be sent or received then, and
/// that nothing is left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tls_streams.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

// ---- Sending ----

TEST(Tls, TwoTasksThatSendAtOnceAreAnError) {
    const Setting setting;
    auto work = [&]() -> Task<> {
        Ends ends = co_await connected(setting);
        const std::string much(4 << 20, 'x');
        auto both = gather(ends.client.send(much), ends.client.send("y"));
        EXPECT_THROW(co_await std::move(both), UsageError);
        EXPECT_THROW(co_await ends.client.send("z"), ClosedError);
        EXPECT_FALSE(ends.client.is_quiet());
    };
    run(work());
}

TEST(Tls, NothingIsSentBehindASendThatWasGivenUp) {
    const Setting setting;
    auto work = [&]() -> Task<> {
        Ends ends = co_await connected(setting);
        const std::string much(4 << 20, 'x');
        EXPECT_THROW(co_await timeout(1ms, ends.client.send(much)), TimeoutError);
        EXPECT_THROW(co_await ends.client.send("y"), ClosedError);
        ends.client.close();
        EXPECT_THROW(co_await receive_all(ends.server), Error);
    };
    run(work());
}

// ---- Between two requests ----

TEST(Tls, IsQuietAsLongAsNothingForTheCallerHasCome) {
    const Setting setting;
    auto work = [&]() -> Task<> {
        HandEnds ends = co_await connected_by_hand(setting);
        EXPECT_TRUE(ends.client.is_quiet());
        for (int i = 0; i < 20; ++i) {
            SSL_new_session_ticket(ends.server.ssl());
            SSL_do_handshake(ends.server.ssl());
            co_await ends.server.flush();
            EXPECT_TRUE(ends.client.is_quiet()) << i;
        }
        SSL_key_update(ends.server.ssl(), SSL_KEY_UPDATE_REQUESTED);
        SSL_do_handshake(ends.server.ssl());
        co_await ends.server.flush();
        EXPECT_TRUE(ends.client.is_quiet());
        co_await ends.client.send("with new keys");
        ends.server.engine().write("data");
        co_await ends.server.flush();
        EXPECT_FALSE(ends.client.is_quiet());
        EXPECT_FALSE(ends.client.is_quiet());
        Buffer buffer = co_await ends.client.receive();
        EXPECT_EQ(buffer.view(), "data");
        EXPECT_TRUE(ends.client.is_quiet());
    };
    run(work());
}

TEST(Tls, IsNotQuietWithinARecord) {
    const Setting setting;
    auto work = [&]() -> Task<> {
        HandEnds ends = co_await connected_by_hand(setting);
        EXPECT_TRUE(ends.client.is_quiet());
        ends.server.engine().write("data");
        const std::string wire = net::sent_by(ends.server.engine());
        co_await ends.server.socket().send(std::string_view(wire).substr(0, 7));
        EXPECT_FALSE(ends.client.is_quiet());
        co_await ends.server.socket().send(std::string_view(wire).substr(7));
        Buffer buffer = co_await ends.client.receive();
        EXPECT_EQ(buffer.view(), "data");
        EXPECT_TRUE(ends.client.is_quiet());
    };
    run(work());
}

TEST(Tls, IsNotQuietAfterAnyEnd) {
    const Setting setting;
    auto work = [&](bool with_farewell) -> Task<> {
        HandEnds ends = co_await connected_by_hand(setting);
        EXPECT_TRUE(ends.client.is_quiet());
        if (with_farewell) ends.server.engine().end_writing();
        co_await ends.server.flush();
        if (!with_farewell) ends.server.socket().shutdown_send();
        EXPECT_FALSE(ends.client.is_quiet());
        EXPECT_FALSE(ends.client.is_quiet());
        if (with_farewell) {
            Buffer end = co_await ends.client.receive();
            EXPECT_TRUE(end.empty());
        } else {
            EXPECT_THROW(co_await ends.client.receive(), TruncatedError);
        }
    };
    run(work(true));
    run(work(false));
}

// ---- Giving up ----

TEST(Tls, AHandshakeCanTimeOutAtAnyMoment) {
    const Setting setting;
    const std::size_t descriptors = open_descriptors();
    const std::size_t buffers = Buffer::leased();
    auto work = [&](std::size_t bytes) -> Task<> {
        auto sockets = UnixStream::pair();
        auto halfway = [&]() -> Task<> {  // passes on a part of what a server says
            std::unique_ptr<net::TlsEngine> engine = net::good_server().engine();
            Buffer hello = co_await sockets.first.receive();
            std::string_view wire = hello.view();
            engine->shake_hands(wire);
            const std::string answer = net::sent_by(*engine).substr(0, bytes);
            co_await sockets.first.send(answer);
            co_await sleep(1h);
        };
        auto client = TlsStream::connect(std::move(sockets.second), setting.client, "a.example");
        auto both = gather(halfway(), std::move(client));
        EXPECT_THROW(co_await timeout(1ms, std::move(both)), TimeoutError);
    };
    for (const std::size_t bytes : {0UL, 1UL, 5UL, 100UL, 300UL}) run(work(bytes));
    EXPECT_EQ(open_descriptors(), descriptors);
    EXPECT_EQ(Buffer::leased(), buffers);
}

TEST(Tls, OperationsCanBeDestroyedAtAnyMoment) {
    const Setting setting;
    const std::size_t descriptors = open_descriptors();
    const std::size_t buffers = Buffer::leased();
    auto work = [&](int turns) -> Task<> {
        auto talk = [&]() -> Task<> {
            Ends ends = co_await connected(setting);
            const std::string much(1 << 20, 'x');
            auto sending = [&]() -> Task<> {
                co_await ends.client.send(much);
                co_await ends.client.shutdown_send();
            };
            co_await gather(sending(), receive_all(ends.server));
        };
        TaskGroup group;
        group.spawn(talk());
        for (int i = 0; i < turns; ++i) co_await sleep(10us);  // which lets the kernel have its say
        group.cancel();
        co_await group.join();
    };
    for (int turns = 0; turns < 60; ++turns) run(work(turns));
    EXPECT_EQ(open_descriptors(), descriptors);
    EXPECT_EQ(Buffer::leased(), buffers);
}

TEST(Tls, CanBeMovedWhileATaskWaits) {
    const Setting setting;
    auto work = [&]() -> Task<std::string> {
        Ends ends = co_await connected(setting);
        Task<Buffer> waiting = ends.client.receive();
        TlsStream moved = std::move(ends.client);
        co_await ends.server.send("x");
        Buffer buffer = co_await std::move(waiting);
        co_return std::string(buffer.view());
    };
    EXPECT_EQ(run(work()), "x");
}

TEST(Tls, AStreamMayOutliveItsLoop) {
    const Setting setting;
    Ends ends = run(connected(setting));
    EXPECT_FALSE(ends.client.is_quiet());
    ends.client.close();
}

}  // namespace
}  // namespace trawl
