/// Servers of https that lead out of it, or do not speak it: what is secret stays inside.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "hostile.hpp"
#include "net/certificates.hpp"
#include "net/disk.hpp"
#include "raw_server.hpp"
#include "trawl/net/tls.hpp"

namespace trawl {
namespace {

using namespace std::string_literals;
using testing::ok;
using testing::outcome;
using testing::ScriptedServer;

const Identity& authority() {
    static const Identity trusted = Identity::authority("Test CA");
    return trusted;
}

ClientOptions trusting() {
    ClientOptions options;
    options.tls = TlsOptions().ca_pem(authority().pem()).without_system_cas();
    return options;
}

TlsServerOptions server_options(const Disk& disk) {
    CertificateSpec spec;
    spec.names = "IP:127.0.0.1";
    const Identity identity = authority().issue(spec);
    return {write_text(disk / "chain.pem", identity.pem()), write_text(disk / "key.pem", identity.key_pem())};
}

/// Makes public what a connection keeps from its users.
struct Bared : StreamSocket {
    using StreamSocket::fd;
};

enum class End { farewell, cut };

/// Gives each request of a connection the next of these answers, inside TLS, and closes with TLS's own end, or as
/// somebody does who cuts the line.
class TlsServer {
public:
    explicit TlsServer(std::vector<std::string> answers, End end = End::farewell)
        : answers_(std::move(answers)), end_(end), listener_(TcpListener::bind("127.0.0.1", 0)) {
        group_.spawn(accept_all());
    }
    [[nodiscard]] std::string url() const { return format("https://127.0.0.1:{}", listener_.port()); }

private:
    Task<> accept_all() {
        while (true) {
            TcpStream stream = co_await listener_.accept();
            group_.spawn(serve(std::move(stream)));
        }
    }
    Task<> serve(TcpStream socket) {
        const int fd = (socket.*&Bared::fd)();
        try {
            TlsStream stream = co_await TlsStream::accept(std::move(socket), context_);
            for (const std::string& answer : answers_) {
                Buffer request = co_await stream.receive();
                if (request.empty()) co_return;
                co_await stream.send(answer);
            }
            if (end_ == End::cut) ::shutdown(fd, SHUT_RDWR);
        } catch (const Error&) {  // ignored: the client is gone, and its test says what it expects
        }
    }

    std::vector<std::string> answers_;
    End end_;
    Disk disk_;
    TlsServerContext context_{server_options(disk_)};
    TcpListener listener_;
    TaskGroup group_;
};

std::string moved(const std::string& where) {
    return format("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", where);
}

TEST(HostileHttps, ARedirectOutOfItIsAnError) {
    auto work = []() -> Task<> {
        ScriptedServer plain({{{ok("anybody can read this")}}});
        TlsServer server({moved(plain.url() + "/?token=hush")});
        Client client(server.url(), trusting());
        const std::string got = co_await outcome(client.get("/").bearer_auth("hush").follow_redirects());
        EXPECT_THAT(got, ::testing::StartsWith("ProtocolError: GET https://127.0.0.1:"));
        EXPECT_THAT(got, ::testing::HasSubstr("the redirect leads from https to 'http://127.0.0.1:"));
        EXPECT_THAT(got, ::testing::Not(::testing::HasSubstr("hush")));
        EXPECT_EQ(plain.connections(), 0U);
    };
    run(work());
}

TEST(HostileHttps, ARedirectWithinItIsFollowed) {
    auto work = []() -> Task<std::string> {
        TlsServer server({moved("/there"), ok("there")});
        Client client(server.url(), trusting());
        co_return co_await outcome(client.get("/").follow_redirects());
    };
    EXPECT_EQ(run(work()), "200 'there'");
}

// Whoever can cut a connection could otherwise shorten what ends with it, and nobody would notice.
TEST(HostileHttps, ABodyThatEndsWithTheConnectionEndsWithAFarewell) {
    const struct {
        const char* rule;
        std::string answer;
        End end;
        const char* outcome;
        const char* words = "";
    } rows[] = {
        {"until close, with a farewell", "HTTP/1.1 200 OK\r\n\r\nabc", End::farewell, "200 'abc'"},
        {"until close, cut", "HTTP/1.1 200 OK\r\n\r\nabc", End::cut, "ProtocolError: GET https://", "close_notify"},
        {"nothing until close, cut", "HTTP/1.1 200 OK\r\n\r\n", End::cut, "ProtocolError: GET https://",
         "close_notify"},
        {"1.0 until close, cut", "HTTP/1.0 200 OK\r\n\r\nabc", End::cut, "ProtocolError: GET https://", "close_notify"},
        {"whole by its length, cut", ok("abc"), End::cut, "200 'abc'"},
        {"short of its length, with a farewell", testing::with("Content-Length: 4\r\n\r\nabc"), End::farewell,
         "ProtocolError: GET https://", "3 of 4 bytes"},
    };
    auto work = [](const std::string& answer, End end, bool in_pieces) -> Task<std::string> {
        TlsServer server({answer}, end);
        Client client(server.url(), trusting());
        co_return co_await outcome(client.get("/"), in_pieces);
    };
    for (const auto& row : rows) {
        for (const bool in_pieces : {false, true}) {
            const std::string got = run(work(row.answer, row.end, in_pieces));
            EXPECT_THAT(got, ::testing::StartsWith(row.outcome)) << row.rule;
            EXPECT_THAT(got, ::testing::HasSubstr(row.words)) << row.rule;
        }
    }
}

TEST(HostileHttps, AServerThatSpeaksNoTlsIsAnError) {
    auto work = [](std::string bytes) -> Task<std::string> {
        testing::RawServer server([&bytes](testing::RawPeer& peer) -> Task<> {
            co_await peer.send(bytes);
            co_await peer.rest();
        });
        Client client("https" + server.url().substr(4), trusting());
        co_return co_await outcome(client.get("/"));
    };
    for (const std::string& bytes : {"HTTP/1.1 200 OK\r\n\r\n"s, "SSH-2.0-OpenSSH\r\n"s, "\x15\x03\x03\0\2\2\x28"s}) {
        EXPECT_THAT(run(work(bytes)), ::testing::StartsWith("TlsError: "));
    }
}

}  // namespace
}  // namespace trawl
