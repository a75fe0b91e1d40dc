/// TLS streams that are connected, for tests; and a server that speaks TLS by hand.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "disk.hpp"
#include "tls_pair.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/net/tcp.hpp"
#include "trawl/net/tls.hpp"
#include "trawl/net/unix.hpp"

namespace trawl {

/// A server's and a client's settings that fit each other, for a.example.
class Setting {
public:
    explicit Setting(TlsOptions options = net::trusting_options()) : client(std::move(options)) {}
    static TlsServerOptions server_options(const Disk& disk) {
        const Identity identity = net::trusted_authority().issue({});
        return {write_text(disk / "chain.pem", identity.pem()), write_text(disk / "key.pem", identity.key_pem())};
    }

    Disk disk;
    TlsServerContext server{server_options(disk)};
    TlsContext client;
};

struct Ends {
    TlsStream server;
    TlsStream client;
};

/// Two ends that are connected, through a pair of sockets: what one has sent has arrived at the other.
inline Task<Ends> connected(const Setting& setting) {
    auto sockets = UnixStream::pair();
    auto both = co_await gather(TlsStream::accept(std::move(sockets.first), setting.server),
                                TlsStream::connect(std::move(sockets.second), setting.client, "a.example"));
    co_return Ends{std::move(std::get<0>(both)), std::move(std::get<1>(both))};
}

/// The same through TCP, whose buffers take more.
inline Task<Ends> connected_by_tcp(const Setting& setting) {
    TcpListener listener = TcpListener::bind("127.0.0.1", 0);
    auto sockets = co_await gather(listener.accept(), TcpStream::connect("127.0.0.1", listener.port()));
    auto both = co_await gather(TlsStream::accept(std::move(std::get<0>(sockets)), setting.server),
                                TlsStream::connect(std::move(std::get<1>(sockets)), setting.client, "a.example"));
    co_return Ends{std::move(std::get<0>(both)), std::move(std::get<1>(both))};
}

inline Task<std::string> receive_all(TlsStream& stream) {
    std::string all;
    for (;;) {
        Buffer buffer = co_await stream.receive();
        if (buffer.empty()) co_return all;
        all += buffer.view();
    }
}

/// A server that speaks TLS by hand, and can therefore break off or send what no stream would.
class ByHand {
public:
    explicit ByHand(UnixStream socket) : socket_(std::move(socket)), engine_(net::good_server().engine()) {}

    static Task<ByHand> shake_hands(UnixStream socket) {
        ByHand self(std::move(socket));
        while (self.engine_->state() == net::TlsState::handshake) {
            Buffer buffer = co_await self.socket_.receive();
            std::string_view wire = buffer.view();
            self.engine_->shake_hands(wire);
            co_await self.flush();
        }
        co_return std::move(self);
    }
    Task<> flush() {
        const std::string bytes = net::sent_by(*engine_);
        co_await socket_.send(bytes);
    }
    [[nodiscard]] SSL* ssl() const noexcept { return engine_->ssl(); }
    [[nodiscard]] net::TlsEngine& engine() noexcept { return *engine_; }
    [[nodiscard]] UnixStream& socket() noexcept { return socket_; }

private:
    UnixStream socket_;
    std::unique_ptr<net::TlsEngine> engine_;
};

struct HandEnds {
    ByHand server;
    TlsStream client;
};

inline Task<HandEnds> connected_by_hand(const Setting& setting) {
    auto sockets = UnixStream::pair();
    auto both = co_await gather(ByHand::shake_hands(std::move(sockets.first)),
                                TlsStream::connect(std::move(sockets.second), setting.client, "a.example"));
    co_return HandEnds{std::move(std::get<0>(both)), std::move(std::get<1>(both))};
}

}  // namespace trawl
