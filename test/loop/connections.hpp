/// Connections over TCP on the loopback, one end of which is the test's own: it can be reset, and needs no loop.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/loop/io.hpp"

namespace trawl {

/// A descriptor of the test's.
class Plain {
public:
    explicit Plain(int fd) : fd_(fd) {
        if (fd < 0) throw OsError(errno, "make a socket");
    }
    Plain(Plain&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Plain& operator=(Plain&&) = delete;
    ~Plain() { close(); }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    /// Closes it so that the peer is told of an error (SO_LINGER, socket(7)).
    void reset() {
        const linger at_once{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close();
    }

private:
    int fd_;
};

/// A listener on a port of its own.
class PlainListener {
public:
    PlainListener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address_;
        auto* const address = reinterpret_cast<sockaddr*>(&address_);
        if (::bind(socket_.get(), address, size) != 0 || ::listen(socket_.get(), 1000) != 0 ||
            ::getsockname(socket_.get(), address, &size) != 0)
            throw OsError(errno, "listen");
    }
    /// A client that waits to be accepted.
    [[nodiscard]] Plain client() const {
        Plain made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address_), sizeof address_) != 0)
            throw OsError(errno, "connect");
        return made;
    }
    [[nodiscard]] Plain accepted() const {
        return Plain(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    }
    [[nodiscard]] unsigned port() const { return ntohs(address_.sin_port); }
    /// The listener becomes the loop's.
    [[nodiscard]] IoHandle handle() {
        ::fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
        return IoHandle(socket_.release(), IoKind::kListener);
    }

private:
    Plain socket_;
    sockaddr_in address_{};
};

/// A connection: one end is the loop's, the other the test's.
struct Connected {
    explicit Connected(IoKind kind) : Connected(kind, PlainListener()) {}
    Connected(IoKind kind, const PlainListener& listener)
        : peer(listener.client()), ours(listener.accepted().release(), kind) {}

    Plain peer;
    IoHandle ours;
};

}  // namespace trawl
