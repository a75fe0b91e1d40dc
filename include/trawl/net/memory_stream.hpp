/// Memory streams: two ends of a connection without a network, for tests. They behave like a TcpStream: bytes arrive in
/// order, in pieces; a sender that is too far ahead waits; closing one end is the end of the other's stream.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "trawl/coro/task.hpp"
#include "trawl/loop/buffer.hpp"

namespace trawl {

namespace net {
class MemoryPipe;
}

/// One end. Owned by one task at a time; destroying it closes it.
class MemoryStream {
public:
    MemoryStream() = default;
    MemoryStream(MemoryStream&& other) noexcept = default;
    MemoryStream& operator=(MemoryStream&& other) noexcept;
    ~MemoryStream() { close(); }

    /// Waits for bytes, and gives what has arrived, up to Buffer::kCapacity; an empty Buffer is the end of the stream.
    /// Throws OsError (ECANCELED) when this end is closed meanwhile, (ECONNRESET) when the other end was reset.
    [[nodiscard]] Task<Buffer> receive();
    /// Waits until all of `bytes` are on their way; they must stay as they are until then. Throws OsError (EPIPE) when
    /// the other end is closed, (ECANCELED) when this one is.
    [[nodiscard]] Task<> send(std::string_view bytes);

    [[nodiscard]] bool is_open() const noexcept { return in_ != nullptr; }
    /// Nothing has arrived, nothing has ended.
    [[nodiscard]] bool is_quiet() const noexcept;
    /// The other end receives what was sent, and then the end of the stream.
    void close() noexcept;
    /// The other end's receives and sends fail; what was sent and not received is lost.
    void reset() noexcept;

    /// Two ends that are connected. At most `capacity` bytes are on their way in each direction. Throws UsageError when
    /// it is 0.
    static std::pair<MemoryStream, MemoryStream> connected(std::size_t capacity = std::size_t{64} * 1024);

private:
    MemoryStream(std::shared_ptr<net::MemoryPipe> in, std::shared_ptr<net::MemoryPipe> out) noexcept
        : in_(std::move(in)), out_(std::move(out)) {}

    std::shared_ptr<net::MemoryPipe> in_;
    std::shared_ptr<net::MemoryPipe> out_;
};

}  // namespace trawl
