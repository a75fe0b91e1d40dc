/// Callers whose arguments come from somebody else: nothing that they name can become a second field or a second
/// request. It is refused before a byte is sent, or sent encoded.
#include <gtest/gtest.h>

#include "hostile.hpp"
#include "raw_server.hpp"

namespace trawl {
namespace {

using namespace std::string_literals;
using testing::ok;
using testing::outcome;
using testing::RawPeer;
using testing::RawServer;

struct Row {
    const char* rule;
    Request (*request)(Client&);
};

/// Sends it, and gives what came of it and all that the server received.
Task<std::pair<std::string, std::string>> sent(Request (*request)(Client&)) {
    std::string received;
    RawServer server([&](RawPeer& peer) -> Task<> {
        received = co_await peer.head();
        co_await peer.send(ok(""));
        received += co_await peer.rest();
    });
    std::string got;
    try {
        Client client(server.url());
        got = co_await outcome(request(client));
    } catch (...) {
        got = testing::in_words(std::current_exception());
    }
    co_return std::pair(got, received);
}

void check_refused(std::span<const Row> rows, const char* error) {
    for (const Row& row : rows) {
        SCOPED_TRACE(row.rule);
        const auto both = run(sent(row.request));
        EXPECT_THAT(both.first, ::testing::StartsWith(error));
        EXPECT_EQ(both.second, "");
    }
}

TEST(HostileCaller, AFieldCannotBeTwo) {
    const Row rows[] = {
        {"CR LF in a value", [](Client& c) { return c.get("/").header("a", "b\r\nx: y"); }},
        {"LF in a value", [](Client& c) { return c.get("/").header("a", "b\nx: y"); }},
        {"CR in a value", [](Client& c) { return c.get("/").header("a", "b\rx: y"); }},
        {"NUL in a value", [](Client& c) { return c.get("/").header("a", "b\0c"s); }},
        {"CR LF at the end of a value", [](Client& c) { return c.get("/").header("a", "b\r\n"); }},
        {"CR LF at the beginning", [](Client& c) { return c.get("/").header("a", "\r\n\r\nGET /evil HTTP/1.1"); }},
        {"DEL in a value", [](Client& c) { return c.get("/").header("a", "\x7f"); }},
        {"CR LF in a name", [](Client& c) { return c.get("/").header("a\r\nx", "y"); }},
        {"LF in a name", [](Client& c) { return c.get("/").header("a\nx", "y"); }},
        {"NUL in a name", [](Client& c) { return c.get("/").header("a\0x"s, "y"); }},
        {"a colon in a name", [](Client& c) { return c.get("/").header("a: b", "y"); }},
        {"a blank in a name", [](Client& c) { return c.get("/").header("a ", "y"); }},
        {"no name", [](Client& c) { return c.get("/").header("", "y"); }},
        {"a byte above 0x7f in a name", [](Client& c) { return c.get("/").header("\xc3\xbc", "y"); }},
        {"a token", [](Client& c) { return c.get("/").bearer_auth("a\r\nx: y"); }},
        {"a secret", [](Client& c) { return c.get("/").secret_header("a", "b\r\nx: y"); }},
        {"a type", [](Client& c) { return c.post("/").body("x", "text/plain\r\nx: y"); }},
        {"a Host", [](Client& c) { return c.get("/").header("Host", "a\r\nx: y"); }},
        {"two Hosts", [](Client& c) { return c.get("/").header("Host", "a").header("host", "b"); }},
        {"a Transfer-Encoding", [](Client& c) { return c.post("/").header("Transfer-Encoding", "chunked"); }},
        {"a Content-Length too great", [](Client& c) { return c.post("/").header("Content-Length", "9").json("{}"); }},
        {"a Content-Length too small", [](Client& c) { return c.post("/").header("content-length", "1").json("{}"); }},
        {"a Content-Length and no body", [](Client& c) { return c.get("/").header("Content-Length", "5"); }},
        {"two Content-Lengths",
         [](Client& c) { return c.post("/").header("Content-Length", "2").header("Content-Length", "2").json("{}"); }},
        {"a colon in a user's name", [](Client& c) { return c.get("/").basic_auth("a:b", "c"); }},
    };
    check_refused(rows, "UsageError: ");
}

TEST(HostileCaller, AMethodIsAWord) {
    const Row rows[] = {
        {"a second request", [](Client& c) { return c.request("GET /evil HTTP/1.1\r\nHost: a\r\n\r\nGET", "/"); }},
        {"CR LF", [](Client& c) { return c.request("GET\r\n", "/"); }},
        {"NUL", [](Client& c) { return c.request("GET\0"s, "/"); }},
        {"a blank", [](Client& c) { return c.request("GET ", "/"); }},
        {"a tab", [](Client& c) { return c.request("GET\t", "/"); }},
        {"nothing", [](Client& c) { return c.request("", "/"); }},
        {"small letters", [](Client& c) { return c.request("get", "/"); }},
        {"a colon", [](Client& c) { return c.request("GET:", "/"); }},
        {"a tunnel", [](Client& c) { return c.request("CONNECT", "/"); }},
        {"33 letters", [](Client& c) { return c.request(std::string(33, 'A'), "/"); }},
    };
    check_refused(rows, "UsageError: ");
}

TEST(HostileCaller, ATargetIsOneLine) {
    const Row rows[] = {
        {"a second request", [](Client& c) { return c.get("/ HTTP/1.1\r\nHost: a\r\n\r\nGET /evil"); }},
        {"CR", [](Client& c) { return c.get("/a\rb"); }},
        {"LF", [](Client& c) { return c.get("/a\nb"); }},
        {"NUL", [](Client& c) { return c.get("/a\0b"s); }},
        {"a tab", [](Client& c) { return c.get("/a\tb"); }},
        {"DEL", [](Client& c) { return c.get("/a\x7f"); }},
        {"CR LF in a query", [](Client& c) { return c.get("/?a=b\r\nx: y"); }},
        {"CR LF in a fragment", [](Client& c) { return c.get("/#a\r\nb"); }},
        {"CR LF in a host", [](Client& c) { return c.get("http://127.0.0.1\r\nx:1/"); }},
        {"another scheme", [](Client& c) { return c.get("file:///etc/passwd"); }},
        {"70 KB", [](Client& c) { return c.get("/" + std::string(70'000, 'a')); }},
    };
    check_refused(rows, "InvalidUrl: ");
}

TEST(HostileCaller, WhatIsPutIntoAUrlIsEncoded) {
    struct Sent {
        Request (*request)(Client&);
        const char* line;
    };
    const Sent rows[] = {
        {[](Client& c) { return c.get("/").param("a", "b\r\nx: y"); }, "GET /?a=b%0D%0Ax%3A%20y HTTP/1.1\r\n"},
        {[](Client& c) { return c.get("/").param("a\r\n", "b"); }, "GET /?a%0D%0A=b HTTP/1.1\r\n"},
        {[](Client& c) { return c.get("/").param("a", "b&c=d#e"); }, "GET /?a=b%26c%3Dd%23e HTTP/1.1\r\n"},
        {[](Client& c) { return c.get("/").param("a", "\0"s); }, "GET /?a=%00 HTTP/1.1\r\n"},
        {[](Client& c) { return c.get("/a b"); }, "GET /a%20b HTTP/1.1\r\n"},
        {[](Client& c) { return c.get("/x HTTP/1.1"); }, "GET /x%20HTTP/1.1 HTTP/1.1\r\n"},
        {[](Client& c) { return c.get(" /x\r\n"); }, "GET /x HTTP/1.1\r\n"},
        {[](Client& c) { return c.get("/%0d%0ax"); }, "GET /%0d%0ax HTTP/1.1\r\n"},
        {[](Client& c) { return c.get("/\xc3\xbc"); }, "GET /%C3%BC HTTP/1.1\r\n"},
    };
    for (const Sent& row : rows) {
        const auto both = run(sent(row.request));
        EXPECT_EQ(both.first, "200 ''") << row.line;
        EXPECT_EQ(both.second.substr(0, both.second.find('\n') + 1), row.line);
        EXPECT_THAT(both.second, ::testing::EndsWith("\r\n\r\n"));
    }
}

}  // namespace
}  // namespace trawl
