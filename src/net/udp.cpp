#include "trawl/net/udp.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

#include "socket.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace net {
namespace {

bool would_block(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

/// " from 127.0.0.1:53" for whom the socket is connected to, else " on" its own address; nothing when it is closed.
std::string whereabouts(int fd, const char* before_peer) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const auto text = [&] { return Address(reinterpret_cast<sockaddr*>(&address), size).str(); };
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0) return before_peer + text();
    size = sizeof address;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0) return " on " + text();
    return {};
}

}  // namespace

// ---- ReceiveDatagram ----

ReceiveDatagram::~ReceiveDatagram() {
    if (done_) unclaimed_->push_back(std::move(datagram_));
}

bool ReceiveDatagram::await_ready() {
    require_free(record().reader);
    return (record().readable || !unclaimed_->empty()) && attempt();
}

void ReceiveDatagram::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    wait_in(record().reader);
}

// MSG_TRUNC asks for the datagram's size even when the buffer holds less (recv(2)). There is one datagram per call:
// only EAGAIN says that there are no more.
bool ReceiveDatagram::attempt() noexcept {
    if (!unclaimed_->empty()) {
        datagram_ = std::move(unclaimed_->front());
        unclaimed_->erase(unclaimed_->begin());
        return done_ = true;
    }
    Buffer buffer = Buffer::lease();
    sockaddr_storage sender{};
    socklen_t sender_size = sizeof sender;
    ssize_t got;
    do {
        got = ::recvfrom(record().fd, buffer.data(), Buffer::kCapacity, MSG_TRUNC, reinterpret_cast<sockaddr*>(&sender),
                         &sender_size);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && would_block(errno)) {
        record().readable = false;
        return false;
    }
    if (got < 0) {
        error_ = errno;
        return true;
    }
    const auto size = static_cast<std::size_t>(got);
    buffer.resize(std::min(size, Buffer::kCapacity));
    datagram_ = Datagram(std::move(buffer), Address(reinterpret_cast<sockaddr*>(&sender), sender_size), size);
    return done_ = true;
}

Datagram ReceiveDatagram::await_resume() {
    if (error_ != 0) throw OsError(error_, "receive a datagram" + whereabouts(record().fd, " from "));
    done_ = false;
    return std::move(datagram_);
}

std::string ReceiveDatagram::describe() const { return "a datagram"; }

// ---- SendDatagram ----

bool SendDatagram::await_ready() {
    require_free(record().writer);
    return attempt();
}

void SendDatagram::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    wait_in(record().writer);
}

bool SendDatagram::attempt() noexcept {
    const sockaddr* to = to_.size() == 0 ? nullptr : to_.get();
    ssize_t sent;
    do {
        sent = ::sendto(record().fd, bytes_.data(), bytes_.size(), MSG_NOSIGNAL, to, to_.size());
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0) return true;
    if (would_block(errno)) {
        record().writable = false;
        return false;
    }
    error_ = errno;
    return true;
}

void SendDatagram::await_resume() const {
    if (error_ == 0) return;
    throw OsError(error_,
                  "send a datagram" + (to_.size() == 0 ? whereabouts(record().fd, " to ") : " to " + to_.str()));
}

std::string SendDatagram::describe() const { return "room for a datagram"; }

}  // namespace net

UdpSocket UdpSocket::bind(const std::string& host, std::uint16_t port) {
    const Address address = net::numeric_address(host, port);
    UdpSocket socket(net::new_socket(address.family(), SOCK_DGRAM));
    net::bind_to(socket.io_.fd(), address);
    return socket;
}

Task<UdpSocket> UdpSocket::connect(std::string host, std::uint16_t port) {
    std::vector<Address> addresses = co_await resolve(host, port);
    int error = 0;
    for (const Address& address : addresses) {
        UdpSocket socket(net::new_socket_to(address, SOCK_DGRAM));
        if (::connect(socket.io_.fd(), address.get(), address.size()) == 0) co_return std::move(socket);
        error = errno;
    }
    throw ConnectError(error, format("send datagrams to {} port {}", host, port), net::advice_on(error));
}

void UdpSocket::require_open() const {
    if (!io_.is_open()) throw OsError(ECANCELED, "use a UDP socket", "it is closed, or was moved from");
}

Address UdpSocket::local_address() const {
    require_open();
    return net::local_address(io_.fd());
}

}  // namespace trawl
