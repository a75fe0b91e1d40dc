/// Servers that take their time: silence ends at its limit, and a drip, which no limit between two pieces sees, at the
/// limit for the whole request.
#include <gtest/gtest.h>

#include "content_samples.hpp"
#include "hostile.hpp"
#include "raw_server.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/sync/event.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::outcome;
using testing::RawPeer;
using testing::RawServer;

const std::string kHead = "HTTP/1.1 200 OK\r\n";
const std::string kHundred = kHead + "Content-Length: 100\r\n\r\n";
const std::string kChunked = kHead + "Transfer-Encoding: chunked\r\n\r\n";

/// The limits of silence, told apart.
ClientOptions impatient() {
    ClientOptions options;
    options.first_byte_timeout = options.write_timeout = 40ms;
    options.read_timeout = 50ms;
    return options;
}

struct Silence {
    const char* rule;
    std::string bytes;  // and then nothing
    const char* words;
};

Task<std::string> answer_of(RawServer::Play play, Request (*request)(Client&), bool in_pieces, ClientOptions options) {
    RawServer server(std::move(play));
    Client client(server.url(), options);
    std::string got = co_await outcome(request(client), in_pieces);
    EXPECT_EQ(client.describe_pool(), "queue 0");
    co_return got;
}

TEST(HostileTiming, SilenceEndsAtItsLimit) {
    const std::string gzip = encode(http::Coding::gzip, "a text");
    const std::string coded = kHead + format("Content-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", gzip.size());
    const Silence rows[] = {
        {"nothing", "", "no answer within 0.04 s"},
        {"a letter", "H", "its head was not complete within 0.04 s"},
        {"an empty line", "\r\n", "its head was not complete within 0.04 s"},
        {"half a head", kHead + "X: ", "its head was not complete within 0.04 s"},
        {"a 100", "HTTP/1.1 100 Continue\r\n\r\n", "its head was not complete within 0.04 s"},
        {"a head", kHundred, "nothing more of the answer came within 0.05 s"},
        {"99 bytes of 100", kHundred + std::string(99, 'x'), "nothing more of the answer came within 0.05 s"},
        {"half a chunk's size", kChunked + "1", "nothing more of the answer came within 0.05 s"},
        {"half a chunk", kChunked + "5\r\nab", "nothing more of the answer came within 0.05 s"},
        {"all but the last chunk", kChunked + "2\r\nab\r\n", "nothing more of the answer came within 0.05 s"},
        {"all but the last byte", kChunked + "2\r\nab\r\n0\r\n\r", "nothing more of the answer came within 0.05 s"},
        {"no end of the connection", kHead + "\r\nabc", "nothing more of the answer came within 0.05 s"},
        {"half of a gzip stream", coded + gzip.substr(0, 8), "nothing more of the answer came within 0.05 s"},
        {"no end of the connection behind a gzip stream", kHead + "Content-Encoding: gzip\r\n\r\n" + gzip,
         "nothing more of the answer came within 0.05 s"},
    };
    for (const Silence& row : rows) {
        for (const bool in_pieces : {false, true}) {
            SCOPED_TRACE(format("{}{}", row.rule, in_pieces ? ", in pieces" : ""));
            const auto play = [&row](RawPeer& peer) -> Task<> {
                co_await peer.head();
                co_await peer.send(row.bytes);
                co_await peer.rest();
            };
            const auto get = [](Client& client) { return client.get("/"); };
            const std::string got = run(answer_of(play, get, in_pieces, impatient()));
            EXPECT_THAT(got, ::testing::StartsWith("TimeoutError: GET http://127.0.0.1:"));
            EXPECT_THAT(got, ::testing::HasSubstr(row.words));
        }
    }
}

struct Drip {
    const char* rule;
    std::string begin;
    std::string drop;  // every millisecond: the slowness is what is tested
};

TEST(HostileTiming, ADripEndsWithTheTimeForAllOfIt) {
    const Drip rows[] = {
        {"empty lines", "", "\r\n"},
        {"a reason", "HTTP/1.1 200 ", "O"},
        {"a value", kHead + "X: ", "y"},
        {"fields", kHead, "X: y\r\n"},
        {"a body by its length", kHead + "Content-Length: 1000000\r\n\r\n", "x"},
        {"a body until close", kHead + "\r\n", "x"},
        {"chunks", kChunked, "1\r\nx\r\n"},
        {"a chunk's size", kChunked, "0"},
        {"an extension", kChunked + "1;", "x"},
        {"trailers", kChunked + "0\r\n", "X: y\r\n"},
    };
    for (const Drip& row : rows) {
        for (const bool in_pieces : {false, true}) {
            SCOPED_TRACE(format("{}{}", row.rule, in_pieces ? ", in pieces" : ""));
            const auto play = [&row](RawPeer& peer) -> Task<> {
                co_await peer.head();
                co_await peer.send(row.begin);
                while (true) {
                    co_await peer.send(row.drop);
                    co_await sleep(1ms);
                }
            };
            const auto get = [](Client& client) { return client.get("/").timeout(60ms); };
            const std::string got = run(answer_of(play, get, in_pieces, {}));
            EXPECT_THAT(got, ::testing::StartsWith("TimeoutError: GET http://127.0.0.1:"));
            EXPECT_THAT(got, ::testing::HasSubstr("not complete within 0.06 s"));
        }
    }
}

