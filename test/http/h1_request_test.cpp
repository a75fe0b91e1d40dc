/// RequestParser: each case whole, cut in two at every byte, and byte by byte; pipelining; what a server must refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "h1.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

struct Case {
    const char* name;
    std::string bytes;
    /// One "METHOD target [a=1] 'body' keep" per request, joined by " | "; the last may be "head", "body" or "failed:
    /// x".
    const char* verdict;
};

std::string shown(RequestParser& parser) {
    if (parser.state() == H1State::failed) return format("failed: {}", to_string(parser.failure().code));
    if (parser.state() == H1State::head) return "head";
    if (parser.state() == H1State::body) return "body";
    std::string fields;
    for (const auto [name, value] : parser.headers())
        fields += format("{}{}={}", fields.empty() ? "" : " ", name, value);
    return format("{} {} [{}] '{}'{}", parser.method(), parser.target(), fields, parser.body(),
                  parser.keep_alive() ? " keep" : "");
}

std::string verdict(const std::vector<std::string_view>& pieces) {
    RequestParser parser;
    std::string out;
    for (const std::string_view piece : pieces) {
        parser.feed(piece);
        while (parser.state() == H1State::complete) {
            out += shown(parser) + " | ";
            parser.next();
        }
    }
    return out + shown(parser);
}

void check(const Case& c) {
    const std::string_view bytes = c.bytes;
    ASSERT_EQ(verdict({bytes}), c.verdict) << c.name;
    for (std::size_t cut = 1; cut < bytes.size(); ++cut)
        ASSERT_EQ(verdict({bytes.substr(0, cut), bytes.substr(cut)}), c.verdict) << c.name << ", cut at " << cut;
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
    ASSERT_EQ(verdict(single), c.verdict) << c.name << ", byte by byte";
}

std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }
std::string post(const std::string& rest) { return "POST /p HTTP/1.1\r\nHost: h\r\n" + rest; }

TEST(RequestParser, ReadsRequests) {
    const Case cases[] = {
        {"GET", "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a?b=c [Host=h] '' keep | head"},
        {"POST", post("Content-Length: 3\r\n\r\nabc"), "POST /p [Host=h Content-Length=3] 'abc' keep | head"},
        {"chunks", post("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
         "POST /p [Host=h Transfer-Encoding=chunked] 'abc' keep | head"},
        {"half a body", post("Content-Length: 3\r\n\r\nab"), "body"},
        {"half a head", "GET / HTTP/1.1\r\nHo", "head"},
        {"close", get("Connection: close\r\n"), "GET / [Host=h Connection=close] '' | head"},
        {"1.0", "GET / HTTP/1.0\r\n\r\n", "GET / [] '' | head"},
        {"1.0 kept", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
         "GET / [Connection=keep-alive] '' keep | head"},
        {"absolute", "GET http://h/a HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://h/a [Host=h] '' keep | head"},
        {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * [Host=h] '' keep | head"},
        {"an upgrade that nobody takes", get("Connection: upgrade\r\nUpgrade: h2c\r\n"),
         "GET / [Host=h Connection=upgrade Upgrade=h2c] '' keep | head"},
        {"pipelined", get("") + post("Content-Length: 2\r\n\r\nhi") + get(""),
         "GET / [Host=h] '' keep | POST /p [Host=h Content-Length=2] 'hi' keep | GET / [Host=h] '' keep | head"},
        {"half of the second", get("") + "GET /sec", "GET / [Host=h] '' keep | head"},
        {"empty lines between", get("") + "\r\n" + get(""), "GET / [Host=h] '' keep | GET / [Host=h] '' keep | head"},
    };
    for (const Case& c : cases) check(c);
}

TEST(RequestParser, RefusesWhatCouldBeReadInTwoWays) {
    using namespace std::string_literals;
    const Case cases[] = {
        {"length and chunked", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
         "failed: syntax"},
        {"chunked, gzip", post("Transfer-Encoding: chunked, gzip\r\n\r\n"), "failed: syntax"},
        {"gzip", post("Transfer-Encoding: gzip\r\n\r\n"), "failed: framing"},
        {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n\r\n"), "failed: framing"},
        {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "failed: framing"},
        {"two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), "failed: syntax"},
        {"no Host", "GET / HTTP/1.1\r\n\r\n", "failed: request"},
        {"two Hosts", get("Host: other\r\n"), "failed: request"},
        {"0.9", "GET /\r\n\r\n", "failed: version"},
        {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "failed: syntax"},
        {"CONNECT", "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", "failed: request"},
        {"lower case", "get / HTTP/1.1\r\nHost: h\r\n\r\n", "failed: syntax"},
        {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "failed: syntax"},
        {"a byte above 127", "GET /\xc3\xbc HTTP/1.1\r\nHost: h\r\n\r\n", "failed: syntax"},
        {"* for GET", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", "failed: request"},
        {"another scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", "failed: request"},
        {"bare LF", "GET / HTTP/1.1\nHost: h\n\n", "failed: syntax"},
        {"TLS", "\x16\x03\x01\x02"s, "failed: syntax"},
    };
    for (const Case& c : cases) check(c);
}

TEST(RequestParser, EndsOfConnectionsAreToldApart) {
    const Case cases[] = {
        {"between requests", "", "closed_unused"},
        {"in the head", "GET / HT", "head_cut"},
        {"in the body", post("Content-Length: 3\r\n\r\na"), "body_cut"},
        {"behind a request", get(""), "none"},
    };
    for (const Case& c : cases) {
        RequestParser parser;
        if (!c.bytes.empty()) parser.feed(c.bytes);
        parser.finish();
        EXPECT_EQ(to_string(parser.failure().code), c.verdict) << c.name;
    }
}

TEST(RequestParser, StopsAtItsLimits) {
    RequestParser parser({.head_size_max = 100, .body_size_max = 10});
    EXPECT_EQ(parser.feed(post("Content-Length: 11\r\n\r\n")), H1State::failed);
    EXPECT_EQ(parser.failure().code, H1Error::body_size);
    RequestParser second({.head_size_max = 100});
    EXPECT_EQ(second.feed("GET /" + std::string(200, 'a')), H1State::failed);
    EXPECT_EQ(second.failure().code, H1Error::head_size);
}

TEST(RequestParser, SaysThatTheClientWaitsForAContinue) {
    RequestParser parser;
    EXPECT_EQ(parser.feed(post("Content-Length: 2\r\nExpect: 100-Continue\r\n\r\n")), H1State::body);
    EXPECT_TRUE(parser.expects_continue());
    EXPECT_EQ(parser.feed("ab"), H1State::complete);
}

}  // namespace
}  // namespace trawl::http
