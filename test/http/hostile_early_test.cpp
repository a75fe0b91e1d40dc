/// Servers that answer before they were asked, or before they have read what they were asked: the answer counts where
/// it can be one, and its connection serves nobody else.
#include <gtest/gtest.h>

#include "h1_connection.hpp"
#include "hostile.hpp"
#include "raw_server.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/sync/event.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::ok;
using testing::outcome;
using testing::RawPeer;
using testing::RawServer;

const std::string kTooLarge = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nlarge";

/// What becomes of a connection on which `early` came before the request, and `late` behind it.
Task<std::pair<std::string, bool>> answered_early(std::string early, std::string late) {
    RawServer server([&](RawPeer& peer) -> Task<> {
        co_await peer.send(early);
        co_await peer.head();
        co_await peer.send(late);
        co_await peer.rest();
    });
    const Url url = Url::parse(server.url());
    TcpStream stream = co_await TcpStream::connect(std::string(url.host()), url.port());
    while (!early.empty() && stream.is_quiet()) co_await sleep(1ms);
    http::RequestWriter writer;
    http::H1Connection connection(http::Transport(std::move(stream)), {}, std::nullopt, writer);
    const ClientOptions options;
    Client client(server.url());
    const Request request = client.get("/");
    co_await connection.begin(request, options);
    while (!connection.is_complete()) co_await connection.more(request, options);
    co_return std::pair(connection.body(), connection.reusable());
}

// The server may still answer the request, on a connection that looks idle by then.
TEST(HostileEarly, AnAnswerToNoRequestEndsItsConnection) {
    EXPECT_EQ(run(answered_early("", ok("asked"))), std::pair(std::string("asked"), true));
    EXPECT_EQ(run(answered_early(ok("unasked"), "")), std::pair(std::string("unasked"), false));
    EXPECT_EQ(run(answered_early("HTTP/1.1 103 E\r\n\r\n", ok("asked"))), std::pair(std::string("asked"), false));
}

enum class Reading { nothing, head_and_close, head_and_reset, all };

/// What comes of a long POST to a server that answers as soon as it has seen the head.
Task<> refuse_body(Reading reading, std::size_t body_size, const char* expected) {
    RawServer server([reading](RawPeer& peer) -> Task<> {
        co_await peer.head();
        const std::string answer = peer.number() == 0 ? kTooLarge : ok("next");
        co_await peer.send(answer);
        if (reading == Reading::head_and_reset) peer.reset();
        if (reading == Reading::head_and_close || reading == Reading::head_and_reset) co_return;
        if (reading == Reading::all || peer.number() > 0) co_await peer.rest();
        Event never;
        co_await never.wait();
    });
    ClientOptions options;
    options.first_byte_timeout = 20s;
    Client client(server.url(), options);
    EXPECT_THAT(co_await outcome(client.post("/").body(std::string(body_size, 'x'), "text/plain")),
                ::testing::StartsWith(expected));
    EXPECT_EQ(co_await outcome(client.get("/")), "200 'next'");
    EXPECT_EQ(server.connections(), 2U);
}

TEST(HostileEarly, AnAnswerToABodyThatIsNotReadIsTheAnswer) {
    run(refuse_body(Reading::nothing, 50'000'000, "413 'large'"));
}

TEST(HostileEarly, AnAnswerBeforeTheConnectionClosesIsTheAnswer) {
    run(refuse_body(Reading::head_and_close, 50'000'000, "413 'large'"));
}

// A reset may overtake the answer: then it is an error, never a success.
TEST(HostileEarly, AResetUnderALongRequestEnds) { run(refuse_body(Reading::head_and_reset, 50'000'000, "")); }

TEST(HostileEarly, ARefusalEndsTheSending) { run(refuse_body(Reading::all, 50'000'000, "413 'large'")); }

// What says "close" is the last that it reads or writes (RFC 9112, section 9.6).
TEST(HostileEarly, AnAnswerThatSaysCloseIsTheAnswer) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await peer.head();
            co_await peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nfirst");
            Event never;
            co_await never.wait();
        });
        Client client(server.url());
        EXPECT_EQ(co_await outcome(client.post("/").body(std::string(50'000'000, 'x'), "text/plain")), "200 'first'");
    };
    run(work());
}

// It writes while it reads, more than fits between the two; nothing is cut off.
TEST(HostileEarly, ASuccessDoesNot) {
    auto work = []() -> Task<> {
        const std::string body(20'000'000, 'x');
        std::size_t read = 0;
        RawServer server([&](RawPeer& peer) -> Task<> {
            co_await peer.head();
            co_await peer.send(format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.size()));
            while (read < body.size()) {
                const std::string piece = co_await peer.some();
                if (piece.empty()) co_return;
                read += piece.size();
                co_await peer.send(piece);
            }
            co_await peer.head();
            co_await peer.send(ok("next"));
            co_await peer.rest();
        });
        Client client(server.url());
        Response echo = co_await client.post("/").body(body, "text/plain");
        EXPECT_TRUE(echo.text() == body);
        EXPECT_EQ(read, body.size());
        EXPECT_EQ(co_await outcome(client.get("/")), "200 'next'");
        EXPECT_EQ(server.connections(), 1U) << "request and answer were both complete";
    };
    run(work());
}

}  // namespace
}  // namespace trawl
