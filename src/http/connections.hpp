/// The client's connections: which one a request gets, and what becomes of it afterwards.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "connection.hpp"
#include "trawl/http/client.hpp"
#include "trawl/sync/semaphore.hpp"

namespace trawl::http {

class Connections;

/// A connection on loan to one request. It is closed when the lease ends, unless it was found fit to be kept.
class Lease {
public:
    Lease(Connections& owner, Semaphore::Permit permit, std::unique_ptr<Connection> connection,
          bool used_before) noexcept
        : owner_(&owner), permit_(std::move(permit)), connection_(std::move(connection)), used_before_(used_before) {}

    Connection* operator->() const noexcept { return connection_.get(); }
    [[nodiscard]] bool was_used_before() const noexcept { return used_before_; }
    /// Gives the connection back if another request may use it.
    void keep_if_reusable(const std::string& origin);

private:
    Connections* owner_;
    Semaphore::Permit permit_;
    std::unique_ptr<Connection> connection_;
    bool used_before_;
};

class Connections {
public:
    explicit Connections(const ClientOptions& options);

    /// Suspends while all connections are in use. Throws ResolveError, ConnectError, TimeoutError.
    Task<Lease> acquire(const Request& request);
    [[nodiscard]] std::string describe() const;

private:
    friend class Lease;
    struct Idle {
        std::string origin;
        std::unique_ptr<Connection> connection;
        TimePoint expires;
    };

    std::unique_ptr<Connection> take_idle(const std::string& origin);
    void keep(const std::string& origin, std::unique_ptr<Connection> connection);
    void make_room();
    Task<std::unique_ptr<Connection>> open(const Request& request);

    ClientOptions options_;
    Semaphore permits_;
    std::deque<Idle> idle_;  // the freshest last
};

}  // namespace trawl::http
