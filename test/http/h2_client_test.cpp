/// The client over HTTP/2: requests share a connection, and what becomes of one is none of the others' business.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "h2_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http::h2 {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Connection = SocketServer::Connection;

ClientOptions over_h2() {
    ClientOptions options;
    options.http2 = Http2::kPriorKnowledge;
    return options;
}

void echo_path(Connection& connection, StreamId id) {
    connection.session.respond(id, {{":status", "200"}}, connection.path(id));
}

template <class Condition>
Task<> until(Condition condition) {
    while (!condition()) co_await sleep(1ms);
}

Task<std::string> fetch(Client& client, std::string path) {
    Response response = co_await client.get(path);
    EXPECT_EQ(response.http_version(), "HTTP/2");
    co_return std::string(response.text());
}

TEST(H2Client, ManyRequestsShareOneConnection) {
    run([]() -> Task<> {
        SocketServer server(echo_path);
        Client client(server.url(), over_h2());
        std::vector<Task<std::string>> requests;
        for (int i = 0; i < 80; ++i) requests.push_back(fetch(client, "/page/" + std::to_string(i)));
        const std::vector<std::string> bodies = co_await gather(std::move(requests));
        for (int i = 0; i < 80; ++i) EXPECT_EQ(bodies[static_cast<std::size_t>(i)], "/page/" + std::to_string(i));
        EXPECT_EQ(server.connections(), 1U);
        EXPECT_THAT(client.describe_pool(), HasSubstr(" h2 idle 0s] queue 0"));
    }());
}

TEST(H2Client, TheyAreUnderWayAtTheSameTime) {
    run([]() -> Task<> {
        std::vector<StreamId> waiting;
        SocketServer server([&](Connection& connection, StreamId id) {
            waiting.push_back(id);
            if (waiting.size() < 20) return;
            for (auto last = waiting.rbegin(); last != waiting.rend(); ++last) echo_path(connection, *last);
        });
        Client client(server.url(), over_h2());
        std::vector<Task<std::string>> requests;
        for (int i = 0; i < 20; ++i) requests.push_back(fetch(client, "/" + std::to_string(i)));
        const std::vector<std::string> bodies = co_await gather(std::move(requests));
        for (int i = 0; i < 20; ++i) EXPECT_EQ(bodies[static_cast<std::size_t>(i)], "/" + std::to_string(i));
    }());
}

TEST(H2Client, WhatAServerDoesNotAllowAtOnceWaits) {
    run([]() -> Task<> {
        std::size_t under_way_max = 0;
        std::vector<StreamId> waiting;
        SocketServer server(
            [&](Connection& connection, StreamId id) {
                waiting.push_back(id);
                under_way_max = std::max(under_way_max, waiting.size());
                if (waiting.size() < 2) return;
                for (const StreamId each : std::exchange(waiting, {})) echo_path(connection, each);
            },
            {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 2}});
        ClientOptions options = over_h2();
        options.connections = 1;
        Client client(server.url(), options);
        std::vector<Task<std::string>> requests;
        for (int i = 0; i < 20; ++i) requests.push_back(fetch(client, "/" + std::to_string(i)));
        co_await gather(std::move(requests));
        EXPECT_EQ(server.connections(), 1U);
        EXPECT_EQ(under_way_max, 2U);
    }());
}

TEST(H2Client, ARefusedRequestIsSentAgainWhateverItsMethod) {
    run([]() -> Task<> {
        SocketServer server([&](Connection& connection, StreamId id) {
            if (id == 1) return connection.session.reset(id, NGHTTP2_REFUSED_STREAM);
            echo_path(connection, id);
        });
        Client client(server.url(), over_h2());
        Response response = co_await client.post("/orders").body("one", "text/plain");
        EXPECT_EQ(response.text(), "/orders");
        EXPECT_EQ(server.request_count(), 2U);
        EXPECT_EQ(server.connection(0).session.requests.at(3).body, "one");
    }());
}

