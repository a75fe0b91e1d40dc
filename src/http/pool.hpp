/// Which connection serves which request: the pool's decisions, without sockets, tasks or a clock. The client tells
/// what happened, gets back what to do, and does it afterwards. Neither fails; everything is one call, decided at once.
///
/// Rules: the freshest idle connection first (the others may then expire); requests of one origin in the order they
/// came; a request that could open a connection never waits; an idle connection makes room for another origin's request
/// when the pool is full; a connection is handed out only before its deadline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "trawl/base/clock.hpp"

namespace trawl::http {

using ConnectionId = std::uint64_t;
using RequestId = std::uint64_t;

struct PoolLimits {
    std::size_t connections_max = 100;  ///< in all, as in httpx
    std::size_t per_origin_max = 100;
    Duration idle_max = std::chrono::seconds(15);   ///< below the 60 s and more of common servers and balancers
    Duration lifetime_max = std::chrono::hours(1);  ///< so that a change in DNS is noticed one day
};

struct PoolDecisions {
    struct Assignment {
        RequestId request;
        ConnectionId connection;
        bool open;  ///< the connection does not exist yet: open it, then tell connected() or closed()
    };
    std::vector<Assignment> assigned;  ///< in the order of the requests; who is not named here waits
    std::vector<ConnectionId> close;   ///< the pool has forgotten them; closed() need not be told

    /// "use 3 for 7; open 4 for 8; close 1", or "wait" if nothing is to be done.
    [[nodiscard]] std::string describe() const;
};

class Pool {
public:
    explicit Pool(const PoolLimits& limits = {}) : limits_(limits) {}

    /// A request wants a connection. `origin` is all that connections must have in common ("https://host:443", and the
    /// TLS settings, if they differ). Requires: `id` is not in use.
    [[nodiscard]] PoolDecisions request(RequestId id, std::string_view origin, TimePoint now);

    /// The connection that was to be opened is ready for the request that it was opened for.
    void connected(ConnectionId id, TimePoint now);

    /// The request that held the connection is done. `reusable`: see ResponseParser::reusable(). `keep_alive`: what the
    /// server promised (parse_keep_alive); a second less is believed, for the way of its FIN.
    [[nodiscard]] PoolDecisions released(ConnectionId id, bool reusable, TimePoint now,
                                         std::optional<Duration> keep_alive = std::nullopt);

    /// The connection is gone: it could not be opened, broke while in use, or its peer closed it while idle. A request
    /// that held it is done with as well; it may be requested again.
    [[nodiscard]] PoolDecisions closed(ConnectionId id, TimePoint now);

    /// Nobody wants this request's answer any more. A connection that it held is closed: what is on it belongs to
    /// nobody.
    [[nodiscard]] PoolDecisions cancelled(RequestId id, TimePoint now);

    /// Closes the idle connections whose deadline has passed.
    [[nodiscard]] PoolDecisions expire(TimePoint now);
    /// When expire() will next have something to do.
    [[nodiscard]] std::optional<TimePoint> next_expiry() const;

    /// "[https://a:443 h1 idle 3s] [https://a:443 h1 active] [https://b:443 h1 connecting] queue 2".
    [[nodiscard]] std::string describe(TimePoint now) const;

    [[nodiscard]] std::size_t connection_count() const noexcept { return connections_.size(); }
    [[nodiscard]] std::size_t waiting_count() const noexcept { return waiting_count_; }

private:
    enum class Use { connecting, active, idle };
    struct Origin {
        std::vector<ConnectionId> idle;              // the freshest last
        std::map<std::uint64_t, RequestId> waiting;  // by order of arrival
        std::size_t connection_count = 0;
    };
    using Origins = std::map<std::string, Origin, std::less<>>;
    struct Connection {
        Origins::iterator origin;
        Use use = Use::connecting;
        RequestId request = 0;
        TimePoint connected_at, idle_since, deadline;
    };
    using Connections = std::map<ConnectionId, Connection>;
    struct Request {
        Origins::iterator origin;
        std::uint64_t order;
        std::optional<ConnectionId> connection;
    };

    void serve(TimePoint now, PoolDecisions& decisions);
    void serve_from_idle(Origins::iterator origin, TimePoint now, PoolDecisions& decisions);
    [[nodiscard]] Origins::iterator next_to_open();
    [[nodiscard]] bool make_room(PoolDecisions& decisions);
    void open(Origins::iterator origin, PoolDecisions& decisions);
    void assign(Origins::iterator origin, ConnectionId id, bool open, PoolDecisions& decisions);
    void forget(Connections::iterator connection);
    void forget_if_unused(Origins::iterator origin);
    [[nodiscard]] bool rest(Connection& connection, TimePoint now, std::optional<Duration> keep_alive);

    PoolLimits limits_;
    Origins origins_;
    Connections connections_;
    std::unordered_map<RequestId, Request> requests_;
    std::size_t waiting_count_ = 0;
    std::uint64_t next_order_ = 0;
    ConnectionId next_connection_ = 1;
};

/// The seconds of `Keep-Alive: timeout=5, max=100`.
[[nodiscard]] std::optional<Duration> parse_keep_alive(std::string_view value);

}  // namespace trawl::http
