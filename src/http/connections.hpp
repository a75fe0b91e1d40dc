/// The client's connections: does what the pool decides, with real sockets and waiting tasks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "h1_connection.hpp"
#include "h2_carrier.hpp"
#include "pool.hpp"
#include "trawl/http/client.hpp"
#include "trawl/net/tls.hpp"
#include "trawl/net/unix.hpp"
#include "trawl/sync/lock.hpp"

namespace trawl::http {

class Connections;

/// A connection, or a share in one, on loan to one request. When the lease ends without having been given back, the
/// exchange is given up: a connection that was its alone is closed.
class Lease {
public:
    Lease(Connections& owner, RequestId request) noexcept : owner_(&owner), request_(request) {}
    Lease(Lease&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          request_(other.request_),
          carrier_(other.carrier_),
          share_(std::move(other.share_)),
          used_before_(other.used_before_),
          timings_(other.timings_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    Carrier* operator->() const noexcept { return carrier_; }
    [[nodiscard]] Carrier* carrier() const noexcept { return carrier_; }
    /// It served another request before this one.
    [[nodiscard]] bool was_used_before() const noexcept { return used_before_; }
    /// Queue, resolve, connect and TLS: what it took to have the connection.
    [[nodiscard]] const Timings& timings() const noexcept { return timings_; }
    /// The exchange is complete: another request may have the connection, if it is fit for one.
    void give_back();

private:
    friend class Connections;
    Connections* owner_;
    RequestId request_;
    Carrier* carrier_ = nullptr;
    std::unique_ptr<H2Carrier> share_;  // which carrier_ is then
    bool used_before_ = false;
    std::optional<std::string> proxy_login_;  // see H1Connection
    Timings timings_;
};

class Connections {
public:
    explicit Connections(const ClientOptions& options);
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;
    ~Connections();

    /// A connection that is open already, if one is free for `request`.
    [[nodiscard]] std::optional<Lease> acquire_at_once(const Request& request);
    /// Opens one if none is. Suspends while all connections are in use. Throws ResolveError, ConnectError, TlsError,
    /// TimeoutError.
    Task<Lease> acquire(const Request& request);
    [[nodiscard]] std::string describe() const;

private:
    friend class Lease;
    class Assigned;
    struct Held {
        std::unique_ptr<H1Connection> own;  // either serves one request at a time,
        H2Connection::Shared shared;        // or several
    };

    Task<PoolDecisions::Assignment> in_time(Assigned& assigned, const Request& request);
    [[nodiscard]] bool may_share(const Request& request) const;
    bool take(Lease& lease, ConnectionId id);
    Task<> open(Lease& lease, ConnectionId id, const Request& request);
    void hold(Lease& lease, ConnectionId id, Transport transport, bool is_shared);
    [[nodiscard]] bool needs_no_tunnel(const Proxy& proxy, const Request& request) const;
    template <class Socket>
    Task<> set_up(Lease& lease, ConnectionId id, const Request& request, Socket socket);
    Task<TcpStream> connect(const Request& request, const Proxy* proxy, Timings& timings);
    Task<> pass(TcpStream& stream, const Proxy& proxy, const Request& request, Timings& timings);
    Task<UnixStream> connect_locally(const Request& request, Timings& timings);
    Task<TlsStream> secure(const Request& request, Task<TlsStream> shaking, Timings& timings);
    [[nodiscard]] TlsOptions tls_options() const;
    Task<> prepare_tls();
    void shared_changed(ConnectionId id);
    void drop(ConnectionId id);
    void apply(const PoolDecisions& decisions);
    [[nodiscard]] const std::string& origin_of(const Url& url);
    static TimePoint now();

    ClientOptions options_;
    Pool pool_;
    std::optional<TlsContext> tls_;
    Lock tls_turn_;  // of those who find none
    RequestWriter writer_;
    std::unordered_map<ConnectionId, Held> connections_;
    std::unordered_map<RequestId, Assigned*> waiting_;
    RequestId next_request_ = 1;
    std::string last_prefix_, last_origin_;  // of the URL that was asked for last: the next is often its neighbour
};

}  // namespace trawl::http