// The connection lives: nothing crossed with the request, and the server may have done what it was asked for.
TEST(H2Client, ARequestThatAServerGivesUpIsNotSentAgainAtOnce) {
    run([]() -> Task<> {
        SocketServer server([&](Connection& connection, StreamId id) {
            if (connection.path(id) == "/first") return echo_path(connection, id);
            connection.session.reset(id, NGHTTP2_INTERNAL_ERROR);
        });
        Client client(server.url(), over_h2());
        co_await client.get("/first");
        try {
            co_await client.get("/second");
            ADD_FAILURE() << "an answer";
        } catch (const ProtocolError& error) {
            EXPECT_THAT(error.what(), HasSubstr("the server reset the stream: INTERNAL_ERROR (2)"));
        }
        EXPECT_EQ(server.request_count(), 2U);
        EXPECT_EQ(server.connections(), 1U);
    }());
}

TEST(H2Client, AServerThatAsksForCalmIsNotAskedAgainAtOnce) {
    run([]() -> Task<> {
        SocketServer server([&](Connection& connection, StreamId) {
            connection.raw = goaway(0, NGHTTP2_ENHANCE_YOUR_CALM, "too many requests");
        });
        Client client(server.url(), over_h2());
        try {
            co_await client.get("/");
            ADD_FAILURE() << "an answer";
        } catch (const ProtocolError& error) {
            EXPECT_THAT(error.what(), HasSubstr("it closes: ENHANCE_YOUR_CALM (11), \"too many requests\""));
        }
        EXPECT_EQ(server.connections(), 1U);
    }());
}

TEST(H2Client, AServerThatRefusesForEverIsAnError) {
    run([]() -> Task<> {
        SocketServer server(
            [&](Connection& connection, StreamId id) { connection.session.reset(id, NGHTTP2_REFUSED_STREAM); });
        Client client(server.url(), over_h2());
        EXPECT_THROW(co_await client.get("/"), ProtocolError);
        EXPECT_LE(server.request_count(), 20U);
    }());
}

TEST(H2Client, AProcessedPostIsNotSentAgain) {
    run([]() -> Task<> {
        SocketServer server(
            [&](Connection& connection, StreamId id) { connection.session.reset(id, NGHTTP2_INTERNAL_ERROR); });
        Client client(server.url(), over_h2());
        EXPECT_THROW(co_await client.post("/orders").body("one", "text/plain"), ProtocolError);
        EXPECT_EQ(server.request_count(), 1U);
    }());
}

TEST(H2Client, AGoawaySendsWhatItDidNotProcessToAnotherConnection) {
    run([]() -> Task<> {
        SocketServer server([&](Connection& connection, StreamId id) {
            if (id < 5 || connection.answered.size() > 3) return echo_path(connection, id);
            connection.raw = goaway(3);  // 1 and 3 are answered before it, and 5 is not processed
        });
        Client client(server.url(), over_h2());
        co_await fetch(client, "/1");
        co_await fetch(client, "/3");
        const std::string body = co_await fetch(client, "/5");
        EXPECT_EQ(body, "/5");
        EXPECT_EQ(server.connections(), 2U);
    }());
}

TEST(H2Client, ACancelledRequestTakesNothingWithIt) {
    run([]() -> Task<> {
        SocketServer server([&](Connection& connection, StreamId id) {
            if (connection.path(id) != "/never") echo_path(connection, id);
        });
        Client client(server.url(), over_h2());
        co_await fetch(client, "/first");
        EXPECT_THROW(co_await client.get("/never").timeout(20ms), TimeoutError);
        const std::string body = co_await fetch(client, "/after");
        EXPECT_EQ(body, "/after");
        EXPECT_EQ(server.connections(), 1U);
        EXPECT_THAT(server.connection(0).session.closed, testing::Contains("3 CANCEL (8)"));
    }());
}

TEST(H2Client, ABodyOfManyWindowsArrivesWhole) {
    run([]() -> Task<> {
        std::string large;
        for (int i = 0; large.size() < (5U << 20); ++i) large += std::to_string(i) + ',';
        SocketServer server(
            [&](Connection& connection, StreamId id) { connection.session.respond(id, {{":status", "200"}}, large); });
        Client client(server.url(), over_h2());
        Response response = co_await client.get("/");
        EXPECT_TRUE(response.text() == large) << response.text().size();
    }());
}

