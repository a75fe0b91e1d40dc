/// The fields of a request in HTTP/2, the walk along frames, and that secrets stay out of HPACK's tables.
#include "h2_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "h2_peer.hpp"
#include "trawl/base/error.hpp"

namespace trawl::http::h2 {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;

std::vector<std::string> fields(std::string_view method, const char* url, const Headers& headers,
                                std::size_t body_size = 0) {
    const std::array<std::string, 1> secret = {"X-Mine"};
    std::vector<std::string> out;
    H2RequestFields made;
    for (const H2Field& field : made.make(method, Url::parse(url), headers, body_size, secret))
        out.push_back(format("{}: {}{}", field.name, field.value, field.secret ? " (secret)" : ""));
    return out;
}

TEST(H2Request, PseudoFieldsComeFirst) {
    EXPECT_THAT(fields("GET", "https://u:p@Example.com:8443/a b#top", {{"Accept", "*/*"}, {"X-A", "1"}}),
                ElementsAre(":method: GET", ":scheme: https", ":authority: example.com:8443", ":path: /a%20b",
                            "accept: */*", "x-a: 1"));
    EXPECT_THAT(fields("GET", "http://[::1]", {}),
                ElementsAre(":method: GET", ":scheme: http", ":authority: [::1]", ":path: /"));
}

// What it has kept of one request is never in another that has other fields, or other secrets.
TEST(H2Request, FieldsAreTheSameWhateverCameBefore) {
    H2RequestFields kept;
    const auto expect_same = [&](std::string_view method, const char* url, const Headers& headers,
                                 std::size_t body_size, const std::vector<std::string>& secret) {
        H2RequestFields fresh;
        const auto& all = kept.make(method, Url::parse(url), headers, body_size, secret);
        const auto& expected = fresh.make(method, Url::parse(url), headers, body_size, secret);
        ASSERT_EQ(all.size(), expected.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            EXPECT_EQ(all[i].name, expected[i].name);
            EXPECT_EQ(all[i].value, expected[i].value);
            EXPECT_EQ(all[i].secret, expected[i].secret) << all[i].name;
        }
    };
    const Headers some{{"X-A", "1"}};
    expect_same("GET", "http://a/?token=1", some, 0, {});
    expect_same("GET", "http://a/2", some, 0, {});
    expect_same("GET", "http://a/2", some, 0, {"x-a"});
    expect_same("POST", "http://b/", some, 7, {"x-a"});
    expect_same("GET", "http://b/", some, 0, {});
    expect_same("GET", "http://b/", {{"X-A", "1"}, {"Host", "c"}}, 0, {});
    expect_same("PUT", "http://b/", {}, 0, {});
    EXPECT_THROW((void)kept.make("GET", Url::parse("http://a"), {{"Host", "b"}, {"host", "c"}}, 0), UsageError);
    expect_same("GET", "http://b/", {}, 0, {});
}

TEST(H2Request, AHostThatWasSetIsTheAuthority) {
    EXPECT_THAT(fields("GET", "http://a", {{"hOsT", "b:80"}, {"X", "1"}}),
                ElementsAre(":method: GET", ":scheme: http", ":authority: b:80", ":path: /", "x: 1"));
    EXPECT_THROW((void)fields("GET", "http://a", {{"Host", "b"}, {"host", "c"}}), UsageError);
}

TEST(H2Request, WhatIsAboutTheConnectionIsLeftOut) {
    EXPECT_THAT(
        fields("GET", "http://a",
               {{"Connection", "close, X-Hop"},
                {"X-HOP", "1"},
                {"Keep-Alive", "timeout=5"},
                {"Proxy-Connection", "keep-alive"},
                {"Transfer-Encoding", "chunked"},
                {"Upgrade", "h2c"},
                {"TE", "gzip"},
                {"te", "Trailers"},
                {"Range", "bytes=1-"}}),
        ElementsAre(":method: GET", ":scheme: http", ":authority: a", ":path: /", "te: Trailers", "range: bytes=1-"));
}

TEST(H2Request, TheLengthIsTheBodys) {
    const auto last = [](std::string_view method, std::size_t size, const Headers& headers = {}) {
        return fields(method, "http://a", headers, size).back();
    };
    EXPECT_EQ(last("POST", 3), "content-length: 3");
    EXPECT_EQ(last("POST", 0), "content-length: 0");
    EXPECT_EQ(last("GET", 0), ":path: /");
    EXPECT_EQ(last("DELETE", 1, {{"Content-Length", "1"}}), "content-length: 1");
    EXPECT_THROW((void)last("POST", 3, {{"Content-Length", "4"}}), UsageError);
    EXPECT_THROW((void)last("POST", 3, {{"Content-Length", "3"}, {"content-length", "3"}}), UsageError);
}

TEST(H2Request, RefusesMethodsThatAreNone) {
    for (const char* method : {"", "get", "GE T", "G\n", "CONNECT"})
        EXPECT_THROW((void)fields(method, "http://a", {}), UsageError) << method;
}

TEST(H2Request, SecretsAreMarked) {
    EXPECT_THAT(
        fields("GET", "http://a/?q=1",
               {{"Authorization", "x"}, {"Cookie", "a=b; c=d"}, {"X-Api-Key", "k"}, {"x-mine", "m"}, {"B", "1"}}),
        ElementsAre(":method: GET", ":scheme: http", ":authority: a", ":path: /?q=1 (secret)",
                    "authorization: x (secret)", "cookie: a=b; c=d (secret)", "x-api-key: k (secret)",
                    "x-mine: m (secret)", "b: 1"));
}

TEST(H2Request, SecretsAreNeverIndexed) {
    H2Session session;
    Server server;
    const std::array<std::string, 1> secret = {"X-Mine"};
    const Headers headers{{"Authorization", "Bearer x"}, {"Cookie", "a=b"}, {"X-Mine", "m"}, {"X-Open", "o"}};
    const StreamId id = session.begin("GET", Url::parse("https://a/p"), headers, {}, secret);
    talk(session, server);
    EXPECT_THAT(server.requests.at(id).fields,
                IsSupersetOf({"authorization: Bearer x (never indexed)", "cookie: a=b (never indexed)",
                              "x-mine: m (never indexed)", "x-open: o"}));
}

TEST(H2Request, FieldsThatAreTooLargeAreAnErrorOfTheRequest) {
    H2Session session;
    Server server;
    const StreamId large = session.begin("GET", url(), {{"X", std::string(70'000, 'x')}});
    const StreamId usual = get(session);
    talk(session, server);
    EXPECT_EQ(shown(session, large), "failed: request");
    server.respond(usual, {{":status", "200"}}, "");
    talk(session, server);
    EXPECT_EQ(shown(session, usual), "200 [] body '' complete");
    EXPECT_EQ(session.stream_count(), 0U);
}

TEST(H2Request, FieldsOfManyFramesArrive) {
    H2Session session;
    Server server;
    const StreamId id = session.begin("GET", url(), {{"X", std::string(40'000, '|')}});
    talk(session, server);
    EXPECT_EQ(server.requests.at(id).fields.back(), "x: " + std::string(40'000, '|'));
}

TEST(H2FrameWalk, StopsAtTheEndOfEachFrame) {
    const std::string bytes = settings({{3, 1}}) + ping() + data(5, "") + data(5, "abc");
    for (std::size_t cut = 1; cut <= bytes.size(); ++cut) {
        H2FrameWalk walk;
        std::string seen, joined;
        int ended = 0;
        for (std::string_view rest = bytes; !rest.empty();) {
            std::string_view chunk = rest.substr(0, cut);
            rest.remove_prefix(chunk.size());
            while (!chunk.empty()) {
                const H2FrameWalk::Piece piece = walk.next(chunk);
                joined += piece.bytes;
                ended += piece.ends ? 1 : 0;
                if (piece.begins)
                    seen += format("{}/{}/{} ", static_cast<int>(walk.type()), walk.stream(), walk.length());
            }
        }
        EXPECT_EQ(seen, "4/0/6 6/0/8 0/5/0 0/5/3 ") << cut;
        EXPECT_EQ(joined, bytes) << cut;
        EXPECT_EQ(ended, 4) << cut;
        EXPECT_TRUE(walk.begins_with_settings());
    }
}

}  // namespace
}  // namespace trawl::http::h2
