/// The client through proxies that do and do not what they should. Real ones are in test/e2e.
#include "tunnel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/client.hpp"
#include "trawl/net/unix.hpp"

namespace trawl::http {
namespace {

using namespace std::string_literals;
using testing::Answer;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ok;
using testing::ScriptedServer;
using ::testing::StartsWith;

ClientOptions through(std::string url, const char* login = "") {
    url.insert(url.find("://") + 3, login);
    ClientOptions options;
    options.proxies = Proxies().all(url);
    return options;
}

TEST(ProxyClient, AnHttpProxyIsToldTheWholeUrl) {
    run([]() -> Task<> {
        const Answer page{ok("page")};
        ScriptedServer proxy({{page, page}});
        Client client("http://example.test", through(proxy.url(), "ada:secret@"));
        Response answer = co_await client.get("/path?q=1");
        EXPECT_EQ(answer.text(), "page");
        co_await client.get("/again");
        EXPECT_EQ(proxy.connections(), 1U);
        EXPECT_THAT(proxy.requests()[0],
                    StartsWith("GET http://example.test/path?q=1 HTTP/1.1\r\nHost: example.test\r\n"));
        EXPECT_THAT(proxy.requests()[0], HasSubstr("Proxy-Authorization: Basic YWRhOnNlY3JldA==\r\n"));
    }());
}

TEST(ProxyClient, AskedToConnectItIsToldTheHostAlone) {
    run([]() -> Task<> {
        const Answer refused{"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"};
        ScriptedServer proxy({{refused}});
        Client client("https://example.test", through(proxy.url(), "ada:secret@"));
        try {
            co_await client.get("/path?token=hush").header("authorization", "Bearer hidden");
            ADD_FAILURE() << "connected";
        } catch (const ConnectError& error) {
            EXPECT_THAT(error.what(), HasSubstr("did not connect us to example.test: 403 Forbidden"));
            EXPECT_THAT(error.what(), HasSubstr(proxy.url()));
            EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
        }
        EXPECT_EQ(proxy.requests()[0],
                  "CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n"
                  "Proxy-Authorization: Basic YWRhOnNlY3JldA==\r\n\r\n");
    }());
}

TEST(ProxyClient, WhatIsNoWayThroughIsAnError) {
    struct Case {
        Answer answer;
        const char* words;
    };
    const Case cases[] = {
        {{"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"}, "wants a user and password"},
        {{"HTTP/1.1 200 OK\r\n\r\nbytes"}, "nobody could have asked for"},
        {{"SSH-2.0-OpenSSH\r\n"}, "the proxy http://127.0.0.1"},
        {{"HTTP/1.1 200 OK\r\n", Answer::Then::close}, "hung up"},
        {{"", Answer::Then::close}, "hung up"},
        {{"HTTP/1.1 200 OK\r\n\r\n", Answer::Then::close}, "TLS"},
    };
    for (const Case& c : cases) {
        run([](const Case& expected) -> Task<> {
            ScriptedServer proxy({{expected.answer}});
            Client client("https://example.test", through(proxy.url()));
            try {
                co_await client.get("/");
                ADD_FAILURE() << "connected: " << expected.words;
            } catch (const Error& error) {
                EXPECT_THAT(error.what(), HasSubstr(expected.words));
            }
        }(c));
    }
}

// Speaks as much of SOCKS 5 as leads to a connection, and is the server behind it too.
Task<> serve_socks(TcpListener& listener, std::string& heard) {
    TcpStream stream = co_await listener.accept();
    const std::string answers[] = {"\5\0"s, "\5\0\0\1\0\0\0\0\0\0"s, ok("through")};
    for (const std::string& answer : answers) {
        Buffer bytes = co_await stream.receive();
        heard += bytes.view();
        co_await stream.send(answer);
    }
    Buffer end = co_await stream.receive();
}

TEST(ProxyClient, SocksProxiesResolveNames) {
    run([]() -> Task<> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        std::string heard;
        TaskGroup group;
        group.spawn(serve_socks(listener, heard));
        Client client("http://example.test", through("socks5h://127.0.0.1:" + std::to_string(listener.port())));
        Response answer = co_await client.get("/path");
        EXPECT_EQ(answer.text(), "through");
        EXPECT_THAT(heard, HasSubstr("example.test"s + "\0\x50"s + "GET /path HTTP/1.1"s));
    }());
}

TEST(ProxyClient, AProxyThatIsDownIsNamed) {
    run([]() -> Task<> {
        std::uint16_t port = 0;
        {
            TcpListener gone = TcpListener::bind("127.0.0.1", 0);
            port = gone.port();
        }
        Client client("http://example.test", through("http://127.0.0.1:" + std::to_string(port)));
        try {
            co_await client.get("/");
            ADD_FAILURE() << "connected";
        } catch (const ConnectError& error) {
            EXPECT_EQ(error.code(), ECONNREFUSED);
            EXPECT_THAT(error.what(), HasSubstr("check that the proxy is up"));
        }
    }());
}

TEST(UnixSocketClient, SpeaksToAPath) {
    run([]() -> Task<> {
        const std::string path = "@trawl-http-" + std::to_string(::getpid());
        UnixListener listener = UnixListener::bind(path);
        const auto serve = [](UnixListener& from) -> Task<> {
            UnixStream stream = co_await from.accept();
            Buffer request = co_await stream.receive();
            const std::string answer = ok("local");
            co_await stream.send(answer);
        };
        TaskGroup group;
        group.spawn(serve(listener));
        ClientOptions options;
        options.unix_socket = path;
        Client client("http://docker", options);
        Response answer = co_await client.get("/version");
        EXPECT_EQ(answer.text(), "local");
        ClientOptions nowhere;
        nowhere.unix_socket = path + "-not";
        Client lost("http://docker", nowhere);
        EXPECT_THROW(co_await lost.get("/"), ConnectError);
    }());
}

}  // namespace
}  // namespace trawl::http
