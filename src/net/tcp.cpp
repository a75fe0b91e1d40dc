#include "trawl/net/tcp.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "connect_first.hpp"
#include "socket.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {

// Requests are written whole: waiting for more to send (Nagle) would only delay them. The kernel keeps no more than a
// little that it cannot send yet: with megabytes of it, a sender would hear for a minute of nothing that a slow peer
// takes, and could not tell it from one that takes nothing.
TcpStream::TcpStream(int fd) : StreamSocket(fd) {
    const int now = 1, unsent_most = 128 * 1024;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
    ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_most, sizeof unsent_most);
}

void TcpStream::reset() noexcept {
    if (!is_open()) return;
    const linger abort{1, 0};
    ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    close();
}

Address TcpStream::local_address() const { return net::local_address(fd()); }

Address TcpStream::peer_address() const { return net::peer_address(fd()); }

void TcpStream::keep_alive(std::chrono::seconds idle, std::chrono::seconds interval, int probes) {
    net::set_option(fd(), IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(idle.count()), "TCP_KEEPIDLE");
    net::set_option(fd(), IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(interval.count()), "TCP_KEEPINTVL");
    net::set_option(fd(), IPPROTO_TCP, TCP_KEEPCNT, probes, "TCP_KEEPCNT");
    net::set_option(fd(), SOL_SOCKET, SO_KEEPALIVE, 1, "SO_KEEPALIVE");
}

Task<TcpStream> TcpStream::connect(Address address) {
    TcpStream stream(net::new_socket_to(address, SOCK_STREAM));
    const int error = co_await stream.io().connect(address.get(), address.size());
    if (error != 0) throw ConnectError(error, "connect to " + address.str());
    co_return stream;
}

Task<TcpStream> TcpStream::connect(std::string host, std::uint16_t port, Duration* until_begun) {
    return net::resolve_and_connect(std::move(host), port, until_begun);
}

Task<TcpStream> TcpStream::connect(std::string host, std::vector<Address> addresses) {
    if (addresses.empty()) throw UsageError("there is no address of '" + host + "' to connect to");
    co_return co_await net::connect_first(std::move(host), std::move(addresses));
}

TcpListener TcpListener::bind(const std::string& host, std::uint16_t port, const ListenOptions& options) {
    const Address address = net::numeric_address(host, port);
    TcpListener listener;
    const int fd = net::new_socket(address.family(), SOCK_STREAM);
    listener.io_ = IoHandle(fd, IoKind::kListener);
    net::set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
    if (options.reuse_port_) net::set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT");
    if (options.ipv6_only_ && address.family() == AF_INET6)
        net::set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, *options.ipv6_only_ ? 1 : 0, "IPV6_V6ONLY");
    net::bind_to(fd, address);
    if (::listen(fd, options.backlog_) != 0) throw OsError(errno, "listen on " + address.str());
    listener.port_ = net::local_address(fd).port();
    return listener;
}

Task<TcpStream> TcpListener::accept() {
    try {
        const int fd = co_await io_.accept();
        co_return TcpStream(fd);
    } catch (const OsError& error) {
        if (error.code() == ECANCELED) throw;
        throw OsError(error.code(), format("accept on port {}", port_), net::advice_on(error.code()));
    }
}

}  // namespace trawl
