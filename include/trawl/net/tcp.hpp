/// TCP: connections and listeners. Time limits are the caller's: `timeout(10s, TcpStream::connect(host, port))`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trawl/coro/task.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/net/address.hpp"

namespace trawl {

/// A connection. Owned by one task at a time; destroying it closes it.
class TcpStream {
public:
    TcpStream() = default;
    /// Takes over a connected, non-blocking socket.
    explicit TcpStream(int fd);

    /// Connects to the first address of `host` that answers. Throws ResolveError, or ConnectError naming each address.
    static Task<TcpStream> connect(std::string host, std::uint16_t port);

    /// Waits for bytes; an empty Buffer is the end of the stream. Throws OsError.
    [[nodiscard]] auto receive() noexcept { return io_.receive(); }
    /// Sends all of `bytes`, which must stay as they are until it is done. Throws OsError.
    [[nodiscard]] auto send(std::string_view bytes) noexcept { return io_.send(bytes); }

    [[nodiscard]] bool is_open() const noexcept { return io_.is_open(); }
    /// Nothing has arrived, nothing has ended: what a connection must be before it is used for another request.
    [[nodiscard]] bool is_quiet() const noexcept { return io_.is_quiet(); }
    void close() noexcept { io_.close(); }
    /// Closes so that the peer sees a reset (RST) and not an end: an abort (RFC 9293, 3.10.5).
    void reset() noexcept;

private:
    IoHandle io_;
};

class TcpListener {
public:
    /// Listens on `host` (an address in digits; "127.0.0.1", "::1", "0.0.0.0") and `port` (0: any free one).
    /// Throws UsageError for what is no address, OsError when it cannot be bound.
    static TcpListener bind(const std::string& host, std::uint16_t port);

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// Waits for a connection. Throws OsError (EMFILE when the process has no descriptor left: the connection waits
    /// on).
    Task<TcpStream> accept();
    void close() noexcept { io_.close(); }

private:
    IoHandle io_;
    std::uint16_t port_ = 0;
};

}  // namespace trawl
