/// Servers that take a request slowly, or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "h2_server.hpp"
#include "hostile.hpp"
#include "raw_server.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/sync/event.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using testing::ok;
using testing::outcome;
using testing::RawPeer;
using testing::RawServer;
using ::testing::StartsWith;

constexpr std::size_t kLong = 16 * 1024 * 1024;  // more than the kernel keeps between two sockets

ClientOptions limits(Duration write, Duration first_byte) {
    ClientOptions options;
    options.write_timeout = write;
    options.first_byte_timeout = first_byte;
    return options;
}

TEST(SlowUpload, GoesOnForLongerThanTheAnswerMayTake) {
    auto work = []() -> Task<> {
        const std::string answer = ok("all of it");
        RawServer server([&](RawPeer& peer) -> Task<> {
            co_await peer.head();
            std::size_t size = 0;
            while (size < kLong) {
                const std::string some = co_await peer.some();
                const bool is_another_mb = size / 1'000'000 != (size + some.size()) / 1'000'000;
                // What the kernel holds at the end is read at once: it counts as taken already.
                if (is_another_mb && size < kLong / 2) co_await sleep(30ms);
                size += some.size();
            }
            co_await peer.send(answer);
        });
        Client client(server.url(), limits(10s, 200ms));
        EXPECT_EQ(co_await outcome(client.post("/x").body(std::string(kLong, 'x'), "text/plain")), "200 'all of it'");
    };
    run(work());
}

TEST(SlowUpload, EndsWhereNothingMoreIsTaken) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await peer.head();
            Event never;
            co_await never.wait();
        });
        Client client(server.url(), limits(20ms, 60s));
        const std::string error = co_await outcome(client.post("/x").body(std::string(kLong, 'x'), "text/plain"));
        EXPECT_THAT(error, StartsWith("TimeoutError: POST http://127.0.0.1:"));
        EXPECT_THAT(error,
                    EndsWith("nothing more of the request was taken within 0.02 s; check that the source is up"));
    };
    run(work());
}

TEST(SlowUpload, AnAnswersTimeBeginsWhenTheRequestIsTaken) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await peer.head();
            co_await peer.rest();
        });
        Client client(server.url(), limits(60s, 20ms));
        const std::string error = co_await outcome(client.post("/x").body(std::string(100'000, 'x'), "text/plain"));
        EXPECT_THAT(error, EndsWith("no answer within 0.02 s; check that the source is up"));
    };
    run(work());
}

// 64 KB may be sent at once (RFC 9113, 6.9.2), and the window is never opened further.
TEST(SlowUpload, EndsOverHttp2WhereTheWindowStaysClosed) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> { co_await peer.rest(); });
        ClientOptions options = limits(20ms, 60s);
        options.http2 = Http2::kPriorKnowledge;
        Client client(server.url(), options);
        const std::string error = co_await outcome(client.post("/x").body(std::string(100'000, 'x'), "text/plain"));
        EXPECT_THAT(error,
                    EndsWith("nothing more of the request was taken within 0.02 s; check that the source is up"));
    };
    run(work());
}

TEST(SlowUpload, AnAnswersTimeBeginsOverHttp2WhenTheBodyIsOut) {
    auto work = []() -> Task<> {
        http::h2::SocketServer server([](http::h2::SocketServer::Connection&, http::StreamId) {});
        ClientOptions options = limits(60s, 20ms);
        options.http2 = Http2::kPriorKnowledge;
        Client client(server.url(), options);
        const std::string error = co_await outcome(client.post("/x").body(std::string(1000, 'x'), "text/plain"));
        EXPECT_THAT(error, EndsWith("no answer within 0.02 s; check that the source is up"));
    };
    run(work());
}

}  // namespace
}  // namespace trawl
