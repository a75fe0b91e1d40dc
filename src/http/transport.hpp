/// The bytes of a connection: a socket's, or those of TLS over it.
#pragma once

#include <string_view>
#include <utility>
#include <variant>

#include "trawl/coro/task.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/stream_socket.hpp"
#include "trawl/net/tls.hpp"

namespace trawl::http {

class Transport {
public:
    explicit Transport(StreamSocket&& socket) : stream_(Plain(std::move(socket))) {}
    explicit Transport(TlsStream stream) : stream_(std::move(stream)) {}

    /// The socket, if there is nothing between it and the bytes: it is quicker to wait for it itself. Else null.
    [[nodiscard]] StreamSocket* plain() noexcept { return std::get_if<Plain>(&stream_); }

    /// What there is else.
    [[nodiscard]] TlsStream* secured() noexcept { return std::get_if<TlsStream>(&stream_); }

    /// As StreamSocket and TlsStream do; throws TimeoutError when it takes longer than `limit`.
    Task<Buffer> receive(Duration limit) {
        if (auto* plain = std::get_if<Plain>(&stream_)) co_return co_await timeout(limit, plain->receive());
        co_return co_await timeout(limit, std::get<TlsStream>(stream_).receive());
    }
    /// The same without a limit. One task may receive while another one sends.
    Task<Buffer> receive() {
        if (auto* plain = std::get_if<Plain>(&stream_)) co_return co_await plain->receive();
        co_return co_await std::get<TlsStream>(stream_).receive();
    }
    Task<> send(std::string_view bytes) {
        if (auto* plain = std::get_if<Plain>(&stream_)) {
            co_await plain->send(bytes);
        } else {
            co_await std::get<TlsStream>(stream_).send(bytes);
        }
    }
    void close() noexcept {
        std::visit([](auto& stream) { stream.close(); }, stream_);
    }
    [[nodiscard]] bool is_quiet() {
        return std::visit([](auto& stream) { return stream.is_quiet(); }, stream_);
    }

private:
    class Plain : public StreamSocket {
    public:
        explicit Plain(StreamSocket&& socket) noexcept : StreamSocket(std::move(socket)) {}
    };

    std::variant<Plain, TlsStream> stream_;
};

}  // namespace trawl::http
