/// The client's connections: does what the pool decides, with real sockets and waiting tasks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "connection.hpp"
#include "pool.hpp"
#include "trawl/http/client.hpp"
#include "trawl/net/tls.hpp"

namespace trawl::http {

class Connections;

/// A connection on loan to one request. It is closed when the lease ends, unless it was given back.
class Lease {
public:
    Lease(Connections& owner, RequestId request) noexcept : owner_(&owner), request_(request) {}
    Lease(Lease&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          request_(other.request_),
          id_(other.id_),
          connection_(other.connection_),
          used_before_(other.used_before_),
          timings_(other.timings_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    Connection* operator->() const noexcept { return connection_; }
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
    ConnectionId id_ = 0;
    Connection* connection_ = nullptr;
    bool used_before_ = false;
    Timings timings_;
};

class Connections {
public:
    explicit Connections(const ClientOptions& options);
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    /// Suspends while all connections are in use. Throws ResolveError, ConnectError, TlsError,
    /// TimeoutError.
    Task<Lease> acquire(const Request& request);
    [[nodiscard]] std::string describe() const;

private:
    friend class Lease;
    class Assigned;

    Task<std::unique_ptr<Connection>> open(const Request& request, Timings& timings);
    Task<TcpStream> connect(const Request& request, Timings& timings);
    Task<TlsStream> secure(const Request& request, TcpStream stream, Timings& timings);
    TlsContext& tls();
    [[nodiscard]] bool is_fit(ConnectionId id) const;
    void apply(const PoolDecisions& decisions);
    static TimePoint now();

    ClientOptions options_;
    Pool pool_;
    std::optional<TlsContext> tls_;
    std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
    std::unordered_map<RequestId, Assigned*> waiting_;
    RequestId next_request_ = 1;
};

}  // namespace trawl::http
