/// ResponseParser on the situations that llhttp's own suite of responses describes: what llhttp says in its strict
/// mode, what we say, and why, where it is not the same. Each is fed whole, cut in two at every byte, and byte by byte.
///
/// All 85 of them are here. The suite is that of llhttp 9.4; Debian 12 has 8.1, whose verdict the reasons name where
/// the two differ.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "response_verdict.hpp"

namespace trawl::http {
namespace {

enum class Theirs {
    complete,     // a message, whole
    until_close,  // a message whose body goes on until the connection ends
    incomplete,   // no error so far
    error,
    pause  // stopped where another protocol begins
};

struct Row {
    const char* name;
    std::string bytes;
    Theirs theirs;
    const char* ours;      // as shown() writes it
    const char* why = "";  // where we refuse what they take, or the other way round
    const char* method = "GET";
    bool eof = false;
};

using enum Theirs;

std::string ok(const std::string& rest) { return "HTTP/1.1 200 OK\r\n" + rest; }

bool is_usable(Theirs theirs) { return theirs != error && theirs != pause; }
bool is_usable(std::string_view ours) { return !ours.starts_with("failed"); }

void check(const Row& row) {
    check(ResponseCase{row.name, row.bytes, row.ours, row.method, row.eof});
    EXPECT_EQ(is_usable(row.theirs) != is_usable(row.ours), !std::string_view(row.why).empty())
        << row.name << ": a reason stands where the verdicts differ, and nowhere else";
}

TEST(LlhttpCases, Connection) {
    const std::string second = ok("\r\n");
    const std::string hidden_length = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n";
    const Row rows[] = {
        {"a proxy's close", ok("Content-Length: 2\r\nProxy-Connection: close\r\n\r\nhi"), complete,
         "200 OK [Content-Length=2 Proxy-Connection=close] body 'hi'"},
        {"1.0, kept alive, without a length", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n" + second, until_close,
         "200 OK [Connection=keep-alive] body 'HTTP/1.1 200 OK\r\n\r\n' until close"},
        {"1.0, kept alive, 204", "HTTP/1.0 204 N\r\nConnection: keep-alive\r\n\r\n" + second, complete,
         "204 N [Connection=keep-alive] body '' leftover 19"},
        {"1.1 without a length", ok("\r\n") + second, until_close,
         "200 OK [] body 'HTTP/1.1 200 OK\r\n\r\n' until close"},
        {"204, and a response nobody asked for", "HTTP/1.1 204 N\r\n\r\n" + second, complete,
         "204 N [] body '' leftover 19"},
        {"204, close, and more", "HTTP/1.1 204 N\r\nConnection: close\r\n\r\n" + second, error,
         "204 N [Connection=close] body '' leftover 19",
         "the response is whole before the bytes behind it; they only end the connection"},
        {"close, and more than the length", hidden_length + "0123456789", error,
         "200 OK [Content-Length=5 Connection=close] body '01234' leftover 5", "the same"},
        {"close, and no more than the length", hidden_length + "01234", complete,
         "200 OK [Content-Length=5 Connection=close] body '01234'"},
        {"101 with a length", "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\nbody",
         pause, "failed: upgrade"},
        {"101 with chunks",
         "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx", pause,
         "failed: upgrade"},
        {"200 that offers an upgrade", ok("Connection: upgrade\r\nUpgrade: h2c\r\n\r\nbody"), until_close,
         "200 OK [Connection=upgrade Upgrade=h2c] body 'body' until close"},
        {"the same with a length", ok("Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\nbody"), complete,
         "200 OK [Connection=upgrade Upgrade=h2c Content-Length=4] body 'body' reusable"},
        {"the same with chunks",
         ok("Connection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"),
         complete, "200 OK [Connection=upgrade Upgrade=h2c Transfer-Encoding=chunked] body 'body' reusable"},
        {"304 with a length", "HTTP/1.1 304 N\r\nContent-Length: 10\r\n\r\n" + second, complete,
         "304 N [Content-Length=10] body '' leftover 19"},
        {"304 with chunks", "HTTP/1.1 304 N\r\nTransfer-Encoding: chunked\r\n\r\n" + second, complete,
         "304 N [Transfer-Encoding=chunked] body '' leftover 19"},
        {"100 first, then 404", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 N\r\nContent-Length: 3\r\n\r\n404", complete,
         "404 N [Content-Length=3] body '404' reusable"},
        {"103 first, then 200",
         "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" + ok("Content-Length: 2\r\n\r\nhi"),
         complete, "200 OK [Content-Length=2] body 'hi' reusable"},
    };
    for (const Row& row : rows) check(row);
}

TEST(LlhttpCases, ContentLength) {
    const Row rows[] = {
        {"none, and close", ok("Connection: close\r\n\r\n<xml/>\n"), until_close,
         "200 OK [Connection=close] body '<xml/>\n' until close"},
        {"a name that only begins like it",
         ok("Content-Length-X: 0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n"), complete,
         "200 OK [Content-Length-X=0 Transfer-Encoding=chunked] body 'OK' reusable"},
        {"forgotten when the body is skipped", ok("Content-Length: 123\r\n\r\n") + ok("Content-Length: 456\r\n\r\n"),
         complete, "200 OK [Content-Length=123] body '' leftover 40", "", "HEAD"},
        {"tabs around it", ok("Content-Length:\t2\t\r\n\r\nhi"), complete, "failed: syntax",
         "llhttp 8.1 takes blanks behind the number, and no tab"},
        {"the end after an empty response", ok("\r\n"), until_close, "200 OK [] body ''", "", "GET", true},
    };
    for (const Row& row : rows) check(row);
}

TEST(LlhttpCases, Invalid) {
    const Row rows[] = {
        {"a letter missing in HTTP", "HTP/1.1 200 OK\r\n\r\n", error, "failed: syntax"},
        {"two digits before the dot, one of them zero", "HTTP/01.1 200 OK\r\n\r\n", error, "failed: syntax"},
        {"two digits before the dot", "HTTP/11.1 200 OK\r\n\r\n", error, "failed: syntax"},
        {"two digits behind the dot", "HTTP/1.01 200 OK\r\n\r\n", error, "failed: syntax"},
        {"a tab behind the version", "HTTP/1.1\t200 OK\r\n\r\n", error, "failed: syntax"},
        {"a CR before it all, and the tab", "\rHTTP/1.1\t200 OK\r\n\r\n", error, "failed: syntax"},
        {"fields with a CR between them", ok("Foo: 1\rBar: 2\r\n\r\n"), error, "failed: syntax"},
        {"a bare CR behind the status line", "HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n", error, "failed: syntax"},
        {"two CRs behind the status line", "HTTP/1.1 200 OK\r\rContent-Length: 4\r\n\r\nEvil", error, "failed: syntax"},
        {"HTTP/5.6", "HTTP/5.6 200 OK\r\n\r\n", error, "failed: syntax"},
        {"a blank before the first field", ok(" Host: foo\r\n\r\n"), error, "failed: syntax"},
        {"two blanks before the status", "HTTP/1.1  200 OK\r\n\r\n", error, "failed: status"},
        {"two blanks before the reason", "HTTP/1.1 200  OK\r\n\r\n", until_close, "200  OK [] body '' until close"},
        {"a status of one digit", "HTTP/1.1 2 OK\r\n\r\n", error, "failed: status"},
        {"bare LFs, no body", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", error, "failed: syntax"},
        {"bare LFs, a body", "HTTP/1.1 200 OK\nFoo: abc\nBar: def\n\nBODY\n", error, "failed: syntax"},
    };
    for (const Row& row : rows) check(row);
}

// Their suite has these for its lenient flags, which take them. We set none: what is theirs here is their strict
// verdict, but for bytes behind a response that closes, which end a connection of ours and nothing else.
TEST(LlhttpCases, WhatLenientFlagsWouldTakeIsRefused) {
    const Row rows[] = {
        {"HTTP/5.6", "HTTP/5.6 200 OK\r\n\r\n", error, "failed: syntax"},
        {"a CR alone ends the status line", "HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n", error, "failed: syntax"},
        {"LFs alone, no body", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", error, "failed: syntax"},
        {"LFs alone, a body", "HTTP/1.1 200 OK\nFoo: abc\n\nBODY\n", error, "failed: syntax"},
        {"LFs alone, close", "HTTP/1.1 200 OK\nConnection: close\n\nnews", error, "failed: syntax"},
        {"LFs alone, close, a type", "HTTP/1.1 200 OK\nContent-Type: text/html\nConnection: close\n\nnews", error,
         "failed: syntax"},
        {"close, and more than the length", ok("Content-Length: 5\r\nConnection: close\r\n\r\n0123456789"), complete,
         "200 OK [Content-Length=5 Connection=close] body '01234' leftover 5"},
        {"204, close, and the start of another", "HTTP/1.1 204 N\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK", complete,
         "204 N [Connection=close] body '' leftover 15"},
        {"a folded Transfer-Encoding", ok("Transfer-Encoding: chunked\r\n abc\r\n\r\n5\r\nWorld\r\n0\r\n\r\n"), error,
         "failed: framing"},
    };
    for (const Row& row : rows) check(row);
}

// Where theirs pauses, ours is given no more for now: what it knows by then, and that it goes on.
TEST(LlhttpCases, Pausing) {
    const std::string plain = ok("Content-Length: 3\r\n\r\nabc");
    const std::string head = ok("Transfer-Encoding: chunked\r\n\r\n");
    const std::string chunks = head + "a\r\n0123456789\r\n0\r\n\r\n";
    const std::string extended = head + "a;foo=bar\r\n0123456789\r\n0\r\n\r\n";
    constexpr const char* whole = "200 OK [Content-Length=3] body 'abc' reusable";
    constexpr const char* no_chunk = "200 OK [Transfer-Encoding=chunked] body '' incomplete";
    constexpr const char* one_chunk = "200 OK [Transfer-Encoding=chunked] body '0123456789' incomplete";
    constexpr const char* all_chunks = "200 OK [Transfer-Encoding=chunked] body '0123456789' reusable";
    const struct {
        const char* where;
        const std::string& bytes;
        std::size_t at;
        const char* there;
        const char* behind;
    } pauses[] = {
        {"where the message begins", plain, 0, "head", whole},
        {"where it is complete", plain, plain.size(), whole, whole},
        {"behind the version", plain, 8, "head", whole},
        {"behind the status line", plain, 17, "head", whole},
        {"behind a field's name", plain, 32, "head", whole},
        {"behind its value", plain, 36, "head", whole},
        {"behind the head", plain, 38, "200 OK [Content-Length=3] body '' incomplete", whole},
        {"before the last byte", plain, 40, "200 OK [Content-Length=3] body 'ab' incomplete", whole},
        {"before the head is whole", plain, 37, "head", whole},
        {"behind a chunk's size", chunks, head.size() + 3, no_chunk, all_chunks},
        {"behind a chunk", chunks, head.size() + 15, one_chunk, all_chunks},
        {"behind the last chunk's size", chunks, head.size() + 18, one_chunk, all_chunks},
        {"behind an extension's name", extended, head.size() + 6, no_chunk, all_chunks},
        {"behind an extension's value", extended, head.size() + 10, no_chunk, all_chunks},
    };
    for (const auto& pause : pauses) {
        check({pause.where, pause.bytes.substr(0, pause.at), incomplete, pause.there});
        check({pause.where, pause.bytes, complete, pause.behind});
    }
}

TEST(LlhttpCases, Pipelining) {
    const std::string three = ok("Content-Length: 3\r\n\r\nAAA") +
                              "HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nBBBB"
                              "HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\nCCCCC";
    check({"one answer to one request", three, complete, "200 OK [Content-Length=3] body 'AAA' leftover 96"});
}

TEST(LlhttpCases, Heads) {
    const Row rows[] = {
        {"simple", ok("Header1: Value1\r\nHeader2:\t Value2\r\nContent-Length: 0\r\n\r\n"), complete,
         "200 OK [Header1=Value1 Header2=Value2 Content-Length=0] body '' reusable"},
        {"RTSP", "RTSP/1.1 200 OK\r\n\r\n", until_close, "failed: syntax", "we asked in HTTP"},
        {"ICE", "ICE/1.1 200 OK\r\n\r\n", until_close, "failed: syntax", "we asked in HTTP"},
        {"HTTPER", "HTTPER/1.1 200 OK\r\n\r\n", error, "failed: syntax"},
        {"nothing but a status line", ok("\r\n"), until_close, "200 OK [] body '' until close"},
        {"a dollar in a name, blanks around the length",
         "HTTP/1.1 301 Moved\r\nLocation: http://a.example/\r\nX-$Type: 1\r\nContent-Length:  2  \r\n\r\n\n\n",
         complete, "301 Moved [Location=http://a.example/ X-$Type=1 Content-Length=2] body '\n\n' reusable"},
        {"quotes, commas, slashes in values; chunks",
         "HTTP/1.1 301 Moved\r\np3p: policyref=\"http://a.example/p.xml\",CP=\"CAO DSP \"\r\nx-id: a+b/c\r\n"
         "Transfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n0\r\n\r\n",
         complete,
         "301 Moved [p3p=policyref=\"http://a.example/p.xml\",CP=\"CAO DSP \" x-id=a+b/c Transfer-Encoding=chunked] "
         "body '\n' reusable"},
        {"no fields, no body", "HTTP/1.1 404 Not Found\r\n\r\n", until_close, "404 Not Found [] body '' until close"},
        {"no reason", "HTTP/1.1 301\r\n\r\n", until_close, "301  [] body '' until close"},
        {"no reason behind its blank", "HTTP/1.1 200 \r\n\r\n", until_close, "200  [] body '' until close"},
        {"an underscore in a name", ok("DCLK_imp: v7;x;114;0-0;~okv=;\r\nContent-Length: 0\r\n\r\n"), complete,
         "200 OK [DCLK_imp=v7;x;114;0-0;~okv=; Content-Length=0] body '' reusable"},
        {"a field without a value",
         "HTTP/1.0 301 M\r\nPragma: \r\nLocation: http://a.example/\r\nContent-Length: 0\r\n"
         "Connection: keep-alive\r\n\r\n",
         complete,
         "301 M [Pragma= Location=http://a.example/ Content-Length=0 Connection=keep-alive] body '' reusable"},
        {"names that begin with a dot or an underscore",
         ok(".et-Cookie: a=1; path=/\r\n_onnection: Keep-Alive\r\nTransfer-Encoding: chunked\r\n"
            "Connection: close\r\n\r\n0\r\n\r\n"),
         complete,
         "200 OK [.et-Cookie=a=1; path=/ _onnection=Keep-Alive Transfer-Encoding=chunked Connection=close] body ''"},
        {"LFs alone, close, a body of words", "HTTP/1.1 200 OK\nConnection: close\n\nnews", error, "failed: syntax"},
        {"a blank in a name", ok("en-US Content-Type: text/xml\r\nContent-Length: 0\r\n\r\n"), error, "failed: syntax"},
        {"bytes above 0x7f in the reason",
         "HTTP/1.1 500 Ori\xc3\xabntatie\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", complete,
         "500 Ori\xc3\xabntatie [Content-Length=0 Connection=close] body ''"},
        {"HTTP/0.9", "HTTP/0.9 200 OK\r\n\r\n", until_close, "failed: version",
         "HTTP/0.9 had no head: what writes this is no server of it"},
        {"neither length nor coding", ok("Content-Type: text/plain\r\n\r\nhello"), until_close,
         "200 OK [Content-Type=text/plain] body 'hello' until close"},
        {"an empty line first", "\r\n" + ok("Content-Length: 0\r\n\r\n"), complete,
         "200 OK [Content-Length=0] body '' reusable"},
    };
    for (const Row& row : rows) check(row);
}

TEST(LlhttpCases, TransferEncoding) {
    constexpr const char* only_chunked = "a body whose end no framing shows is not taken for whole";
    constexpr const char* old_llhttp = "llhttp 8.1 takes one extension with a value a chunk at most";
    const std::string chunks = ok("Transfer-Encoding: chunked\r\n\r\n");
    const Row rows[] = {
        {"blanks behind the size", chunks + "5  \r\nhello\r\n0  \r\n\r\n", error, "failed: syntax"},
        {"chunked, then another", ok("Transfer-Encoding: chunked, deflate\r\n\r\nWorld"), until_close,
         "failed: framing", only_chunked},
        {"chunked, then another in a field of its own",
         ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\nWorld"), until_close, "failed: framing",
         only_chunked},
        {"chunkedchunked", ok("Transfer-Encoding: chunkedchunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n"), until_close,
         "failed: framing", only_chunked},
        {"extensions", chunks + "5;one;two=2\r\nhello\r\n6;a;b\r\n world\r\n0\r\n\r\n", complete,
         "200 OK [Transfer-Encoding=chunked] body 'hello world' reusable"},
        {"two extensions with values", chunks + "5;a=1;b=2\r\nhello\r\n0\r\n\r\n", complete, "failed: syntax",
         old_llhttp},
        {"a word behind the size, no semicolon", chunks + "2 word\r\naa\r\n0\r\n\r\n", error, "failed: syntax"},
        {"a semicolon and nothing", chunks + "2;\r\naa\r\n0\r\n\r\n", error, "failed: syntax"},
        {"quotes around a semicolon", chunks + "5;a=\"I; you\";b=\"c\";d\r\nhello\r\n0\r\n\r\n", complete,
         "200 OK [Transfer-Encoding=chunked] body 'hello' reusable"},
        {"a quote that does not end", chunks + "5;a=\"b\";c=\"d; e\r\nhello\r\n0\r\n\r\n", error, "failed: syntax"},
        {"a folded value", ok("Transfer-Encoding: chunked\r\n  abc\r\n\r\n5\r\nWorld\r\n0\r\n\r\n"), until_close,
         "failed: framing", only_chunked},
    };
    for (const Row& row : rows) check(row);
}

}  // namespace
}  // namespace trawl::http