TEST(H2Client, AReaderThatWaitsHoldsTheServerUp) {
    run([]() -> Task<> {
        const std::string large(8U << 20, 'x');
        SocketServer server([&](Connection& connection, StreamId id) {
            if (connection.path(id) == "/small") return echo_path(connection, id);
            connection.session.respond(id, {{":status", "200"}}, large);
        });
        Client client(server.url(), over_h2());
        ResponseStream stream = co_await client.get("/large").stream();
        co_await until([&] { return server.connection(0).session.unsent(1) <= large.size() - (1U << 20); });
        const std::string small = co_await fetch(client, "/small");
        EXPECT_EQ(small, "/small");
        EXPECT_EQ(server.connection(0).session.unsent(1), large.size() - (1U << 20));
        std::size_t size = 0;
        while (auto piece = co_await stream.next()) size += piece->size();
        EXPECT_EQ(size, large.size());
    }());
}

TEST(H2Client, ALargeRequestBodyIsSent) {
    run([]() -> Task<> {
        SocketServer server(echo_path);
        Client client(server.url(), over_h2());
        const std::string body(1U << 20, 'b');
        co_await client.put("/file").body(body, "text/plain");
        EXPECT_TRUE(server.connection(0).session.requests.at(1).body == body);
    }());
}

TEST(H2Client, AConnectionThatEndsInABodyIsAnError) {
    run([]() -> Task<> {
        SocketServer server([&](Connection& connection, StreamId id) {
            connection.raw = ok(id) + data(id, "half");
            connection.hangs_up = true;
        });
        Client client(server.url(), over_h2());
        EXPECT_THROW(co_await client.get("/"), Error);
        EXPECT_EQ(server.request_count(), 1U);
    }());
}

TEST(H2Client, AConnectionThatEndsWhileItIsIdleIsReplaced) {
    run([]() -> Task<> {
        SocketServer server([&](Connection& connection, StreamId id) {
            connection.session.respond(id, {{":status", "200"}}, connection.path(id));
            connection.hangs_up = connection.path(id) == "/last";
        });
        Client client(server.url(), over_h2());
        co_await fetch(client, "/last");
        co_await until([&] { return client.describe_pool() == "queue 0"; });
        const std::string body = co_await fetch(client, "/next");
        EXPECT_EQ(body, "/next");
        EXPECT_EQ(server.connections(), 2U);
    }());
}

TEST(H2Client, ASilentConnectionGetsNoFurtherRequests) {
    run([]() -> Task<> {
        SocketServer server([&](Connection& connection, StreamId id) {
            if (connection.path(id) == "/never") connection.is_silent = true;
            echo_path(connection, id);
        });
        ClientOptions options = over_h2();
        options.first_byte_timeout = 500ms;
        Client client(server.url(), options);
        EXPECT_THROW(co_await client.get("/never"), TimeoutError);
        const std::string body = co_await fetch(client, "/next");
        EXPECT_EQ(body, "/next");
        EXPECT_EQ(server.connections(), 2U);
    }());
}

TEST(H2Client, AServerWithoutHttp2IsAnError) {
    run([]() -> Task<> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        Client client("http://127.0.0.1:" + std::to_string(listener.port()), over_h2());
        const auto answer = [](TcpListener& plain) -> Task<> {
            TcpStream stream = co_await plain.accept();
            Buffer preface = co_await stream.receive();
            co_await stream.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            Buffer rest = co_await stream.receive();
        };
        TaskGroup group;
        group.spawn(answer(listener));
        EXPECT_THROW(co_await client.get("/"), ProtocolError);
    }());
}

TEST(H2Client, ThePoolSaysWhatItCarries) {
    run([]() -> Task<> {
        SocketServer server([](Connection&, StreamId) {}, {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 50}});
        auto client = std::make_unique<Client>(server.url(), over_h2());
        TaskGroup group;
        for (int i = 0; i < 3; ++i) group.spawn([](Client& used) -> Task<> { co_await used.get("/"); }(*client));
        co_await until([&] { return server.request_count() == 3; });
        co_await until([&] { return client->describe_pool().find("/50") != std::string::npos; });
        EXPECT_THAT(client->describe_pool(), HasSubstr(" h2 3/50] queue 0"));
        group.cancel();
        client.reset();
        co_await until([&] { return server.open_connections() == 0; });
    }());
}

TEST(H2Client, AClientMayOutliveItsLoop) {
    std::unique_ptr<Client> client;
    run([](std::unique_ptr<Client>& made) -> Task<> {
        SocketServer server(echo_path);
        made = std::make_unique<Client>(server.url(), over_h2());
        co_await fetch(*made, "/");
    }(client));
    client.reset();
}

}  // namespace
}  // namespace trawl::http::h2
