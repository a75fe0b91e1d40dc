/// ResponseParser: each case is fed whole, and again cut in two at every byte, and byte by byte, with the same verdict.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "h1.hpp"
#include "response_verdict.hpp"

namespace trawl::http {
namespace {

using testing::HasSubstr;

const H1Limits small_limits{
    .head_size_max = 300, .fields_max = 5, .overhead_size_max = 40, .body_size_max = 20, .informational_max = 2};

using Case = ResponseCase;

std::string ok(const std::string& rest) { return "HTTP/1.1 200 OK\r\n" + rest; }
std::string chunked(const std::string& rest) { return ok("Transfer-Encoding: chunked\r\n\r\n") + rest; }

std::string repeated(const std::string& text, int times) {
    std::string out;
    while (times-- > 0) out += text;
    return out;
}

TEST(ResponseParser, FindsTheEndOfTheBody) {
    const Case cases[] = {
        {"length", ok("Content-Length: 3\r\n\r\nabc"), "200 OK [Content-Length=3] body 'abc' reusable"},
        {"length zero", ok("Content-Length: 0\r\n\r\n"), "200 OK [Content-Length=0] body '' reusable"},
        {"length short", ok("Content-Length: 3\r\n\r\nab"), "200 OK [Content-Length=3] body 'ab' incomplete"},
        {"length cut", ok("Content-Length: 3\r\n\r\nab"), "failed: body_cut", "GET", true},
        {"nothing of the body", ok("Content-Length: 3\r\n\r\n"), "failed: body_cut", "GET", true},
        {"complete, then closed", ok("Content-Length: 3\r\n\r\nabc"), "200 OK [Content-Length=3] body 'abc'", "GET",
         true},
        {"chunks", chunked("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"),
         "200 OK [Transfer-Encoding=chunked] body 'abc0123456789' reusable"},
        {"no chunks", chunked("0\r\n\r\n"), "200 OK [Transfer-Encoding=chunked] body '' reusable"},
        {"extensions", chunked("3;a=\"b\";c\r\nabc\r\n0;x=y\r\n\r\n"),
         "200 OK [Transfer-Encoding=chunked] body 'abc' reusable"},
        {"trailers are dropped", chunked("1\r\na\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n"),
         "200 OK [Transfer-Encoding=chunked] body 'a' reusable"},
        {"trailers may say close", chunked("1\r\na\r\n0\r\nConnection: close\r\n\r\n"),
         "200 OK [Transfer-Encoding=chunked] body 'a'"},
        {"chunk cut", chunked("3\r\nab"), "failed: body_cut", "GET", true},
        {"last chunk missing", chunked("3\r\nabc\r\n"), "failed: body_cut", "GET", true},
        {"last line missing", chunked("3\r\nabc\r\n0\r\n"), "failed: body_cut", "GET", true},
        {"until close, open", ok("\r\nabc"), "200 OK [] body 'abc' until close"},
        {"until close", ok("\r\nabc"), "200 OK [] body 'abc'", "GET", true},
        {"until close, empty", ok("\r\n"), "200 OK [] body ''", "GET", true},
        {"no reason", "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx", "200  [Content-Length=1] body 'x' reusable"},
        {"case", ok("cOnTeNt-LeNgTh: 1\r\n\r\nx"), "200 OK [cOnTeNt-LeNgTh=1] body 'x' reusable"},
        {"chunked in capitals", ok("Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n"),
         "200 OK [Transfer-Encoding=CHUNKED] body '' reusable"},
    };
    for (const Case& c : cases) check(c);
}

TEST(ResponseParser, KnowsWhichResponsesHaveNoBody) {
    const Case cases[] = {
        {"HEAD", ok("Content-Length: 99\r\n\r\n"), "200 OK [Content-Length=99] body '' reusable", "HEAD"},
        {"HEAD chunked", ok("Transfer-Encoding: chunked\r\n\r\n"),
         "200 OK [Transfer-Encoding=chunked] body '' reusable", "HEAD"},
        {"HEAD without length", ok("\r\n"), "200 OK [] body '' reusable", "HEAD"},
        {"HEAD, huge length", ok("Content-Length: 99999999999\r\n\r\n"),
         "200 OK [Content-Length=99999999999] body '' reusable", "HEAD"},
        {"204", "HTTP/1.1 204 No Content\r\n\r\n", "204 No Content [] body '' reusable"},
        {"204 with zero", "HTTP/1.1 204 N\r\nContent-Length: 0\r\n\r\n", "204 N [Content-Length=0] body '' reusable"},
        {"204 that claims one", "HTTP/1.1 204 N\r\nContent-Length: 3\r\n\r\n", "204 N [Content-Length=3] body ''"},
        {"204 chunked", "HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n",
         "204 N [Transfer-Encoding=chunked] body ''"},
        {"304", "HTTP/1.1 304 N\r\nContent-Length: 3\r\n\r\n", "304 N [Content-Length=3] body '' reusable"},
        {"304 chunked", "HTTP/1.1 304 N\r\nTransfer-Encoding: chunked\r\n\r\n",
         "304 N [Transfer-Encoding=chunked] body '' reusable"},
        {"CONNECT", ok("\r\n"), "200 OK [] body ''", "CONNECT"},
        {"CONNECT refused", "HTTP/1.1 407 P\r\nContent-Length: 1\r\n\r\nx",
         "407 P [Content-Length=1] body 'x' reusable", "CONNECT"},
    };
    for (const Case& c : cases) check(c);
}

TEST(ResponseParser, SkipsInformationalResponses) {
    const Case cases[] = {
        {"100", "HTTP/1.1 100 Continue\r\n\r\n" + ok("Content-Length: 1\r\n\r\nx"),
         "200 OK [Content-Length=1] body 'x' reusable"},
        {"103 twice",
         "HTTP/1.1 103 E\r\nLink: a\r\n\r\nHTTP/1.1 103 E\r\nLink: b\r\n\r\n" + ok("Content-Length: 0\r\n\r\n"),
         "200 OK [Content-Length=0] body '' reusable"},
        {"100 only", "HTTP/1.1 100 Continue\r\n\r\n", "failed: head_cut", "GET", true},
        {"101", "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", "failed: upgrade"},
        {"100 with a body", "HTTP/1.1 100 C\r\nContent-Length: 3\r\n\r\nabc", "failed: framing"},
        {"103 chunked", "HTTP/1.1 103 C\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "failed: framing"},
        {"204 behind 100 for HEAD", "HTTP/1.1 100 C\r\n\r\n" + ok("Content-Length: 7\r\n\r\n"),
         "200 OK [Content-Length=7] body '' reusable", "HEAD"},
    };
    for (const Case& c : cases) check(c);
}

TEST(ResponseParser, SaysWhenTheConnectionCanBeReused) {
    const Case cases[] = {
        {"close", ok("Connection: close\r\nContent-Length: 1\r\n\r\nx"),
         "200 OK [Connection=close Content-Length=1] body 'x'"},
        {"close in a list", ok("Connection: a, CLOSE\r\nContent-Length: 0\r\n\r\n"),
         "200 OK [Connection=a, CLOSE Content-Length=0] body ''"},
        {"both", ok("Connection: keep-alive, close\r\nContent-Length: 0\r\n\r\n"),
         "200 OK [Connection=keep-alive, close Content-Length=0] body ''"},
        {"1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", "200 OK [Content-Length=1] body 'x'"},
        {"1.0 keep-alive", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx",
         "200 OK [Connection=Keep-Alive Content-Length=1] body 'x' reusable"},
        {"1.0 keep-alive until close", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nx",
         "200 OK [Connection=keep-alive] body 'x'", "GET", true},
        {"leftover", ok("Content-Length: 1\r\n\r\nxy"), "200 OK [Content-Length=1] body 'x' leftover 1"},
        {"a second response", ok("Content-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n"),
         "200 OK [Content-Length=0] body '' leftover 17"},
        {"an empty line too many", ok("Content-Length: 0\r\n\r\n\r\n"), "200 OK [Content-Length=0] body '' leftover 2"},
        {"leftover behind chunks", chunked("0\r\n\r\nx"), "200 OK [Transfer-Encoding=chunked] body '' leftover 1"},
        {"a body for HEAD", ok("Content-Length: 1\r\n\r\nx"), "200 OK [Content-Length=1] body '' leftover 1", "HEAD"},
        {"leftover behind close", ok("Connection: close\r\nContent-Length: 0\r\n\r\nabc"),
         "200 OK [Connection=close Content-Length=0] body '' leftover 3"},
    };
    for (const Case& c : cases) check(c);
}

TEST(ResponseParser, IsNotReusableBeforeTheRequestIsSentOrIfItAskedToClose) {
    ResponseParser parser;
    parser.begin("POST");
    parser.feed(ok("Content-Length: 0\r\n\r\n"));
    EXPECT_EQ(parser.state(), H1State::complete);
    EXPECT_FALSE(parser.reusable());
    parser.request_sent();
    EXPECT_TRUE(parser.reusable());
    parser.feed("x");  // arrived while nobody asked
    EXPECT_FALSE(parser.reusable());
    parser.begin("GET", true);
    parser.request_sent();
    parser.feed(ok("Content-Length: 0\r\n\r\n"));
    EXPECT_FALSE(parser.reusable());
}

TEST(ResponseParser, RefusesContradictoryFraming) {
    const Case cases[] = {
        {"length and chunked", ok("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
         "failed: syntax"},
        {"chunked and length", ok("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
         "failed: syntax"},
        {"two lengths", ok("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), "failed: syntax"},
        {"the same length twice", ok("Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), "failed: syntax"},
        {"a list of lengths", ok("Content-Length: 3, 3\r\n\r\nabc"), "failed: syntax"},
        {"a folded length", ok("Content-Length: 1\r\n 2\r\n\r\n012345678901"), "failed: syntax"},
        {"signed", ok("Content-Length: +3\r\n\r\nabc"), "failed: syntax"},
        {"negative", ok("Content-Length: -3\r\n\r\nabc"), "failed: syntax"},
        {"hexadecimal", ok("Content-Length: 0x3\r\n\r\nabc"), "failed: syntax"},
        {"empty length", ok("Content-Length: \r\n\r\nabc"), "failed: syntax"},
        {"overflow", ok("Content-Length: 18446744073709551616\r\n\r\nabc"), "failed: syntax"},
        {"gzip", ok("Transfer-Encoding: gzip\r\n\r\nabc"), "failed: framing"},
        {"gzip, chunked", ok("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "failed: framing"},
        {"chunked, gzip", ok("Transfer-Encoding: chunked, gzip\r\n\r\nabc"), "failed: framing"},
        {"chunked twice", ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
         "failed: framing"},
        {"not quite chunked", ok("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), "failed: framing"},
        {"no coding", ok("Transfer-Encoding:\r\n\r\n0\r\n\r\n"), "failed: framing"},
        {"chunked in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "failed: framing"},
    };
    for (const Case& c : cases) check(c);
}

TEST(ResponseParser, RefusesDamagedChunks) {
    const Case cases[] = {
        {"no CRLF behind a chunk", chunked("3\r\nabcXX0\r\n\r\n"), "failed: syntax"},
        {"a chunk longer than said", chunked("3\r\nabcd\r\n0\r\n\r\n"), "failed: syntax"},
        {"bare LF", chunked("3\nabc\n0\n\n"), "failed: syntax"},
        {"CR without LF", chunked("3\rXabc\r\n0\r\n\r\n"), "failed: syntax"},
        {"no size", chunked("\r\n\r\n"), "failed: syntax"},
        {"negative", chunked("-3\r\nabc\r\n0\r\n\r\n"), "failed: syntax"},
        {"0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), "failed: syntax"},
        {"overflow", chunked("fffffffffffffffff\r\nabc\r\n0\r\n\r\n"), "failed: syntax"},
        {"LF in an extension", chunked("3;\nabc\r\n0\r\n\r\n"), "failed: syntax"},
        {"two plain extensions", chunked("3;a=b;c=d\r\nabc\r\n0\r\n\r\n"), "failed: syntax"},  // llhttp 8.1's limit
        {"a blank behind the size", chunked("3 \r\nabc\r\n0\r\n\r\n"), "failed: syntax"},      // the same
        {"a blank before the size", chunked(" 3\r\nabc\r\n0\r\n\r\n"), "failed: syntax"},
    };
    for (const Case& c : cases) check(c);
}

TEST(ResponseParser, RefusesDamagedHeads) {
    using namespace std::string_literals;
    const Case cases[] = {
        {"nothing", "", "failed: closed_unused", "GET", true},
        {"half a head", "HTTP/1.1 200 OK\r\nConte", "failed: head_cut", "GET", true},
        {"another protocol", "SSH-2.0-OpenSSH\r\n", "failed: syntax"},
        {"TLS", "\x15\x03\x01\x00\x02\x02"s, "failed: syntax"},
        {"lower case", "http/1.1 200 OK\r\n\r\n", "failed: syntax"},
        {"2.0", "HTTP/2.0 200 OK\r\n\r\n", "failed: version"},
        {"0.9", "HTTP/0.9 200 OK\r\n\r\n", "failed: version"},
        {"1.2", "HTTP/1.2 200 OK\r\n\r\n", "failed: syntax"},
        {"status too long", "HTTP/1.1 2000 OK\r\n\r\n", "failed: syntax"},
        {"status too short", "HTTP/1.1 20 OK\r\n\r\n", "failed: status"},
        {"status zero", "HTTP/1.1 000 OK\r\n\r\n", "failed: status"},
        {"bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "failed: syntax"},
        {"a blank before the colon", ok("Content-Length : 0\r\n\r\n"), "failed: syntax"},
        {"a blank before the first field", ok(" X: y\r\n\r\n"), "failed: syntax"},
        {"a CR in a value", ok("X: a\rb\r\n\r\n"), "failed: syntax"},
        {"a NUL in a value", "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n"s, "failed: syntax"},
        {"a NUL in a name", "HTTP/1.1 200 OK\r\nX\0Y: a\r\n\r\n"s, "failed: syntax"},
        {"no colon", ok("X\r\n\r\n"), "failed: syntax"},
        {"no name", ok(": y\r\n\r\n"), "failed: syntax"},
    };
    for (const Case& c : cases) check(c);
}

TEST(ResponseParser, ReadsFieldsAsTheyAreMeant) {
    const Case cases[] = {
        {"blanks", ok("A:  b \t \r\nB:\r\nC: \r\nContent-Length: 0 \r\n\r\n"),
         "200 OK [A=b B= C= Content-Length=0] body '' reusable"},
        {"folded", ok("A: b\r\n  c\r\nContent-Length: 0\r\n\r\n"), "200 OK [A=b  c Content-Length=0] body '' reusable"},
        {"folded, nothing behind", ok("A: b\r\n \r\nContent-Length: 0\r\n\r\n"),
         "200 OK [A=b Content-Length=0] body '' reusable"},
        {"obs-text", ok("A: \xc3\xbc\r\nContent-Length: 0\r\n\r\n"),
         "200 OK [A=\xc3\xbc Content-Length=0] body '' reusable"},
        {"several", ok("Set-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n"),
         "200 OK [Set-Cookie=a Set-Cookie=b Content-Length=0] body '' reusable"},
        {"empty lines first", "\r\n\r\n" + ok("Content-Length: 0\r\n\r\n"),
         "200 OK [Content-Length=0] body '' reusable"},
    };
    for (const Case& c : cases) check(c);
}

TEST(ResponseParser, StopsAtItsLimits) {
    const std::string interim = "HTTP/1.1 103 E\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n";
    const std::string continues = "HTTP/1.1 100 C\r\n\r\n";
    const Case cases[] = {
        {"fields", ok("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\n\r\n"), "failed: field_count"},
        {"fields across 1xx", interim + ok("D: 4\r\nE: 5\r\nF: 6\r\n\r\n"), "failed: field_count"},
        {"fields across trailers",
         ok("A: 1\r\nB: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nC: 3\r\nD: 4\r\nE: 5\r\n\r\n"),
         "failed: field_count"},
        {"five fields", interim + ok("D: 4\r\nContent-Length: 0\r\n\r\n"),
         "200 OK [D=4 Content-Length=0] body '' reusable"},
        {"blanks without end", ok("X:" + std::string(400, ' ')), "failed: head_size"},
        {"empty lines without end", repeated("\r\n", 200), "failed: head_size"},
        {"two 1xx", continues + continues + ok("Content-Length: 0\r\n\r\n"),
         "200 OK [Content-Length=0] body '' reusable"},
        {"three 1xx", continues + continues + continues, "failed: informational_count"},
        {"body of 20", ok("Content-Length: 20\r\n\r\n01234567890123456789"),
         "200 OK [Content-Length=20] body '01234567890123456789' reusable"},
        {"body of 21", ok("Content-Length: 21\r\n\r\n"), "failed: body_size"},
        {"chunks of 21", chunked("A\r\n0123456789\r\nB\r\n01234567890\r\n0\r\n\r\n"), "failed: body_size"},
        {"21 until close", ok("\r\n012345678901234567890"), "failed: body_size"},
        {"long extension", chunked("1;" + std::string(50, 'a') + "\r\na\r\n0\r\n\r\n"), "failed: overhead_size"},
        {"many extensions",
         chunked(
             "1;abcdefghij=a\r\na\r\n1;abcdefghij=a\r\na\r\n1;abcdefghij=a\r\na\r\n1;abcdefghij=a\r\na\r\n0\r\n\r\n"),
         "failed: overhead_size"},
        {"trailers at their limit, and more behind them",
         chunked("0\r\nX: " + std::string(33, 'a') + "\r\n\r\n") + "more",
         "200 OK [Transfer-Encoding=chunked] body '' leftover 4"},
        {"long trailer", chunked("0\r\nX: " + std::string(50, 'a') + "\r\n\r\n"), "failed: overhead_size"},
        {"a coding among trailers", chunked("0\r\nTransfer-Encoding: " + std::string(50, 'a') + "\r\n\r\n"),
         "failed: overhead_size"},
        {"zeros before a size", chunked(std::string(50, '0') + "1\r\na\r\n0\r\n\r\n"), "failed: overhead_size"},
        {"zeros before many sizes", chunked(repeated("0000000001\r\na\r\n", 6)), "failed: overhead_size"},
        {"blanks in a trailer", chunked("0\r\nX:" + std::string(50, ' ') + "a\r\n\r\n"), "failed: overhead_size"},
        {"many small chunks", chunked(repeated("1\r\na\r\n", 20) + "0\r\n\r\n"),
         "200 OK [Transfer-Encoding=chunked] body 'aaaaaaaaaaaaaaaaaaaa' reusable"},
    };
    for (const Case& c : cases) check(c, small_limits);
}

TEST(ResponseParser, AHeadMayBeExactlyAsLongAsItsLimit) {
    const std::string head = ok("X: y\r\n\r\n");
    check({"fits", head, "200 OK [X=y] body '' reusable", "HEAD"}, {.head_size_max = head.size()});
    check({"one byte too long", head, "failed: head_size", "HEAD"}, {.head_size_max = head.size() - 1});
    check({"no limit on the body", head + "a body", "200 OK [X=y] body 'a body' until close"},
          {.head_size_max = head.size()});
}

TEST(ResponseParser, FailuresAreSentences) {
    ResponseParser parser;
    parser.begin("GET");
    parser.feed(ok("Content-Length: 7200\r\n\r\n0123456789"));
    EXPECT_EQ(parser.finish(), H1State::failed);
    EXPECT_EQ(parser.failure().text,
              "the response cannot be used: it breaks off: 10 of 7200 bytes of its body arrived");
    EXPECT_TRUE(parser.started());
    parser.begin("GET");
    EXPECT_FALSE(parser.started());
    EXPECT_EQ(parser.finish(), H1State::failed);
    EXPECT_THAT(parser.failure().text, HasSubstr("before its first byte"));
    EXPECT_FALSE(parser.started());
}

// Only what died without a byte may be asked for again: this one said something, however wrong.
TEST(ResponseParser, HasStartedWhenItsFirstByteIsWrong) {
    ResponseParser parser;
    parser.begin("GET");
    parser.feed("X");
    EXPECT_EQ(parser.state(), H1State::failed);
    EXPECT_TRUE(parser.started());
}

TEST(ResponseParser, NoBytesChangeNothing) {
    ResponseParser parser;
    parser.begin("GET");
    for (const char* piece : {"", "HTTP/1.1 200 O", "", "K\r\nContent-Le", "", "ngth: 2\r\n\r\n", "", "a", "", "b", ""})
        parser.feed(piece);
    EXPECT_EQ(shown(parser, 0), "200 OK [Content-Length=2] body 'ab'");
    parser.request_sent();
    EXPECT_TRUE(parser.reusable());
}

TEST(ResponseParser, ABodyCanBeTakenOutWhileItArrives) {
    ResponseParser parser({.body_size_max = 6});
    parser.begin("GET");
    parser.feed(ok("\r\nabc"));
    EXPECT_EQ(std::exchange(parser.body(), {}), "abc");
    parser.feed("def");
    EXPECT_EQ(parser.body(), "def");
    parser.feed("g");  // the limit is one on the whole body
    EXPECT_EQ(parser.failure().code, H1Error::body_size);
}

/// Damages valid responses at random: the verdict may be anything, but not depend on how the bytes arrive.
TEST(ResponseParser, DamagedBytesGetOneVerdictHoweverTheyArrive) {
    const std::string originals[] = {
        ok("Server: x\r\nContent-Length: 10\r\n\r\n0123456789"),
        chunked("5;a=b\r\n01234\r\n5\r\n56789\r\n0\r\nX: y\r\n\r\n"),
        "HTTP/1.1 100 C\r\n\r\n" + ok("Connection: close\r\n\r\nabc"),
    };
    std::mt19937 random(1);
    const auto pick = [&random](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    using namespace std::string_view_literals;
    constexpr std::string_view alphabet = "\r\n\t :;,=0129afGETHTP/.-\0\x80\xff"sv;
    for (int round = 0; round < 5'000; ++round) {
        Case c{"damaged", originals[pick(std::size(originals))], "", "GET", pick(2) == 0};
        for (std::size_t damage = pick(3) + 1; damage > 0; --damage) {
            const std::size_t at = pick(c.bytes.size());
            if (pick(3) == 0) c.bytes.erase(at, pick(4) + 1);
            if (c.bytes.empty()) c.bytes = "x";
            const std::size_t place = std::min(at, c.bytes.size() - 1);
            if (pick(2) == 0) c.bytes[place] = alphabet[pick(alphabet.size())];
            if (pick(3) == 0) c.bytes.insert(place, 1, alphabet[pick(alphabet.size())]);
        }
        const std::string_view bytes = c.bytes;
        const std::size_t first = pick(bytes.size() + 1);
        const std::size_t second = first + pick(bytes.size() - first + 1);
        ASSERT_EQ(verdict(c, {bytes}, small_limits),
                  verdict(c, {bytes.substr(0, first), bytes.substr(first, second - first), bytes.substr(second)},
                          small_limits))
            << "round " << round << ": " << testing::PrintToString(c.bytes);
    }
}

}  // namespace
}  // namespace trawl::http
