/// Servers that take a request slowly, or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "h2_server.hpp"
#include "hostile.hpp"
#include "raw_server.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/sync/event.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using testing::ok;
using testing::outcome;
using testing::RawPeer;
using testing::RawServer;
using ::testing::StartsWith;

constexpr std::size_t kLong = 16 * 1024 * 1024;  // more than the kernel keeps between two sockets

ClientOptions limits(Duration write, Duration first_byte) {
    ClientOptions options;
    options.write_timeout = write;
    options.first_byte_timeout = first_byte;
    return options;
}

TEST(SlowUpload, GoesOnForLongerThanTheAnswerMayTake) {
    auto work = []() -> Task<> {
        const std::string answer = ok("all of it");
        RawServer server([&](RawPeer& peer) -> Task<> {
            co_await peer.head();
            std::size_t size = 0;
            while (size < kLong) {
                const std::string some = co_await peer.some();
                const bool is_another_mb = size / 1'000'000 != (size + some.size()) / 1'000'000;
                // What the kernel holds at the end is read at once: it counts as taken already.
                if (is_another_mb && size < kLong / 2) co_await sleep(30ms);
                size += some.size();
            }
            co_await peer.send(answer);
        });
        Client client(server.url(), limits(10s, 200ms));
        EXPECT_EQ(co_await outcome(client.post("/x").body(std::string(kLong, 'x'), "text/plain")), "200 'all of it'");
    };
    run(work());
}

/// A server with little room for what it has not read, which takes two megabytes a second.
class SmallServer {
public:
    SmallServer() {
        const int room = 64 * 1024;
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        ::setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 1) != 0) throw OsError(errno, "listen");
        ::getsockname(listener_, generic, &size);
        port_ = ntohs(address.sin_port);
    }
    SmallServer(const SmallServer&) = delete;
    SmallServer& operator=(const SmallServer&) = delete;
    ~SmallServer() {
        if (peer_ >= 0) ::close(peer_);
        ::close(listener_);
    }

    [[nodiscard]] std::string url() const { return format("http://127.0.0.1:{}", port_); }
    /// Answers one request of more than `size` bytes.
    Task<> serve(std::size_t size, std::string answer) {
        std::vector<char> room(20'000);
        std::size_t read = 0;
        while (read < size) {
            co_await sleep(10ms);
            if (peer_ < 0) peer_ = ::accept(listener_, nullptr, nullptr);
            const ssize_t got = ::recv(peer_, room.data(), room.size(), MSG_DONTWAIT);
            if (got == 0) co_return;
            if (got > 0) read += static_cast<std::size_t>(got);
        }
        (void)::send(peer_, answer.data(), answer.size(), MSG_NOSIGNAL);
    }

private:
    int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int peer_ = -1;
    int port_ = 0;
};

// The kernel's own store of what it cannot send yet would be so large that nothing is taken out of it for a while.
TEST(SlowUpload, GoesOnHoweverSlowlyItIsTaken) {
    auto work = []() -> Task<> {
        constexpr std::size_t size = 8'000'000;  // more than twice the kernel's store
        SmallServer server;
        TaskGroup serving;
        serving.spawn(server.serve(size, ok("all of it")));
        Client client(server.url(), limits(250ms, 60s));
        EXPECT_EQ(co_await outcome(client.post("/x").body(std::string(size, 'x'), "text/plain")), "200 'all of it'");
    };
    run(work());
}

TEST(SlowUpload, EndsWhereNothingMoreIsTaken) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await peer.head();
            Event never;
            co_await never.wait();
        });
        Client client(server.url(), limits(20ms, 60s));
        const std::string error = co_await outcome(client.post("/x").body(std::string(kLong, 'x'), "text/plain"));
        EXPECT_THAT(error, StartsWith("TimeoutError: POST http://127.0.0.1:"));
        EXPECT_THAT(error,
                    EndsWith("nothing more of the request was taken within 0.02 s; check that the source is up"));
    };
    run(work());
}

TEST(SlowUpload, AnAnswersTimeBeginsWhenTheRequestIsTaken) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await peer.head();
            co_await peer.rest();
        });
        Client client(server.url(), limits(60s, 20ms));
        const std::string error = co_await outcome(client.post("/x").body(std::string(100'000, 'x'), "text/plain"));
        EXPECT_THAT(error, EndsWith("no answer within 0.02 s; check that the source is up"));
    };
    run(work());
}

// 64 KB may be sent at once (RFC 9113, 6.9.2), and the window is never opened further.
TEST(SlowUpload, EndsOverHttp2WhereTheWindowStaysClosed) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> { co_await peer.rest(); });
        ClientOptions options = limits(20ms, 60s);
        options.http2 = Http2::kPriorKnowledge;
        Client client(server.url(), options);
        const std::string error = co_await outcome(client.post("/x").body(std::string(100'000, 'x'), "text/plain"));
        EXPECT_THAT(error,
                    EndsWith("nothing more of the request was taken within 0.02 s; check that the source is up"));
    };
    run(work());
}

TEST(SlowUpload, AnAnswersTimeBeginsOverHttp2WhenTheBodyIsOut) {
    auto work = []() -> Task<> {
        http::h2::SocketServer server([](http::h2::SocketServer::Connection&, http::StreamId) {});
        ClientOptions options = limits(60s, 20ms);
        options.http2 = Http2::kPriorKnowledge;
        Client client(server.url(), options);
        const std::string error = co_await outcome(client.post("/x").body(std::string(1000, 'x'), "text/plain"));
        EXPECT_THAT(error, EndsWith("no answer within 0.02 s; check that the source is up"));
    };
    run(work());
}

}  // namespace
}  // namespace trawl
