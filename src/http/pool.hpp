/// Which connection serves which request: the pool's decisions, without sockets, tasks or a clock. The client tells
/// what happened, gets back what to do, and does it afterwards. Neither fails; everything is one call, decided at once.
///
/// Rules: the freshest idle connection first (the others may then expire); requests of one origin in the order they
/// came; a request that could open a connection never waits; an idle connection makes room for another origin's request
/// when the pool is full; a connection is handed out only before its deadline.
///
/// An HTTP/2 connection is shared: it carries as many requests at once as its server allows. Where connections may turn
/// out to be such, one is opened at a time, and the other requests wait until it is known what it is.
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
        bool open;  ///< the connection does not exist yet: open it, then tell connected() or cancelled()
    };
    std::vector<Assignment> assigned;  ///< in the order of the requests; who is not named here waits
    std::vector<ConnectionId> close;   ///< the pool has forgotten them

    /// "use 3 for 7; open 4 for 8; close 1", or "wait" if nothing is to be done.
    [[nodiscard]] std::string describe() const;
};

class Pool {
public:
    explicit Pool(const PoolLimits& limits = {}) : limits_(limits) {}

    /// A request wants a connection. `origin` is all that connections must have in common ("https://host:443", and the
    /// TLS settings, if they differ). `may_share`: a new connection may speak HTTP/2. Requires: `id` is not in use.
    [[nodiscard]] PoolDecisions request(RequestId id, std::string_view origin, TimePoint now, bool may_share = false);

    /// The same where a connection can be had at once, which is most of the time: that one, and nothing else changes.
    /// None where request() has something to decide; the request is not known to the pool then.
    [[nodiscard]] std::optional<ConnectionId> request_at_once(RequestId id, std::string_view origin, TimePoint now);

    /// The connection that was to be opened is ready for the request that it was opened for, and for no other one.
    [[nodiscard]] PoolDecisions connected(ConnectionId id, TimePoint now);
    /// The same for one that is shared by up to `streams_max` requests.
    [[nodiscard]] PoolDecisions connected_shared(ConnectionId id, std::size_t streams_max, TimePoint now);
    /// The server of a shared connection allows another number of requests. Those that it carries stay.
    [[nodiscard]] PoolDecisions resized(ConnectionId id, std::size_t streams_max, TimePoint now);
    /// A shared connection takes no further requests. Those that it carries stay; it is closed behind the last of them.
    [[nodiscard]] PoolDecisions retired(ConnectionId id, TimePoint now);

    /// The request has its answer and needs its connection no more. `reusable`: others may have it (see
    /// ResponseParser::reusable()). `keep_alive`: what the server promised (parse_keep_alive); a second less is
    /// believed, for the way of its FIN.
    [[nodiscard]] PoolDecisions released(RequestId id, bool reusable, TimePoint now,
                                         std::optional<Duration> keep_alive = std::nullopt);

    /// Nobody wants this request's answer any more, or its connection failed. A connection that it held alone is
    /// closed: what is on it belongs to nobody.
    [[nodiscard]] PoolDecisions cancelled(RequestId id, TimePoint now);

    /// Closes the idle connections whose deadline has passed.
    [[nodiscard]] PoolDecisions expire(TimePoint now);
    /// When expire() will next have something to do.
    [[nodiscard]] std::optional<TimePoint> next_expiry() const;

    /// "[https://a:443 h1 idle 3s] [https://a:443 h1 active] [https://b:443 h2 3/100] [https://c:443 connecting] queue
    /// 2".
    [[nodiscard]] std::string describe(TimePoint now) const;

    [[nodiscard]] std::size_t connection_count() const noexcept { return connections_.size(); }
    [[nodiscard]] std::size_t waiting_count() const noexcept { return waiting_count_; }

private:
    enum class Use { connecting, active, idle };
    enum class Sharing { never, unknown, expected };
    struct Connection;
    struct Origin {
        std::vector<Connection*> idle;               // unshared ones, the freshest last
        std::vector<Connection*> shared;             // those that take requests, in the order of their opening
        std::map<std::uint64_t, RequestId> waiting;  // by order of arrival
        std::size_t connection_count = 0;
        std::size_t connecting_count = 0;
        Sharing sharing = Sharing::never;
        std::size_t openings_max = 1;  // at once, where connections may turn out to be shared
    };
    using Origins = std::map<std::string, Origin, std::less<>>;
    struct Connection {
        ConnectionId id;
        Origins::iterator origin;
        Use use = Use::connecting;
        bool is_shared = false, is_retired = false;
        std::size_t request_count = 0, requests_max = 1;
        TimePoint connected_at, idle_since, deadline;
    };
    using Connections = std::map<ConnectionId, Connection>;
    struct Request {
        Origins::iterator origin;
        std::uint64_t order;
        Connection* connection;  // null while it waits; else it is there for as long as the request is
    };
    using Requests = std::unordered_map<RequestId, Request>;

    void serve(TimePoint now, PoolDecisions& decisions);
    void serve_from_idle(Origins::iterator origin, TimePoint now, PoolDecisions& decisions);
    void serve_from_shared(Origins::iterator origin, TimePoint now, PoolDecisions& decisions);
    void add(RequestId id, const Request& request);
    void remove(Requests::iterator request);
    [[nodiscard]] Connection* ready_for_more(const Origin& origin, TimePoint now) const;
    [[nodiscard]] static bool may_open(const Origin& origin, std::size_t per_origin_max);
    void expect_less(Origin& origin) const;
    [[nodiscard]] Connection* ready(ConnectionId id, TimePoint now);
    void retire(Connection& connection, PoolDecisions& decisions);
    [[nodiscard]] Origins::iterator next_to_open();
    [[nodiscard]] bool make_room(PoolDecisions& decisions);
    void open(Origins::iterator origin, PoolDecisions& decisions);
    void assign(Origins::iterator origin, Connection& connection, bool open, PoolDecisions& decisions);
    void leave(Connection& connection, bool reusable, TimePoint now, std::optional<Duration> keep_alive,
               PoolDecisions& decisions);
    void close(Connection& connection, PoolDecisions& decisions);
    void forget(Connection& connection);
    void forget_if_unused(Origins::iterator origin);
    [[nodiscard]] bool rest(Connection& connection, TimePoint now, std::optional<Duration> keep_alive);

    PoolLimits limits_;
    Origins origins_;
    Connections connections_;
    Requests requests_;
    Requests::node_type spare_;  // of the last request that was removed: the next one needs no memory
    std::size_t waiting_count_ = 0;
    std::uint64_t next_order_ = 0;
    ConnectionId next_connection_ = 1;
};

/// The seconds of `Keep-Alive: timeout=5, max=100`.
[[nodiscard]] std::optional<Duration> parse_keep_alive(std::string_view value);

}  // namespace trawl::http
