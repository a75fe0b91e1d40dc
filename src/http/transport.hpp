/// The bytes of a connection: TCP, or TLS over it.
#pragma once

#include <string_view>
#include <utility>
#include <variant>

#include "trawl/coro/task.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/tcp.hpp"
#include "trawl/net/tls.hpp"

namespace trawl::http {

class Transport {
public:
    explicit Transport(TcpStream stream) : stream_(std::move(stream)) {}
    explicit Transport(TlsStream stream) : stream_(std::move(stream)) {}

    /// As StreamSocket and TlsStream do; throws TimeoutError when it takes longer than `limit`.
    Task<Buffer> receive(Duration limit) {
        if (auto* tcp = std::get_if<TcpStream>(&stream_)) co_return co_await timeout(limit, tcp->receive());
        co_return co_await timeout(limit, std::get<TlsStream>(stream_).receive());
    }
    Task<> send(std::string_view bytes, Duration limit) {
        if (auto* tcp = std::get_if<TcpStream>(&stream_)) {
            co_await timeout(limit, tcp->send(bytes));
        } else {
            co_await timeout(limit, std::get<TlsStream>(stream_).send(bytes));
        }
    }
    [[nodiscard]] bool is_quiet() {
        return std::visit([](auto& stream) { return stream.is_quiet(); }, stream_);
    }

private:
    std::variant<TcpStream, TlsStream> stream_;
};

}  // namespace trawl::http
