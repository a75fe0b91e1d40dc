#include "socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/net/stream_socket.hpp"

namespace trawl {
namespace net {

int new_socket(int family, int type) {
    const int fd = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) throw OsError(errno, "make a socket", advice_on(errno));
    return fd;
}

int new_socket_to(const Address& address, int type) {
    try {
        return new_socket(address.family(), type);
    } catch (const OsError& error) {
        throw ConnectError(error.code(), "connect to " + address.str(), advice_on(error.code()));
    }
}

std::string advice_on(int error) {
    if (error == EMFILE)
        return "this process has too many files and sockets open: close some, or raise its limit (ulimit -n)";
    if (error == ENFILE) return "the system has too many files and sockets open: close some";
    return {};
}

void set_option(int fd, int level, int name, int value, const char* what) {
    if (::setsockopt(fd, level, name, &value, sizeof value) != 0)
        throw OsError(errno, format("set {} to {}", what, value));
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

void bind_to(int fd, const Address& address) {
    if (::bind(fd, address.get(), address.size()) != 0) throw OsError(errno, "listen on " + address.str());
}

Address local_address(int fd) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) throw OsError(errno, "getsockname");
    return {reinterpret_cast<sockaddr*>(&bound), size};
}

Address peer_address(int fd) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) throw OsError(errno, "getpeername");
    return {reinterpret_cast<sockaddr*>(&peer), size};
}

}  // namespace net

void StreamSocket::shutdown_send() {
    if (::shutdown(io_.fd(), SHUT_WR) != 0) throw OsError(errno, "shutdown");
}

}  // namespace trawl
