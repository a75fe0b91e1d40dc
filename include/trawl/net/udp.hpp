/// UDP: datagrams, each whole or not at all, in any order, some lost (RFC 768).
///
///     UdpSocket socket = UdpSocket::bind("127.0.0.1", 0);
///     Datagram question = co_await socket.receive_from();
///     co_await socket.send_to("answer", question.from);
///
/// Rules: a datagram that arrived for a receive that was destroyed is kept for the next one; one task receives and one
/// sends at a time. What an ICMP message says about an earlier datagram (nobody listens there) is an error of a
/// connected socket's next operation, and is not told to others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trawl/coro/task.hpp"
#include "trawl/loop/buffer.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/net/address.hpp"

namespace trawl {

class Datagram {
public:
    Datagram() = default;
    Datagram(Buffer received, const Address& sender, std::size_t sent) noexcept
        : bytes(std::move(received)), from(sender), size(sent) {}

    /// It was larger than a Buffer (Buffer::kCapacity), and its rest is lost.
    [[nodiscard]] bool is_truncated() const noexcept { return size > bytes.size(); }

    Buffer bytes;
    Address from;
    std::size_t size = 0;  // as it was sent; may be 0: an empty datagram is one, and no end
};

namespace net {

/// Received for operations that were destroyed before they saw them, in the order of their arrival.
using UnclaimedDatagrams = std::vector<Datagram>;

class ReceiveDatagram final : public loop::Operation {
public:
    ReceiveDatagram(loop::IoRecord& record, std::shared_ptr<UnclaimedDatagrams> unclaimed) noexcept
        : Operation(record), unclaimed_(std::move(unclaimed)) {}
    ~ReceiveDatagram() override;

    /// Throws UsageError when another task receives.
    bool await_ready();
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    Datagram await_resume();
    bool attempt() noexcept override;
    [[nodiscard]] std::string describe() const override;

private:
    std::shared_ptr<UnclaimedDatagrams> unclaimed_;
    Datagram datagram_;
    bool done_ = false;
};

class SendDatagram final : public loop::Operation {
public:
    /// An Address of size() 0 is the one that the socket is connected to.
    SendDatagram(loop::IoRecord& record, std::string_view bytes, const Address& to) noexcept
        : Operation(record), bytes_(bytes), to_(to) {}

    /// Throws UsageError when another task sends.
    bool await_ready();
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    void await_resume() const;
    bool attempt() noexcept override;
    [[nodiscard]] std::string describe() const override;

private:
    std::string_view bytes_;
    Address to_;
};

}  // namespace net

/// Owned by one task at a time; destroying it closes it.
class UdpSocket {
public:
    UdpSocket() = default;

    /// Receives what is sent to `host` (an address in digits) and `port` (0: any free one), from anyone. Throws
    /// UsageError for what is no address, OsError when it cannot be bound.
    static UdpSocket bind(const std::string& host, std::uint16_t port);
    /// Exchanges datagrams with one peer alone, on the first address of `host` that there is a way to. Nothing is sent
    /// for it. Throws ResolveError, ConnectError.
    static Task<UdpSocket> connect(std::string host, std::uint16_t port);

    /// Waits for a datagram. Throws OsError: ECONNREFUSED when a connected peer's port is closed, ECANCELED when the
    /// socket is closed meanwhile.
    [[nodiscard]] auto receive_from() {
        require_open();
        return io_.begin<net::ReceiveDatagram>(unclaimed_);
    }
    /// Gives the kernel a datagram, which waits only while its send buffer is full. `bytes` must stay as they are until
    /// then. Throws OsError: EMSGSIZE over 65,507 bytes (IPv4), ENETUNREACH, or an ICMP message's (ECONNREFUSED), and
    /// has sent nothing then.
    [[nodiscard]] auto send_to(std::string_view bytes, const Address& to) {
        require_open();
        return io_.begin<net::SendDatagram>(bytes, to);
    }
    /// The same to the peer of a connected socket. Throws OsError (EDESTADDRREQ when it is not connected).
    [[nodiscard]] auto send(std::string_view bytes) {
        require_open();
        return io_.begin<net::SendDatagram>(bytes, Address());
    }

    /// Where it receives. Throws OsError.
    [[nodiscard]] Address local_address() const;
    [[nodiscard]] bool is_open() const noexcept { return io_.is_open(); }
    void close() noexcept { io_.close(); }

private:
    explicit UdpSocket(int fd) : io_(fd), unclaimed_(std::make_shared<net::UnclaimedDatagrams>()) {}
    void require_open() const;

    IoHandle io_;
    std::shared_ptr<net::UnclaimedDatagrams> unclaimed_;
};

}  // namespace trawl
