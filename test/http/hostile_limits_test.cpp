/// Servers that send without end: the client gives up at its limit, however little or much comes at once. What the
/// server got rid of is counted: the limit, and what the kernel's buffers hold between the two.
#include <gtest/gtest.h>

#include "content_samples.hpp"
#include "hostile.hpp"
#include "raw_server.hpp"

namespace trawl {
namespace {

using testing::outcome;
using testing::RawPeer;
using testing::RawServer;

/// Above what Linux keeps for one connection on loopback (4 MB to send and 6 MB to receive, unless the administrator
/// raised it), and far below what an endless answer comes to before anybody notices.
constexpr std::size_t kKernelsShare = 48'000'000;

struct Endless {
    const char* rule;
    std::string begin;
    std::string piece;  // again and again
    const char* words;
};

const std::string kHead = "HTTP/1.1 200 OK\r\n";
const std::string kChunked = kHead + "Transfer-Encoding: chunked\r\n\r\n";

Task<> send_without_end(RawPeer& peer, const Endless& row) {
    std::string piece = row.piece;
    while (piece.size() < 4'000) piece += row.piece;
    co_await peer.head();
    co_await peer.send(row.begin);
    co_await peer.send_without_end(piece);
}

Task<> give_up(const Endless& row, bool in_pieces, const ClientOptions& options) {
    RawServer server([&row](RawPeer& peer) -> Task<> { co_await send_without_end(peer, row); });
    Client client(server.url(), options);
    const std::string got = co_await outcome(client.get("/"), in_pieces);
    EXPECT_THAT(got, ::testing::StartsWith("ProtocolError: GET http://127.0.0.1:"));
    EXPECT_THAT(got, ::testing::HasSubstr(row.words));
    EXPECT_LT(server.sent(), kKernelsShare);
    EXPECT_EQ(client.describe_pool(), "queue 0");
}

void check(std::span<const Endless> rows, const ClientOptions& options = {}) {
    for (const Endless& row : rows) {
        for (const bool in_pieces : {false, true}) {
            SCOPED_TRACE(format("{}{}", row.rule, in_pieces ? ", in pieces" : ""));
            run(give_up(row, in_pieces, options));
        }
    }
}

TEST(HostileLimits, AHeadEnds) {
    const Endless rows[] = {
        {"empty lines", "", "\r\n", "the head is larger than allowed"},
        {"a reason", "HTTP/1.1 200 ", "O", "the head is larger than allowed"},
        {"zeros of a status", "HTTP/1.1 ", "0", "cannot be used"},
        {"a field's name", kHead, "x", "the head is larger than allowed"},
        {"a field's value", kHead + "X: ", "y", "the head is larger than allowed"},
        {"blanks before a value", kHead + "X:", " ", "the head is larger than allowed"},
        {"folds", kHead + "X: y", "\r\n ", "the head is larger than allowed"},
        {"fields", kHead, "X: y\r\n", "more header fields than allowed"},
        {"cookies", kHead, "Set-Cookie: session=0123456789\r\n", "more header fields than allowed"},
        {"long fields", kHead, "X: " + std::string(3'000, 'y') + "\r\n", "the head is larger than allowed"},
        {"zeros of a length", kHead + "Content-Length: ", "0", "the head is larger than allowed"},
        {"digits of a length", kHead + "Content-Length: ", "9", "cannot be used"},
        {"100s", "", "HTTP/1.1 100 Continue\r\n\r\n", "more 1xx responses than allowed"},
        {"103s with fields", "", "HTTP/1.1 103 E\r\nLink: a\r\n\r\n", "more 1xx responses than allowed"},
    };
    check(rows);
}

TEST(HostileLimits, WhatIsAroundAChunkEnds) {
    const char* too_large = "chunk extensions and trailers are larger than allowed";
    const Endless rows[] = {
        {"zeros of a size", kChunked, "0", too_large},
        {"zeros of a later size", kChunked + "3\r\nabc\r\n", "0", too_large},
        {"digits of a size", kChunked, "1", "cannot be used"},
        {"an extension's name", kChunked + "3;", "a", too_large},
        {"an extension's value", kChunked + "3;a=", "b", too_large},
        {"an extension's quoted value", kChunked + "3;a=\"", "b", too_large},
        {"extensions", kChunked + "3", ";a", too_large},
        {"chunks with extensions", kChunked, "1;abcdefgh=ijklmnop\r\nx\r\n", too_large},
        {"chunks with zeros", kChunked, "00000000000001\r\nx\r\n", too_large},
        {"a trailer's name", kChunked + "0\r\n", "x", too_large},
        {"a trailer's value", kChunked + "0\r\nX: ", "y", too_large},
        {"blanks before a trailer's value", kChunked + "0\r\nX:", " ", too_large},
        {"folds of a trailer", kChunked + "0\r\nX: y", "\r\n ", too_large},
        {"trailers", kChunked + "0\r\n", "X: y\r\n", "more header fields than allowed"},
        {"long trailers", kChunked + "0\r\n", "X: " + std::string(3'000, 'y') + "\r\n", too_large},
    };
    check(rows);
}

TEST(HostileLimits, ABodyEnds) {
    ClientOptions options;
    options.body_max = 1'000'000;
    const Endless rows[] = {
        {"until close", kHead + "\r\n", "x", "the body is larger than allowed"},
        {"chunks of a byte", kChunked, "1\r\nx\r\n", "the body is larger than allowed"},
        {"one chunk", kChunked + "7fffffffffffffff\r\n", "x", "the body is larger than allowed"},
        {"gzip streams of nothing", kHead + "Content-Encoding: gzip\r\n\r\n", encode(http::Coding::gzip, ""),
         "the body is larger than allowed"},
        {"a length", kHead + "Content-Length: 1000001\r\n\r\n", "x", "its body has 1000001 bytes, 1000000 are allowed"},
        {"the greatest length", kHead + "Content-Length: 18446744073709551615\r\n\r\n", "x", "1000000 are allowed"},
    };
    check(rows, options);
}

// The answer is whole; nobody waits for the rest.
TEST(HostileLimits, WhatComesBehindAnAnswerIsNotRead) {
    auto work = []() -> Task<> {
        const Endless row{"", testing::ok("abc"), "x", ""};
        RawServer server([&row](RawPeer& peer) -> Task<> { co_await send_without_end(peer, row); });
        Client client(server.url());
        EXPECT_EQ(co_await outcome(client.get("/")), "200 'abc'");
        EXPECT_EQ(co_await outcome(client.get("/")), "200 'abc'");
        EXPECT_EQ(server.connections(), 2U);
        EXPECT_LT(server.sent(), 2 * kKernelsShare);
    };
    run(work());
}

// Where it leads is known by its head. The one connection that there may be is free for the next hop.
TEST(HostileLimits, ARedirectsBodyIsNotReadToItsEnd) {
    const std::string moved = "HTTP/1.1 302 Found\r\nLocation: /there\r\n";
    const Endless rows[] = {
        {"bytes", moved + "\r\n", "x", ""},
        {"chunks", moved + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", ""},
        {"gzip streams of nothing", moved + "Content-Encoding: gzip\r\n\r\n", encode(http::Coding::gzip, ""), ""},
    };
    auto work = [](const Endless& row) -> Task<> {
        RawServer server([&row](RawPeer& peer) -> Task<> {
            if (peer.number() == 0) co_await send_without_end(peer, row);
            co_await peer.head();
            co_await peer.send(testing::ok("there"));
            co_await peer.rest();
        });
        ClientOptions options;
        options.connections = 1;
        Client client(server.url(), options);
        EXPECT_EQ(co_await outcome(client.get("/").follow_redirects()), "200 'there'");
        EXPECT_LT(server.sent(), kKernelsShare);
    };
    for (const Endless& row : rows) {
        SCOPED_TRACE(row.rule);
        run(work(row));
    }
}

// A length is a claim: the memory comes with the bytes.
TEST(HostileLimits, AClaimedLengthCostsNothing) {
    auto work = []() -> Task<> {
        const std::string claim = "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\nx";
        testing::ScriptedServer server({{{claim, testing::Answer::Then::close}}});
        Client client(server.url());
        for (int i = 0; i < 50; ++i) {
            const std::string got = co_await outcome(client.get("/"));
            EXPECT_THAT(got, ::testing::HasSubstr("1 of 1073741824 bytes of its body arrived"));
        }
    };
    run(work());
}

}  // namespace
}  // namespace trawl
