/// Answers that begin before the server has read the request, to somebody who reads them piece by piece: the rest of
/// the request goes out meanwhile, and neither side is held up by what the other one does not take.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "content_samples.hpp"
#include "h2_peer.hpp"
#include "hostile.hpp"
#include "raw_server.hpp"
#include "trawl/http/request_steps.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/sync/event.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::ok;
using testing::outcome;
using testing::RawPeer;
using testing::RawServer;

constexpr std::size_t kLong = 20'000'000;  // more than the kernel keeps between two sockets

const std::string kUntilClose = "HTTP/1.1 200 OK\r\n\r\n";

ClientOptions limits(Duration write, Duration read) {
    ClientOptions options;
    options.write_timeout = write;
    options.read_timeout = read;
    return options;
}

Request upload(Client& client) { return client.post("/").body(std::string(kLong, 'x'), "text/plain"); }

/// The size of the body, read to its end with a pause behind each five megabytes.
Task<std::size_t> read_slowly(ResponseStream& stream, Duration pause) {
    std::size_t size = 0, paused_at = 0;
    while (true) {
        const std::optional<std::string> piece = co_await stream.next();
        if (!piece) co_return size;
        size += piece->size();
        if (size - paused_at < 5'000'000) continue;
        paused_at = size;
        co_await sleep(pause);
    }
}

/// Sends back what it reads of one request.
Task<> echo(RawPeer& peer) {
    co_await peer.head();
    co_await peer.send(format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", kLong));
    std::size_t read = 0;
    while (read < kLong) {
        const std::string piece = co_await peer.some();
        if (piece.empty()) co_return;
        read += piece.size();
        co_await peer.send(piece);
    }
}

TEST(EarlyAnswer, IsNotReceivedAheadOfItsReader) {
    auto work = []() -> Task<> {
        constexpr std::size_t kernels_share = 24'000'000, wanted = 2'000'000;
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await peer.head();
            co_await peer.send(kUntilClose);
            co_await peer.send_without_end(std::string(100'000, 'y'));
        });
        Client client(server.url());
        ResponseStream stream = co_await upload(client).stream();
        std::size_t size = 0;
        while (size < wanted) {
            const auto piece = co_await stream.next();
            size += piece.value().size();
        }
        std::size_t before = 0;
        while (before != server.sent()) {  // it has stopped when nothing went out for a while
            before = server.sent();
            co_await sleep(100ms);
        }
        EXPECT_LT(server.sent(), wanted + kernels_share);
    };
    run(work());
}

// Neither limit is for what the reader itself takes its time for, which is what keeps the server from reading on.
TEST(EarlyAnswer, WaitsForItsReader) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await echo(peer);
            co_await peer.head();
            co_await peer.send(ok("next"));
            co_await peer.rest();
        });
        Client client(server.url(), limits(200ms, 200ms));
        ResponseStream stream = co_await upload(client).stream();
        EXPECT_EQ(co_await read_slowly(stream, 300ms), kLong);
        EXPECT_EQ(co_await outcome(client.get("/")), "200 'next'");
        EXPECT_EQ(server.connections(), 1U) << "request and answer were both complete";
    };
    run(work());
}

// The head came at once, the body behind the last byte of the request: as long as that goes on, nothing is late.
TEST(EarlyAnswer, OwesNothingWhileTheRequestIsRead) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await peer.head();
            co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
            std::size_t size = 0;
            while (size < kLong) {
                const std::string some = co_await peer.some();
                if (some.empty()) co_return;  // the client gave up
                const bool is_another_mb = size / 1'000'000 != (size + some.size()) / 1'000'000;
                if (is_another_mb && size < kLong / 2) co_await sleep(30ms);
                size += some.size();
            }
            co_await peer.send("late");
        });
        ClientOptions options = limits(60s, 200ms);
        options.rate_min = 1'000'000;
        options.rate_window = 100ms;
        Client client(server.url(), options);
        EXPECT_EQ(co_await outcome(upload(client)), "200 'late'");
        EXPECT_EQ(co_await outcome(upload(client), true), "200 'late'");
    };
    run(work());
}

/// What comes of an upload to a server that answers and does nothing else; the next request is answered anew.
Task<> stand_still(std::string answer, const ClientOptions& options, const char* expected, bool in_pieces) {
    RawServer server([&](RawPeer& peer) -> Task<> {
        co_await peer.head();
        const std::string said = peer.number() == 0 ? answer : ok("next");
        co_await peer.send(said);
        Event never;
        co_await never.wait();
    });
    Client client(server.url(), options);
    EXPECT_THAT(co_await outcome(upload(client), in_pieces), ::testing::ContainsRegex(expected));
    EXPECT_EQ(co_await outcome(client.get("/")), "200 'next'");
    EXPECT_EQ(server.connections(), 2U);
}

TEST(EarlyAnswer, EndsWhereNeitherSideGoesOn) {
    const char* late = "^TimeoutError: POST http://127.0.0.1:.*: nothing more of the answer came within 0.05 s";
    for (const bool in_pieces : {false, true})
        run(stand_still("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nla", limits(60s, 50ms), late, in_pieces));
}

