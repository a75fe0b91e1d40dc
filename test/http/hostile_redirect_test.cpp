/// Servers that lead astray: redirects in circles, to other schemes, to somebody's login, to nowhere; and secrets,
/// which do not come along and do not come back.
#include <gtest/gtest.h>

#include "hostile.hpp"
#include "raw_server.hpp"

namespace trawl {
namespace {

using namespace std::string_literals;
using testing::Answer;
using testing::ok;
using testing::outcome;
using testing::ScriptedServer;

std::string moved(const std::string& where, int status = 302) {
    return format("HTTP/1.1 {} Moved\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", status, where);
}

/// What comes of following one answer; behind it stands "there".
Task<std::string> followed(std::string answer, std::string method = "GET") {
    ScriptedServer server({{{answer}, {ok("there")}}, {{ok("there")}}});
    Client client(server.url());
    Request request = client.request(method, "/a/b?token=hush").follow_redirects();
    co_return co_await outcome(std::move(request));
}

struct Row {
    const char* rule;
    std::string answer;
    const char* words;
};

TEST(HostileRedirect, ALocationThatCannotBeFollowedIsAnError) {
    const Row rows[] = {
        {"a file", moved("file:///etc/passwd"), "the scheme 'file' is not supported"},
        {"a file in capitals", moved("FILE:///etc/passwd"), "the scheme 'file' is not supported"},
        {"ftp", moved("ftp://127.0.0.1/"), "the scheme 'ftp' is not supported"},
        {"gopher", moved("gopher://127.0.0.1:6379/_FLUSHALL"), "the scheme 'gopher' is not supported"},
        {"a script", moved("javascript:alert(1)"), "leads nowhere"},
        {"data", moved("data:text/html,hello"), "leads nowhere"},
        {"a scheme alone", moved("http:"), "'//' is missing"},
        {"a scheme and a path", moved("http:/x"), "'//' is missing"},
        {"no host", moved("http://"), "the host is missing"},
        {"no host, but a port", moved("http://:80/"), "the host is missing"},
        {"two slashes", moved("//"), "the host is missing"},
        {"three slashes", moved("///x"), "the host is missing"},
        {"half an IPv6 address", moved("http://[::1/"), "leads nowhere"},
        {"an IPv6 address with a zone", moved("http://[fe80::1%25eth0]/"), "not an IPv6 address"},
        {"a port beyond all ports", moved("http://127.0.0.1:99999/"), "the port must be a number"},
        {"port 0", moved("http://127.0.0.1:0/"), "the port must be a number"},
        {"a port that is none", moved("http://127.0.0.1:80a/"), "the port is not a number"},
        {"almost an address", moved("http://256.1.1.1/"), "looks like an IPv4 address"},
        {"an address in one number", moved("http://2130706433/"), "looks like an IPv4 address"},
        {"a blank in the host", moved("http://a b/"), "the host contains ' '"},
        {"a backslash in the host", moved("http://a\\b/"), "the host contains '\\'"},
        {"a percent sign in the host", moved("http://127.0.0.1%2f@a/"), "comes with a user's name"},
        {"a name above 0x7f", moved("http://\xc3\xbc.example/"), "international host names"},
        {"a user's name", moved("http://user@127.0.0.1/"), "comes with a user's name"},
        {"a user's name and password", moved("http://user:pw@127.0.0.1/"), "comes with a user's name"},
        {"a backslash before the @", moved("http://127.0.0.1\\@a/"),
         "before the host's '@' stands another '@' or a '\\'"},
        {"two @", moved("http://a@b@127.0.0.1/"), "before the host's '@' stands another '@' or a '\\'"},
        {"two Locations", "HTTP/1.1 302 F\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
         "two Locations"},
        {"a NUL", moved("/a\0b"s), "cannot be used"},
        {"a bell", moved("/a\ab"), "cannot be used"},
        {"a CR", moved("/a\rX: y"), "cannot be used"},
        {"an escape sequence", moved("/\x1b[31m"), "cannot be used"},
        {"64 KB", moved("/" + std::string(65'536, 'a')), "the head is larger than allowed"},
        {"22 KB of blanks, which become three times as long", moved("/" + std::string(22'000, '<')), "at most 65536"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.rule);
        const std::string got = run(followed(row.answer));
        EXPECT_THAT(got, ::testing::StartsWith("ProtocolError: GET http://127.0.0.1:"));
        EXPECT_THAT(got, ::testing::HasSubstr(row.words));
        EXPECT_THAT(got, ::testing::Not(::testing::HasSubstr("hush")));
        EXPECT_LT(got.size(), 1'000U);
    }
}

TEST(HostileRedirect, AStrangeLocationMayBeOne) {
    for (const std::string& where : {"?x"s, "#x"s, "."s, ".."s, "../../../.."s, "/%00"s, "/%0d%0aX:%20y"s, "/\xff\xfe"s,
                                     "/a b"s, "/" + std::string(60'000, 'a'), "a:b/c"s.substr(1), "./a:b"s, ";"s}) {
        EXPECT_EQ(run(followed(moved(where))), "200 'there'") << where.substr(0, 40);
    }
}

TEST(HostileRedirect, WhatIsNoRedirectIsTheAnswer) {
    for (const int status : {300, 304, 305, 306, 309, 399, 200, 201, 404}) {
        const std::string got = run(followed(moved("/there", status)));
        EXPECT_EQ(got, format("{} ''", status));
    }
    EXPECT_EQ(run(followed("HTTP/1.1 302 F\r\nContent-Length: 1\r\n\r\nx")), "302 'x'");
    EXPECT_EQ(run(followed("HTTP/1.1 302 F\r\nLocation:\r\nContent-Length: 1\r\n\r\nx")), "302 'x'");
    for (const int status : {301, 302, 303, 307, 308}) {
        EXPECT_EQ(run(followed(moved("/there", status))), "200 'there'");
        EXPECT_EQ(run(followed(moved("/there", status), "HEAD")), "200 ''");
        for (const char* method : {"POST", "PUT", "DELETE", "PATCH"})
            EXPECT_EQ(run(followed(moved("/there", status), method)), format("{} ''", status));
    }
}

// Nobody reads it: the error of its body ended the journey, though it was known where it leads.
TEST(HostileRedirect, ABodyThatBreaksOffIsNoMatter) {
    auto work = []() -> Task<> {
        const Answer broken_off{"HTTP/1.1 302 F\r\nLocation: /there\r\nContent-Length: 9\r\n\r\nx",
                                Answer::Then::close};
        const Answer there{ok("there")};
        ScriptedServer server({{broken_off}, {there}});
        Client client(server.url());
        EXPECT_EQ(co_await outcome(client.get("/").follow_redirects()), "200 'there'");
    };
    run(work());
}

TEST(HostileRedirect, CirclesEnd) {
    auto work = [](std::vector<std::string> places, std::size_t most) -> Task<> {
        std::vector<Answer> answers;
        for (std::size_t i = 0; i < 40; ++i) answers.push_back({moved(places[i % places.size()])});
        ScriptedServer server({answers});
        Client client(server.url());
        const std::string got = co_await outcome(client.get("/").follow_redirects(most));
        EXPECT_THAT(got, ::testing::HasSubstr(format("after {} redirects there is another one", most)));
        EXPECT_EQ(server.requests().size(), most + 1);
    };
    run(work({"/"}, 1));
    run(work({"/"}, 10));
    run(work({"/a", "/b"}, 10));
    run(work({"/a", "/a?", "/a#x", "?y", "b/"}, 20));
}

bool has_secret(const std::string& head) {
    return head.find("hush") != std::string::npos || head.find("uthorization") != std::string::npos ||
           head.find("ookie") != std::string::npos;
}

/// A server that sends whoever comes to `next`.
struct Sender {
    std::string next;
    std::vector<std::string> heads;
    testing::RawServer server{[this](testing::RawPeer& peer) -> Task<> {
        while (true) {
            std::string head = co_await peer.head();
            if (head.empty()) co_return;
            heads.push_back(std::move(head));
            co_await peer.send(moved(next));
        }
    }};
};

/// Home, away, and home again: asked with `request(client, url of home)`.
Task<> check_secrets(Request (*request)(Client&, const std::string&)) {
    Sender home, away;
    home.next = away.server.url() + "/";
    away.next = home.server.url() + "/back";
    Client client;
    const std::string got = co_await outcome(request(client, home.server.url()).follow_redirects(3));
    EXPECT_THAT(got, ::testing::HasSubstr("after 3 redirects"));
    EXPECT_THAT(got, ::testing::Not(::testing::HasSubstr("hush")));
    EXPECT_EQ(home.heads.size(), 2U);
    EXPECT_EQ(away.heads.size(), 2U);
    EXPECT_TRUE(has_secret(home.heads.at(0)));
    EXPECT_FALSE(has_secret(away.heads.at(0))) << away.heads.at(0);
    EXPECT_FALSE(has_secret(home.heads.at(1))) << "secrets came back: " << home.heads.at(1);
    EXPECT_FALSE(has_secret(away.heads.at(1))) << away.heads.at(1);
    EXPECT_THAT(away.heads.at(0),
                ::testing::HasSubstr("Host: 127.0.0.1:" + std::to_string(Url::parse(away.server.url()).port())));
}

TEST(HostileRedirect, SecretsDoNotGoElsewhereAndDoNotComeBack) {
    using Text = const std::string&;
    run(check_secrets([](Client& client, Text url) { return client.get(url).bearer_auth("hush"); }));
    run(check_secrets([](Client& client, Text url) { return client.get(url).basic_auth("me", "hush"); }));
    run(check_secrets([](Client& client, Text url) { return client.get(url).header("Cookie", "a=hush"); }));
    run(check_secrets([](Client& client, Text url) { return client.get(url).header("X-Api-Key", "hush"); }));
    run(check_secrets([](Client& client, Text url) { return client.get(url).header("PROXY-AUTHORIZATION", "hush"); }));
    run(check_secrets([](Client& client, Text url) { return client.get(url).secret_header("X-Mine", "hush"); }));
    run(check_secrets([](Client& client, Text url) { return client.get("http://me:hush@" + url.substr(7)); }));
}

}  // namespace
}  // namespace trawl
