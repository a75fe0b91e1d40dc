/// What we send: exact bytes, nothing smuggled, and our own parsers read it back.
#include "h1_write.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "h1.hpp"
#include "trawl/base/error.hpp"

namespace trawl::http {
namespace {

std::string write_request(std::string_view method, const Url& url, const Headers& headers, std::string_view body = {}) {
    std::string out;
    append_request(out, method, url, headers, body);
    return out;
}

TEST(WriteRequest, PutsHostFirstAndTheLengthWhereItBelongs) {
    const Url url = Url::parse("http://u:p@example.com:8080/a b?q=1#top");
    EXPECT_EQ(write_request("GET", url, {{"Accept", "*/*"}, {"X-A", "1"}}),
              "GET /a%20b?q=1 HTTP/1.1\r\nHost: example.com:8080\r\nAccept: */*\r\nX-A: 1\r\n\r\n");
    EXPECT_EQ(write_request("POST", url, {}),
              "POST /a%20b?q=1 HTTP/1.1\r\nHost: example.com:8080\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(write_request("POST", Url::parse("https://[::1]"), {{"content-length", "3"}, {"A", "b"}}, "a\r\n"),
              "POST / HTTP/1.1\r\nHost: [::1]\r\nA: b\r\nContent-Length: 3\r\n\r\na\r\n");
    EXPECT_EQ(write_request("DELETE", Url::parse("http://h"), {{"host", "other"}}),
              "DELETE / HTTP/1.1\r\nHost: other\r\n\r\n");
}

TEST(WriteRequest, RefusesWhatWouldChangeTheFraming) {
    const Url url = Url::parse("http://h/");
    for (const char* method : {"", "get", "GET /x HTTP/1.1\r\nA: b\r\n\r\n", "GE T", "G\n"})
        EXPECT_THROW((void)write_request(method, url, {}), UsageError) << method;
    EXPECT_THROW((void)write_request("POST", url, {{"Transfer-Encoding", "chunked"}}), UsageError);
    EXPECT_THROW((void)write_request("POST", url, {{"Content-Length", "4"}}, "abc"), UsageError);
    EXPECT_THROW((void)write_request("POST", url, {{"Content-Length", "3"}, {"content-length", "3"}}, "abc"),
                 UsageError);
    EXPECT_THROW((void)write_request("GET", url, {{"Host", "a"}, {"host", "b"}}), UsageError);
}

// What it has kept of one request is never in another that differs by anything but the target.
TEST(RequestWriter, WritesWhatAppendRequestWrites) {
    struct Asked {
        const char* method;
        const char* url;
        Headers headers;
        std::string_view body;
        std::optional<std::string> proxy_login;
    };
    const std::vector<Asked> all = {{"GET", "http://a/1", {{"X", "1"}}, "", std::nullopt},
                                    {"GET", "http://a/2?q", {{"X", "1"}}, "", std::nullopt},
                                    {"GET", "http://a/", {{"X", "2"}}, "", std::nullopt},
                                    {"GET", "http://b/", {{"X", "2"}}, "", std::nullopt},
                                    {"GET", "http://b/2", {{"X", "2"}, {"Host", "c"}}, "", std::nullopt},
                                    {"POST", "http://b/2", {{"X", "2"}, {"Host", "c"}}, "", std::nullopt},
                                    {"POST", "http://b/3", {{"X", "2"}, {"Host", "c"}}, "body", std::nullopt},
                                    {"POST", "http://b/4", {{"X", "2"}, {"Host", "c"}}, "", std::nullopt},
                                    {"POST", "http://b/4", {{"X", "2"}, {"Host", "c"}}, "", ""},
                                    {"POST", "http://b/5", {{"X", "2"}, {"Host", "c"}}, "", "Basic eA=="},
                                    {"POST", "http://b/6", {{"X", "2"}, {"Host", "c"}}, "", "Basic eA=="},
                                    {"GET", "http://b/", {{"X", std::string(5000, 'x')}}, "", std::nullopt},
                                    {"GET", "http://b/1", {{"X", std::string(5000, 'x')}}, "", std::nullopt}};
    RequestWriter writer;
    std::string expected;
    std::string written;
    for (const Asked& asked : all) {
        const Url url = Url::parse(asked.url);
        append_request(expected, asked.method, url, asked.headers, asked.body, asked.proxy_login);
        writer.append(written, asked.method, url, asked.headers, asked.body, asked.proxy_login);
        ASSERT_EQ(written, expected);
    }
    EXPECT_THROW(writer.append(written, "get", Url::parse("http://b/1"), {}, "", std::nullopt), UsageError);
}

TEST(WriteResponseHead, FramesTheBody) {
    EXPECT_EQ(write_response_head(200, {{"A", "b"}}, 7), "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 7\r\n\r\n");
    EXPECT_EQ(write_response_head(429, {}, std::nullopt),
              "HTTP/1.1 429 Too Many Requests\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_EQ(write_response_head(204, {}, 0), "HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(write_response_head(304, {}, std::nullopt), "HTTP/1.1 304 Not Modified\r\n\r\n");
    EXPECT_EQ(write_response_head(100, {}, std::nullopt), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(write_response_head(299, {}, 0), "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n");
    EXPECT_THROW((void)write_response_head(99, {}, 0), UsageError);
    EXPECT_THROW((void)write_response_head(200, {{"Content-Length", "1"}}, 1), UsageError);
    EXPECT_THROW((void)write_response_head(200, {{"transfer-encoding", "x"}}, 1), UsageError);
}

TEST(Write, TheParsersReadWhatTheWritersWrote) {
    RequestParser server;
    const Url url = Url::parse("http://example.com/items?page=2");
    ASSERT_EQ(server.feed(write_request("PUT", url, {{"Accept", "*/*"}}, "hello")), H1State::complete);
    EXPECT_EQ(server.method(), "PUT");
    EXPECT_EQ(server.target(), "/items?page=2");
    EXPECT_EQ(server.headers().get("host"), "example.com");
    EXPECT_EQ(server.body(), "hello");

    std::string bytes = write_response_head(200, {}, std::nullopt);
    append_chunk(bytes, "hello ");
    append_chunk(bytes, "");
    append_chunk(bytes, std::string(300, 'x'));
    bytes += last_chunk;
    ResponseParser client;
    client.begin("PUT");
    client.request_sent();
    client.feed(bytes);
    EXPECT_EQ(client.body(), "hello " + std::string(300, 'x'));
    EXPECT_TRUE(client.reusable());
}

}  // namespace
}  // namespace trawl::http
