/// The pool's decisions.
#include "pool.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "trawl/base/format.hpp"

namespace trawl::http {

// ---- What happened ----

PoolDecisions Pool::request(RequestId id, std::string_view origin, TimePoint now, bool may_share) {
    assert(!requests_.contains(id));
    auto at = origins_.find(origin);
    if (at == origins_.end()) {
        at = origins_.emplace(std::string(origin), Origin()).first;
        at->second.sharing = may_share ? Sharing::unknown : Sharing::never;
    }
    const std::uint64_t order = next_order_++;
    requests_.emplace(id, Request{at, order, std::nullopt});
    at->second.waiting.emplace(order, id);
    ++waiting_count_;
    PoolDecisions decisions;
    serve(now, decisions);
    return decisions;
}

std::optional<ConnectionId> Pool::request_at_once(RequestId id, std::string_view origin, TimePoint now) {
    assert(!requests_.contains(id));
    const auto at = origins_.find(origin);
    if (at == origins_.end() || !at->second.waiting.empty()) return std::nullopt;
    const std::optional<ConnectionId> found = ready_for_more(at->second, now);
    if (!found) return std::nullopt;
    Connection& connection = connections_.at(*found);
    if (!connection.is_shared) at->second.idle.pop_back();
    connection.use = Use::active;
    ++connection.request_count;
    requests_.emplace(id, Request{at, next_order_++, found});
    return found;
}

/// The first that serve() would give away, if it has nothing to close before.
std::optional<ConnectionId> Pool::ready_for_more(const Origin& origin, TimePoint now) const {
    if (!origin.idle.empty()) {
        const bool is_fresh = connections_.at(origin.idle.back()).deadline > now;
        return is_fresh ? std::optional(origin.idle.back()) : std::nullopt;
    }
    for (const ConnectionId id : origin.shared) {
        const Connection& shared = connections_.at(id);
        const bool is_stale = shared.use == Use::idle && shared.deadline <= now;
        if (is_stale || shared.connected_at + limits_.lifetime_max <= now) return std::nullopt;
        if (shared.request_count < shared.requests_max) return id;
    }
    return std::nullopt;
}

/// Null when its request was cancelled meanwhile.
Pool::Connection* Pool::ready(ConnectionId id, TimePoint now) {
    const auto at = connections_.find(id);
    if (at == connections_.end()) return nullptr;
    assert(at->second.use == Use::connecting);
    at->second.use = Use::active;
    at->second.connected_at = now;
    --at->second.origin->second.connecting_count;
    return &at->second;
}

PoolDecisions Pool::connected(ConnectionId id, TimePoint now) {
    PoolDecisions decisions;
    Connection* connection = ready(id, now);
    if (connection == nullptr) return decisions;
    connection->origin->second.sharing = Sharing::never;
    serve(now, decisions);
    return decisions;
}

PoolDecisions Pool::connected_shared(ConnectionId id, std::size_t streams_max, TimePoint now) {
    PoolDecisions decisions;
    Connection* connection = ready(id, now);
    if (connection == nullptr) return decisions;
    connection->is_shared = true;
    connection->requests_max = streams_max;
    connection->origin->second.sharing = Sharing::expected;
    connection->origin->second.shared.push_back(id);
    serve(now, decisions);
    return decisions;
}

PoolDecisions Pool::resized(ConnectionId id, std::size_t streams_max, TimePoint now) {
    PoolDecisions decisions;
    const auto at = connections_.find(id);
    if (at == connections_.end()) return decisions;
    at->second.requests_max = streams_max;
    serve(now, decisions);
    return decisions;
}

PoolDecisions Pool::retired(ConnectionId id, TimePoint now) {
    PoolDecisions decisions;
    const auto at = connections_.find(id);
    if (at == connections_.end() || at->second.is_retired) return decisions;
    retire(at, decisions);
    serve(now, decisions);
    return decisions;
}

PoolDecisions Pool::released(RequestId id, bool reusable, TimePoint now, std::optional<Duration> keep_alive) {
    PoolDecisions decisions;
    const auto at = requests_.find(id);
    if (at == requests_.end()) return decisions;
    assert(at->second.connection);
    const auto connection = connections_.find(*at->second.connection);
    requests_.erase(at);
    leave(connection, reusable, now, keep_alive, decisions);
    serve(now, decisions);
    return decisions;
}

PoolDecisions Pool::cancelled(RequestId id, TimePoint now) {
    PoolDecisions decisions;
    const auto at = requests_.find(id);
    if (at == requests_.end()) return decisions;
    const Request request = at->second;
    requests_.erase(at);
    if (request.connection) {
        const auto connection = connections_.find(*request.connection);
        leave(connection, connection->second.is_shared, now, std::nullopt, decisions);
    } else {
        request.origin->second.waiting.erase(request.order);
        --waiting_count_;
        forget_if_unused(request.origin);
    }
    serve(now, decisions);
    return decisions;
}

PoolDecisions Pool::expire(TimePoint now) {
    PoolDecisions decisions;
    for (auto at = connections_.begin(); at != connections_.end();) {
        const auto next = std::next(at);
        if (at->second.use == Use::idle && at->second.deadline <= now) close(at, decisions);
        at = next;
    }
    serve(now, decisions);
    return decisions;
}

std::optional<TimePoint> Pool::next_expiry() const {
    std::optional<TimePoint> next;
    for (const auto& [id, connection] : connections_)
        if (connection.use == Use::idle && (!next || connection.deadline < *next)) next = connection.deadline;
    return next;
}

// ---- What to do ----

/// Gives away all that can be given away. Costs a step per origin, and only while someone waits.
void Pool::serve(TimePoint now, PoolDecisions& decisions) {
    if (waiting_count_ == 0) return;
    for (auto origin = origins_.begin(); origin != origins_.end(); ++origin) {
        serve_from_idle(origin, now, decisions);
        serve_from_shared(origin, now, decisions);
    }
    while (waiting_count_ > 0) {
        const auto origin = next_to_open();
        if (origin == origins_.end()) return;
        if (connections_.size() >= limits_.connections_max && !make_room(decisions)) return;
        open(origin, decisions);
    }
}

/// An idle connection past its deadline may be half closed by now: it is closed instead.
void Pool::serve_from_idle(Origins::iterator origin, TimePoint now, PoolDecisions& decisions) {
    std::vector<ConnectionId>& idle = origin->second.idle;
    while (!idle.empty() && !origin->second.waiting.empty()) {
        const auto at = connections_.find(idle.back());
        if (at->second.deadline > now) {
            idle.pop_back();
            assign(origin, at->first, false, decisions);
        } else {
            close(at, decisions);
        }
    }
}

/// The oldest first: the others may then become idle, and expire.
void Pool::serve_from_shared(Origins::iterator origin, TimePoint now, PoolDecisions& decisions) {
    if (origin->second.waiting.empty()) return;
    const std::vector<ConnectionId> shared = origin->second.shared;
    for (const ConnectionId id : shared) {
        const auto at = connections_.find(id);
        const bool is_stale = at->second.use == Use::idle && at->second.deadline <= now;
        if (is_stale || at->second.connected_at + limits_.lifetime_max <= now) {
            retire(at, decisions);
            continue;
        }
        while (at->second.request_count < at->second.requests_max && !origin->second.waiting.empty())
            assign(origin, id, false, decisions);
        if (origin->second.waiting.empty()) return;
    }
}

/// Where a connection may be shared, the one that is being opened may serve all who wait.
bool Pool::may_open(const Origin& origin, std::size_t per_origin_max) {
    if (origin.waiting.empty() || origin.connection_count >= per_origin_max) return false;
    return origin.sharing == Sharing::never || origin.connecting_count == 0;
}

/// The origin of the request that has waited longest among those whose origin may have one more connection.
Pool::Origins::iterator Pool::next_to_open() {
    auto found = origins_.end();
    for (auto at = origins_.begin(); at != origins_.end(); ++at) {
        const Origin& origin = at->second;
        if (!may_open(origin, limits_.per_origin_max)) continue;
        if (found == origins_.end() || origin.waiting.begin()->first < found->second.waiting.begin()->first) found = at;
    }
    return found;
}

/// Closes the connection that has been idle longest. Whoever waits could not have used it, or would have got it.
bool Pool::make_room(PoolDecisions& decisions) {
    auto oldest = connections_.end();
    for (auto at = connections_.begin(); at != connections_.end(); ++at) {
        if (at->second.use != Use::idle) continue;
        if (oldest == connections_.end() || at->second.idle_since < oldest->second.idle_since) oldest = at;
    }
    if (oldest == connections_.end()) return false;
    close(oldest, decisions);
    return true;
}

void Pool::open(Origins::iterator origin, PoolDecisions& decisions) {
    const ConnectionId id = next_connection_++;
    Connection connection;
    connection.origin = origin;
    connections_.emplace(id, connection);
    ++origin->second.connection_count;
    ++origin->second.connecting_count;
    assign(origin, id, true, decisions);
}

void Pool::assign(Origins::iterator origin, ConnectionId id, bool open, PoolDecisions& decisions) {
    const auto first = origin->second.waiting.begin();
    const RequestId request = first->second;
    origin->second.waiting.erase(first);
    --waiting_count_;
    requests_.at(request).connection = id;
    Connection& connection = connections_.at(id);
    ++connection.request_count;
    if (!open) connection.use = Use::active;
    decisions.assigned.push_back({request, id, open});
}

/// One request less on it. The last one leaves it idle, if it is of further use.
void Pool::leave(Connections::iterator connection, bool reusable, TimePoint now, std::optional<Duration> keep_alive,
                 PoolDecisions& decisions) {
    Connection& left = connection->second;
    if (--left.request_count > 0) return;
    if (!reusable || left.is_retired || !rest(left, now, keep_alive)) {
        close(connection, decisions);
    } else if (!left.is_shared) {
        left.origin->second.idle.push_back(connection->first);
    }
}

void Pool::retire(Connections::iterator connection, PoolDecisions& decisions) {
    connection->second.is_retired = true;
    std::erase(connection->second.origin->second.shared, connection->first);
    if (connection->second.request_count == 0) close(connection, decisions);
}

void Pool::close(Connections::iterator connection, PoolDecisions& decisions) {
    decisions.close.push_back(connection->first);
    forget(connection);
}

void Pool::forget(Connections::iterator connection) {
    const auto origin = connection->second.origin;
    std::erase(origin->second.idle, connection->first);
    std::erase(origin->second.shared, connection->first);
    --origin->second.connection_count;
    if (connection->second.use == Use::connecting) --origin->second.connecting_count;
    connections_.erase(connection);
    forget_if_unused(origin);
}

void Pool::forget_if_unused(Origins::iterator origin) {
    if (origin->second.connection_count == 0 && origin->second.waiting.empty()) origins_.erase(origin);
}

/// Makes the connection idle. False if its time is over already.
bool Pool::rest(Connection& connection, TimePoint now, std::optional<Duration> keep_alive) {
    Duration idle = limits_.idle_max;
    if (keep_alive) idle = std::min(idle, *keep_alive - std::chrono::seconds(1));
    connection.use = Use::idle;
    connection.idle_since = now;
    connection.deadline = std::min(now + idle, connection.connected_at + limits_.lifetime_max);
    return connection.deadline > now;
}

// ---- In words ----

std::string Pool::describe(TimePoint now) const {
    std::string out;
    for (const auto& [id, connection] : connections_) {
        const char* protocol = connection.is_shared ? "h2" : "h1";
        out += format("[{} ", connection.origin->first);
        if (connection.use == Use::connecting) out += "connecting] ";
        if (connection.use == Use::active && connection.is_shared)
            out += format("h2 {}/{}] ", connection.request_count, connection.requests_max);
        if (connection.use == Use::active && !connection.is_shared) out += "h1 active] ";
        if (connection.use == Use::idle)
            out += format("{} idle {}s] ", protocol,
                          std::chrono::floor<std::chrono::seconds>(now - connection.idle_since).count());
    }
    return out + format("queue {}", waiting_count_);
}

std::string PoolDecisions::describe() const {
    std::string out;
    for (const Assignment& a : assigned)
        out += format("; {} {} for {}", a.open ? "open" : "use", a.connection, a.request);
    for (const ConnectionId id : close) out += format("; close {}", id);
    return out.empty() ? "wait" : out.substr(2);
}

std::optional<Duration> parse_keep_alive(std::string_view value) {
    constexpr std::string_view name = "timeout";
    for (std::size_t at = value.find(name); at != std::string_view::npos; at = value.find(name, at + 1)) {
        std::string_view rest = value.substr(at + name.size());
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t=\""), rest.size()));
        std::uint32_t seconds = 0;
        const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), seconds);
        if (parsed.ec == std::errc()) return std::chrono::seconds(seconds);
    }
    return std::nullopt;
}

}  // namespace trawl::http