// Whether it says so or not, it will not read on: what it has answered is the answer.
TEST(EarlyAnswer, CountsWhereTheRequestIsReadNoFurther) {
    for (const char* head : {"HTTP/1.1", "HTTP/1.0"}) {
        for (const bool in_pieces : {false, true}) {
            const std::string answer = std::string(head) + " 200 OK\r\nContent-Length: 4\r\n\r\nfine";
            run(stand_still(answer, limits(50ms, 60s), "^200 'fine'$", in_pieces));
        }
    }
}

// What the reader keeps the server waiting for is not the server's: it has the whole limit when its turn comes.
TEST(EarlyAnswer, LeavesTheServerItsTimeBehindASlowReader) {
    auto work = []() -> Task<> {
        const std::string body(12'000'000, 'y');
        RawServer server([&](RawPeer& peer) -> Task<> {
            co_await peer.head();
            co_await peer.send(format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.size()));
            co_await peer.send(body);
            co_await sleep(150ms);
            co_await peer.skip(kLong);
            co_await peer.head();
            co_await peer.send(ok("next"));
            co_await peer.rest();
        });
        Client client(server.url(), limits(300ms, 300ms));
        ResponseStream stream = co_await upload(client).stream();
        EXPECT_EQ(co_await read_slowly(stream, 200ms), body.size());
        EXPECT_EQ(co_await outcome(client.get("/")), "200 'next'");
        EXPECT_EQ(server.connections(), 1U);
    };
    run(work());
}

// It may be held on to, to ask again; what was cancelled is not to be done.
TEST(EarlyAnswer, IsNotWaitedForInTheBackground) {
    auto work = []() -> Task<> {
        std::size_t read = 0;
        RawServer server([&](RawPeer& peer) -> Task<> {
            co_await peer.head();
            while (true) {
                const std::string some = co_await peer.some();
                if (some.empty()) co_return;
                read += some.size();
                co_await sleep(2ms);
            }
        });
        Client client(server.url());
        RequestSteps steps = client.steps(upload(client));
        bool is_late = false;
        try {
            co_await timeout(50ms, steps.send());
        } catch (const TimeoutError&) {
            is_late = true;
        }
        EXPECT_TRUE(is_late);
        std::size_t before = read + 1;
        while (before != read) {  // what was in the kernel by then
            before = read;
            co_await sleep(100ms);
        }
        EXPECT_LT(read, kLong);
    };
    run(work());
}

// Its decoder learns of the end when the request is out.
TEST(EarlyAnswer, MayBeCoded) {
    auto work = [](std::size_t cut, std::string expected) -> Task<> {
        const std::string coded = encode(http::Coding::gzip, "coded");
        RawServer server([&](RawPeer& peer) -> Task<> {
            for (int i = 0; i < 2; ++i) {
                co_await peer.head();
                co_await peer.send(format("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n{}",
                                          coded.size() - cut, coded.substr(0, coded.size() - cut)));
                co_await peer.skip(kLong);
            }
        });
        Client client(server.url());
        EXPECT_THAT(co_await outcome(upload(client)), ::testing::StartsWith(expected));
        EXPECT_THAT(co_await outcome(upload(client), true), ::testing::StartsWith(expected));
    };
    run(work(0, "200 'coded'"));
    run(work(6, "ProtocolError: POST "));
}

TEST(EarlyAnswer, MayBeLeftUnread) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> {
            if (peer.number() == 0) co_await echo(peer);
            co_await peer.head();
            co_await peer.send(ok("next"));
            co_await peer.rest();
        });
        Client client(server.url());
        {
            ResponseStream stream = co_await upload(client).stream();
            EXPECT_EQ(stream.status(), 200);
        }
        EXPECT_EQ(co_await outcome(client.get("/")), "200 'next'");
        EXPECT_EQ(server.connections(), 2U);
    };
    run(work());
}

TEST(EarlyAnswer, OwesNothingOverHttp2WhileTheRequestIsRead) {
    auto work = []() -> Task<> {
        constexpr std::size_t body_size = 65'535 + 5 * 10'000;
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await peer.send(http::h2::settings() + http::h2::ok(1));
            for (int i = 0; i < 5; ++i) {
                co_await sleep(60ms);
                co_await peer.send(http::h2::window_update(0, 10'000) + http::h2::window_update(1, 10'000));
            }
            co_await peer.skip(body_size);
            co_await peer.send(http::h2::data(1, "late", http::h2::end_stream));
            co_await peer.rest();
        });
        ClientOptions options = limits(60s, 150ms);
        options.http2 = Http2::kPriorKnowledge;
        options.rate_min = 1'000'000;
        options.rate_window = 100ms;
        Client client(server.url(), options);
        EXPECT_EQ(co_await outcome(client.post("/").body(std::string(body_size, 'x'), "text/plain")), "200 'late'");
    };
    run(work());
}

TEST(EarlyAnswer, EndsOverHttp2WhereNeitherSideGoesOn) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await peer.send(http::h2::settings() + http::h2::ok(1));
            co_await peer.rest();
        });
        ClientOptions options = limits(60s, 50ms);
        options.http2 = Http2::kPriorKnowledge;
        Client client(server.url(), options);
        EXPECT_THAT(co_await outcome(upload(client)),
                    ::testing::HasSubstr("nothing more of the answer came within 0.05 s"));
    };
    run(work());
}

}  // namespace
}  // namespace trawl