// The pieces come often enough, and not enough comes with them.
TEST(HostileTiming, ADripEndsWithTheLeastRate) {
    const auto get = [](Client& client) { return client.get("/"); };
    ClientOptions demanding;
    demanding.rate_min = 1'000'000'000;
    demanding.rate_window = 20ms;
    for (const char* head : {"Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n", "\r\n"}) {
        const std::string piece = std::string_view(head).starts_with("Transfer") ? "1\r\nx\r\n" : "x";
        const auto play = [head, &piece](RawPeer& peer) -> Task<> {
            co_await peer.head();
            co_await peer.send(kHead + head);
            while (true) {
                co_await peer.send(piece);
                co_await sleep(1ms);
            }
        };
        for (const bool in_pieces : {false, true}) {
            const std::string got = run(answer_of(play, get, in_pieces, demanding));
            EXPECT_THAT(got, ::testing::StartsWith("TimeoutError: GET http://127.0.0.1:")) << head;
            EXPECT_THAT(got, ::testing::HasSubstr("less than 1000000000 bytes of the answer came per second")) << head;
        }
    }
}

// Whoever asks for no rate gets what there is.
TEST(HostileTiming, ADripThatEndsIsTakenWhereNoRateIsAskedFor) {
    const auto play = [](RawPeer& peer) -> Task<> {
        co_await peer.head();
        co_await peer.send(kHead + "Content-Length: 20\r\n\r\n");
        for (int i = 0; i < 20; ++i) {
            co_await peer.send("x");
            co_await sleep(1ms);
        }
        co_await peer.rest();
    };
    ClientOptions patient;
    patient.rate_min = 0;
    patient.rate_window = 1ms;
    auto work = [&play](ClientOptions options) -> Task<std::string> {
        RawServer server(play);
        Client client(server.url(), std::move(options));
        co_return co_await outcome(client.get("/"));
    };
    EXPECT_EQ(run(work(patient)), format("200 '{}'", std::string(20, 'x')));
}

TEST(HostileTiming, ARequestThatNobodyReadsIsATimeout) {
    const auto unread = [](RawPeer& peer) -> Task<> {
        Event never;
        co_await never.wait();
        co_await peer.rest();
    };
    const auto post = [](Client& client) { return client.post("/").body(std::string(50'000'000, 'x'), "text/plain"); };
    const std::string got = run(answer_of(unread, post, false, impatient()));
    EXPECT_THAT(got, ::testing::StartsWith("TimeoutError: POST http://127.0.0.1:"));
}

TEST(HostileTiming, AConnectionThatNobodyAcceptsIsATimeout) {
    auto work = []() -> Task<> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        Client client(format("http://127.0.0.1:{}", listener.port()), impatient());
        EXPECT_THAT(co_await outcome(client.get("/")), ::testing::HasSubstr("no answer within 0.04 s"));
    };
    run(work());
}

// It is the queue that is too long; who waits in it has a limit like everybody.
TEST(HostileTiming, WaitingForAConnectionCounts) {
    auto work = []() -> Task<> {
        Event never;
        RawServer server([&](RawPeer&) -> Task<> { co_await never.wait(); });
        ClientOptions options;
        options.connections = 1;
        Client client(server.url(), options);
        TaskGroup group;
        group.spawn([](Client& from) -> Task<> { co_await outcome(from.get("/")); }(client));
        while (server.connections() == 0) co_await sleep(1ms);
        EXPECT_THAT(co_await outcome(client.get("/").timeout(20ms)),
                    ::testing::HasSubstr("not complete within 0.02 s"));
        EXPECT_THAT(client.describe_pool(), ::testing::MatchesRegex("\\[[^[]* active\\] queue 0"));
        group.cancel();
        co_await group.join();
        EXPECT_EQ(client.describe_pool(), "queue 0");
    };
    run(work());
}

// A redirect is one request: its hops have one limit together.
TEST(HostileTiming, EachHopOfARedirectTakesFromTheSameTime) {
    const auto play = [](RawPeer& peer) -> Task<> {
        for (int i = 0;; ++i) {
            const std::string head = co_await peer.head();
            if (head.empty()) co_return;
            co_await sleep(1ms);
            co_await peer.send(format("HTTP/1.1 302 F\r\nLocation: /{}\r\nContent-Length: 0\r\n\r\n", i));
        }
    };
    const auto get = [](Client& client) { return client.get("/").timeout(60ms).follow_redirects(1'000'000); };
    EXPECT_THAT(run(answer_of(play, get, false, {})), ::testing::HasSubstr("not complete within 0.06 s"));
}

}  // namespace
}  // namespace trawl
