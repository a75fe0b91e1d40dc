#include "trawl/net/tcp.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

int new_socket(int family) {
    const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) throw OsError(errno, "socket");
    return fd;
}

void set_option(int fd, int level, int name, int value) noexcept {
    ::setsockopt(fd, level, name, &value, sizeof value);
}

Address numeric_address(const std::string& host, std::uint16_t port) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) return {reinterpret_cast<sockaddr*>(&v4), sizeof v4};
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) return {reinterpret_cast<sockaddr*>(&v6), sizeof v6};
    throw UsageError(format("'{}' is no IP address to listen on: give one in digits, such as 127.0.0.1 or ::1", host));
}

}  // namespace

// Requests are written whole: waiting for more to send (Nagle) would only delay them.
TcpStream::TcpStream(int fd) : io_(fd, IoKind::kStream) { set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); }

void TcpStream::reset() noexcept {
    if (!io_.is_open()) return;
    const linger abort{1, 0};
    ::setsockopt(io_.fd(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    io_.close();
}

Task<TcpStream> TcpStream::connect(std::string host, std::uint16_t port) {
    std::vector<Address> addresses = co_await resolve(host, port);
    std::string tried;
    int error = 0;
    for (const Address& address : addresses) {
        TcpStream stream(new_socket(address.family()));
        error = co_await stream.io_.connect(address.get(), address.size());
        if (error == 0) co_return std::move(stream);
        tried += format("{}{}", tried.empty() ? "" : ", ", address.str());
    }
    throw ConnectError(error, format("connect to {} ({})", host, tried));
}

TcpListener TcpListener::bind(const std::string& host, std::uint16_t port) {
    const Address address = numeric_address(host, port);
    TcpListener listener;
    const int fd = new_socket(address.family());
    listener.io_ = IoHandle(fd, IoKind::kListener);
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (::bind(fd, address.get(), address.size()) != 0) throw OsError(errno, "listen on " + address.str());
    if (::listen(fd, SOMAXCONN) != 0) throw OsError(errno, "listen on " + address.str());
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
    listener.port_ = Address(reinterpret_cast<sockaddr*>(&bound), size).port();
    return listener;
}

Task<TcpStream> TcpListener::accept() {
    const int fd = co_await io_.accept();
    co_return TcpStream(fd);
}

}  // namespace trawl
