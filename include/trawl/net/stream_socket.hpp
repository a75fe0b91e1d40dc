/// What connections have in common, whatever they run over: bytes in order, both ways, until one side ends.
#pragma once

#include <string_view>
#include <utility>

#include "trawl/loop/io.hpp"

namespace trawl {

/// The base of TcpStream and UnixStream. Owned by one task at a time; destroying it closes it.
class StreamSocket {
public:
    /// Waits for bytes; an empty Buffer is the end of the stream. Throws OsError.
    [[nodiscard]] auto receive() { return io_.receive(); }
    /// Gives bytes that have arrived, without waiting: none of them may be because none have, because of the end, or
    /// because a task waits for them. Throws OsError.
    [[nodiscard]] Buffer receive_arrived() { return io_.receive_arrived(); }
    /// Sends all of `bytes`, which must stay as they are until it is done. Throws OsError.
    [[nodiscard]] auto send(std::string_view bytes) { return io_.send(bytes); }
    /// The peer receives what was sent, and then the end of the stream; it may go on sending. To be called when no send
    /// waits. Throws OsError (ENOTCONN when the connection is gone).
    void shutdown_send();

    [[nodiscard]] bool is_open() const noexcept { return io_.is_open(); }
    /// Nothing has arrived, nothing has ended: what a connection must be before it is used for another request.
    [[nodiscard]] bool is_quiet() const noexcept { return io_.is_quiet(); }
    void close() noexcept { io_.close(); }

protected:
    StreamSocket() = default;
    /// Takes over a non-blocking stream socket.
    explicit StreamSocket(int fd) : io_(fd, IoKind::kStream) {}
    StreamSocket(StreamSocket&&) noexcept = default;
    StreamSocket& operator=(StreamSocket&&) noexcept = default;
    ~StreamSocket() = default;
    [[nodiscard]] IoHandle& io() noexcept { return io_; }
    [[nodiscard]] int fd() const { return io_.fd(); }

private:
    IoHandle io_;
};

}  // namespace trawl
