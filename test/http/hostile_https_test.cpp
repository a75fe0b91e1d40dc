/// Servers of https that lead out of it, or do not speak it: what is secret stays inside.
#include <gtest/gtest.h>

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

/// Gives each request of a connection the next of these answers, inside TLS.
class TlsServer {
public:
    explicit TlsServer(std::vector<std::string> answers)
        : answers_(std::move(answers)), listener_(TcpListener::bind("127.0.0.1", 0)) {
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
        try {
            TlsStream stream = co_await TlsStream::accept(std::move(socket), context_);
            for (const std::string& answer : answers_) {
                Buffer request = co_await stream.receive();
                if (request.empty()) co_return;
                co_await stream.send(answer);
            }
        } catch (const Error&) {  // ignored: the client is gone, and its test says what it expects
        }
    }

    std::vector<std::string> answers_;
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
