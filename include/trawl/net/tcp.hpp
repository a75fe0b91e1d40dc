/// TCP: connections and listeners. Time limits are the caller's: `timeout(10s, TcpStream::connect(host, port))`.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/net/address.hpp"
#include "trawl/net/stream_socket.hpp"

namespace trawl {

/// A connection: see StreamSocket for what it does.
class TcpStream : public StreamSocket {
public:
    TcpStream() = default;
    /// Takes over a connected, non-blocking socket.
    explicit TcpStream(int fd);

    /// Connects to the address of `host` that answers first (RFC 8305). IPv6 and IPv4 addresses are asked for at once;
    /// connecting begins with the first IPv6 ones, or with IPv4 ones that came 50 ms earlier; the next address is
    /// tried when one has failed, or has not answered for 250 ms. `until_begun` gets how long it took until then,
    /// unless it is null; it must outlive the Task. Suspends. Throws ResolveError, or ConnectError naming each address
    /// that was tried.
    static Task<TcpStream> connect(std::string host, std::uint16_t port, Duration* until_begun = nullptr);
    /// The same, to addresses of `host` that were looked up before; there is one at least (UsageError).
    static Task<TcpStream> connect(std::string host, std::vector<Address> addresses);
    /// To this address alone. Suspends. Throws ConnectError.
    static Task<TcpStream> connect(Address address);

    /// Our end and the other one. Throw OsError (ENOTCONN when the peer has reset the connection).
    [[nodiscard]] Address local_address() const;
    [[nodiscard]] Address peer_address() const;

    /// Lets the kernel ask a silent peer whether it is still there: after `idle`, every `interval`; when `probes` stay
    /// without an answer, receive() throws OsError (ETIMEDOUT). Linux alone would wait two hours. Throws OsError
    /// (EINVAL for what is under a second).
    void keep_alive(std::chrono::seconds idle, std::chrono::seconds interval = std::chrono::seconds(10),
                    int probes = 3);

    /// Closes so that the peer sees a reset (RST) and not an end: an abort (RFC 9293, 3.10.5).
    void reset() noexcept;
};

/// How to listen. `TcpListener::bind("::", 80, ListenOptions().ipv6_only())`.
class ListenOptions {
public:
    ListenOptions() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate

    /// How many connections may wait to be accepted; the kernel takes no more than net.core.somaxconn. Default:
    /// SOMAXCONN (4096).
    ListenOptions& backlog(int connections) noexcept {
        backlog_ = connections;
        return *this;
    }
    /// Several listeners of this user on the same port, among which the kernel shares connections out: one per loop.
    ListenOptions& reuse_port() noexcept {
        reuse_port_ = true;
        return *this;
    }
    /// Whether "::" takes IPv6 alone, or IPv4 too. Default: what the system says (net.ipv6.bindv6only), usually both.
    ListenOptions& ipv6_only(bool only = true) noexcept {
        ipv6_only_ = only;
        return *this;
    }

private:
    friend class TcpListener;
    int backlog_ = SOMAXCONN;
    bool reuse_port_ = false;
    std::optional<bool> ipv6_only_;
};

class TcpListener {
public:
    /// Listens on `host` (an address in digits; "127.0.0.1", "::1", "0.0.0.0") and `port` (0: any free one).
    /// Throws UsageError for what is no address, OsError when it cannot be bound.
    static TcpListener bind(const std::string& host, std::uint16_t port, const ListenOptions& options = {});

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// Waits for a connection: one task at a time (UsageError). Throws OsError (EMFILE when the process has no
    /// descriptor left: the connection waits on).
    Task<TcpStream> accept();
    void close() noexcept { io_.close(); }

private:
    IoHandle io_;
    std::uint16_t port_ = 0;
};

}  // namespace trawl
