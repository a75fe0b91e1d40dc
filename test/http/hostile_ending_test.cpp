/// Servers that end too early or go on too long: a body that was cut is an error, and a connection on which anything is
/// out of step serves nobody else.
#include <gtest/gtest.h>

#include "hostile.hpp"
#include "raw_server.hpp"
#include "trawl/sync/event.hpp"

namespace trawl {
namespace {

using testing::Answer;
using testing::check;
using testing::Hostile;
using testing::ok;
using testing::outcome;
using testing::RawPeer;
using testing::RawServer;
using testing::refused;
using testing::ScriptedServer;
using Then = testing::Answer::Then;

const std::string kHundred = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
const std::string kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kUntilClose = "HTTP/1.1 200 OK\r\n\r\n";

Hostile broken(const char* rule, std::string bytes) {
    return {rule, std::move(bytes), "OsError", "the connection broke", Then::reset};
}

TEST(HostileEnding, WhatBreaksOffIsAnError) {
    const Hostile rows[] = {
        refused("nothing, closed", "", "closed before its first byte", Then::close),
        broken("nothing, reset", ""),
        refused("a letter", "H", "it breaks off within its head", Then::close),
        broken("a letter, reset", "H"),
        refused("a status line", "HTTP/1.1 200 OK\r\n", "it breaks off within its head", Then::close),
        refused("half a field", "HTTP/1.1 200 OK\r\nConte", "it breaks off within its head", Then::close),
        refused("a head without its empty line", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
                "it breaks off within its head", Then::close),
        broken("half a head, reset", "HTTP/1.1 200 OK\r\nConte"),
        refused("a head alone", kHundred, "0 of 100 bytes", Then::close),
        refused("99 of 100 bytes", kHundred + std::string(99, 'x'), "99 of 100 bytes", Then::close),
        broken("99 of 100 bytes, reset", kHundred + std::string(99, 'x')),
        refused("no chunk", kChunked, "its last chunk is missing after 0 bytes", Then::close),
        refused("half a chunk's size", kChunked + "1", "its last chunk is missing", Then::close),
        refused("half a chunk", kChunked + "5\r\nab", "its last chunk is missing after 2 bytes", Then::close),
        refused("a chunk and no more", kChunked + "5\r\nabcde\r\n", "its last chunk is missing after 5 bytes",
                Then::close),
        refused("the last chunk's size alone", kChunked + "0\r\n", "its last chunk is missing", Then::close),
        refused("half a trailer", kChunked + "0\r\nX: y", "its last chunk is missing", Then::close),
        refused("no empty line behind the trailers", kChunked + "0\r\nX: y\r\n", "its last chunk is missing",
                Then::close),
        broken("chunks, reset", kChunked + "5\r\nabcde\r\n"),
        broken("until close, reset", kUntilClose + "abc"),
        {"until close", kUntilClose + "abc", "200 'abc'", "", Then::close},
        {"until close, with nothing", kUntilClose, "200 ''", "", Then::close},
        {"1.0, until close", "HTTP/1.0 200 OK\r\n\r\nabc", "200 'abc'", "", Then::close},
        {"complete, then closed", ok("abc"), "200 'abc'", "", Then::close},
    };
    check(rows);
}

TEST(HostileEnding, WhatGoesOnEndsItsConnection) {
    const std::string more = ok("smuggled");
    const Hostile rows[] = {
        {"a second answer", ok("abc") + more, "200 'abc'", ""},
        {"a byte", ok("abc") + "x", "200 'abc'", ""},
        {"an empty line", ok("abc") + "\r\n", "200 'abc'", ""},
        {"a NUL", ok("abc") + std::string(1, '\0'), "200 'abc'", ""},
        {"a second answer behind chunks", kChunked + "3\r\nabc\r\n0\r\n\r\n" + more, "200 'abc'", ""},
        {"a second answer behind none", ok("") + more, "200 ''", ""},
        {"close, and a second answer", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc" + more,
         "200 'abc'", ""},
        {"a body for HEAD", ok("abc"), "200 ''", "", Then::keep, "HEAD"},
        {"chunks for HEAD", kChunked + "3\r\nabc\r\n0\r\n\r\n", "200 ''", "", Then::keep, "HEAD"},
        {"a body of no length for HEAD", kUntilClose + "abc", "200 ''", "", Then::keep, "HEAD"},
        {"a second answer for HEAD", kHundred + more, "200 ''", "", Then::keep, "HEAD"},
        {"a body for 204", "HTTP/1.1 204 N\r\n\r\nabc", "204 ''", ""},
        {"a length for 204", "HTTP/1.1 204 N\r\nContent-Length: 3\r\n\r\n", "204 ''", ""},
        {"a length and a body for 204", "HTTP/1.1 204 N\r\nContent-Length: 3\r\n\r\nabc", "204 ''", ""},
        {"chunks for 204", "HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "204 ''", ""},
        {"a body for 304", "HTTP/1.1 304 N\r\nContent-Length: 3\r\n\r\nabc", "304 ''", ""},
        {"chunks for 304", "HTTP/1.1 304 N\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "304 ''", ""},
        {"a coding for 304", "HTTP/1.1 304 N\r\nContent-Encoding: gzip\r\n\r\nabc", "304 ''", ""},
        {"a body for 205", "HTTP/1.1 205 R\r\nContent-Length: 3\r\n\r\nabc", "205 'abc'", "", Then::keep, "GET",
         "same"},
        {"HEAD as it should be", kHundred, "200 ''", "", Then::keep, "HEAD", "same"},
        {"304 as it should be", "HTTP/1.1 304 N\r\nContent-Length: 3\r\n\r\n", "304 ''", "", Then::keep, "GET", "same"},
    };
    check(rows);
}

/// Every drop of an answer: closed or reset behind each of its bytes.
Task<> drop_everywhere(const std::string& answer, Then then, const std::string& whole) {
    for (std::size_t at = 0; at < answer.size(); ++at) {
        ScriptedServer server({{{answer.substr(0, at), then}}, {{ok("next")}}});
        Client client(server.url());
        const std::string first = co_await outcome(client.get("/"));
        EXPECT_THAT(first, ::testing::StartsWith(then == Then::reset ? "OsError" : "ProtocolError")) << at;
        EXPECT_EQ(co_await outcome(client.get("/")), "200 'next'") << at;
    }
    ScriptedServer server({{{answer, then == Then::reset ? Then::keep : then}}});
    Client client(server.url());
    EXPECT_EQ(co_await outcome(client.get("/")), whole);
}

TEST(HostileEnding, ADropAtAnyByteOfAnAnswerIsAnError) {
    const std::string with_length = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    const std::string in_chunks =
        "HTTP/1.1 103 E\r\n\r\n" + kChunked + "5;a=b\r\n01234\r\n5\r\n56789\r\n0\r\nX: y\r\n\r\n";
    for (const Then then : {Then::close, Then::reset}) {
        for (const std::string& answer : {with_length, in_chunks}) {
            run(drop_everywhere(answer, then, "200 '0123456789'"));
        }
    }
}

/// A connection that answered once, and on which something happens while it is idle.
Task<> disturb_idle(std::string bytes, Then then) {
    Event answered, disturbed;
    RawServer server([&](RawPeer& peer) -> Task<> {
        co_await peer.head();
        if (peer.number() > 0) {
            co_await peer.send(ok("new"));
            co_await peer.rest();
            co_return;
        }
        co_await peer.send(ok("first"));
        co_await answered.wait();
        co_await peer.send(bytes);
        if (then == Then::close) peer.half_close();
        if (then == Then::reset) peer.reset();
        disturbed.set();
        if (then != Then::reset) co_await peer.rest();
    });
    Client client(server.url());
    EXPECT_EQ(co_await outcome(client.get("/")), "200 'first'");
    answered.set();
    co_await disturbed.wait();
    // A reset may still be on its way, and what is sent into it is lost. Only what is sent once shows that nothing was.
    const char* method = then == Then::reset ? "GET" : "POST";
    EXPECT_EQ(co_await outcome(client.request(method, "/")), "200 'new'");
    EXPECT_EQ(server.connections(), 2U);
}

TEST(HostileEnding, WhatHappensOnAnIdleConnectionEndsIt) {
    const std::string timed_out = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    run(disturb_idle(ok("stolen"), Then::keep));
    run(disturb_idle("x", Then::keep));
    run(disturb_idle("\r\n", Then::keep));
    run(disturb_idle(timed_out, Then::keep));
    run(disturb_idle(timed_out, Then::close));
    run(disturb_idle(timed_out, Then::reset));
    run(disturb_idle("", Then::close));
    run(disturb_idle("", Then::reset));
    run(disturb_idle(std::string(10'000, 'x'), Then::keep));
}

// It has another answer ready than the one that was asked for: which is whose cannot be known any more.
TEST(HostileEnding, ABodyThatComesAfterAHeadOfHeadIsNoAnswerToTheNext) {
    auto work = []() -> Task<> {
        Event answered, disturbed;
        RawServer server([&](RawPeer& peer) -> Task<> {
            co_await peer.head();
            const std::string answer = peer.number() == 0 ? kHundred : ok("new");
            co_await peer.send(answer);
            if (peer.number() == 0) {
                co_await answered.wait();
                co_await peer.send(ok("stolen"));
                disturbed.set();
            }
            co_await peer.rest();
        });
        Client client(server.url());
        EXPECT_EQ(co_await outcome(client.head("/")), "200 ''");
        answered.set();
        co_await disturbed.wait();
        EXPECT_EQ(co_await outcome(client.get("/")), "200 'new'");
    };
    run(work());
}

// The kernel has accepted the connection; nobody serves it.
TEST(HostileEnding, AServerThatAcceptsAndGoesIsAnError) {
    auto work = [](bool reset) -> Task<std::string> {
        RawServer server([reset](RawPeer& peer) -> Task<> {
            if (reset) peer.reset();
            co_return;
        });
        Client client(server.url());
        co_return co_await outcome(client.get("/"));
    };
    EXPECT_THAT(run(work(false)),
                ::testing::AnyOf(::testing::StartsWith("ProtocolError"), ::testing::StartsWith("OsError")));
    EXPECT_THAT(run(work(true)), ::testing::StartsWith("OsError"));
}

}  // namespace
}  // namespace trawl
