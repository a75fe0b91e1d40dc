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
    add(id, {at, order, nullptr});
    at->second.waiting.emplace(order, id);
    ++waiting_count_;
    PoolDecisions decisions;
    serve(now, decisions);
    return decisions;
}

void Pool::add(RequestId id, const Request& request) {
    if (!spare_) {
        requests_.emplace(id, request);
        return;
    }
    spare_.key() = id;
    spare_.mapped() = request;
    requests_.insert(std::move(spare_));
}

void Pool::remove(Requests::iterator request) { spare_ = requests_.extract(request); }

std::optional<ConnectionId> Pool::request_at_once(RequestId id, std::string_view origin, TimePoint now) {
    assert(!requests_.contains(id));
    const auto at = origins_.find(origin);
    if (at == origins_.end() || !at->second.waiting.empty()) return std::nullopt;
    Connection* const found = ready_for_more(at->second, now);
    if (found == nullptr) return std::nullopt;
    if (!found->is_shared) at->second.idle.pop_back();
    found->use = Use::active;
    ++found->request_count;
    add(id, {at, next_order_++, found});
    return found->id;
}

/// The first that serve() would give away, if it has nothing to close before.
Pool::Connection* Pool::ready_for_more(const Origin& origin, TimePoint now) const {
    if (!origin.idle.empty()) return origin.idle.back()->deadline > now ? origin.idle.back() : nullptr;
    for (Connection* const shared : origin.shared) {
        const bool is_stale = shared->use == Use::idle && shared->deadline <= now;
        if (is_stale || shared->connected_at + limits_.lifetime_max <= now) return nullptr;
        if (shared->request_count < shared->requests_max) return shared;
    }
    return nullptr;
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
    connection->origin->second.openings_max = 1;
    connection->origin->second.shared.push_back(connection);
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
    retire(at->second, decisions);
    serve(now, decisions);
    return decisions;
}

PoolDecisions Pool::released(RequestId id, bool reusable, TimePoint now, std::optional<Duration> keep_alive) {
    PoolDecisions decisions;
    const auto at = requests_.find(id);
    if (at == requests_.end()) return decisions;
    assert(at->second.connection != nullptr);
    Connection& connection = *at->second.connection;
    remove(at);
    leave(connection, reusable, now, keep_alive, decisions);
    serve(now, decisions);
    return decisions;
}

PoolDecisions Pool::cancelled(RequestId id, TimePoint now) {
    PoolDecisions decisions;
    const auto at = requests_.find(id);
    if (at == requests_.end()) return decisions;
    const Request request = at->second;
    remove(at);
    if (request.connection != nullptr) {
        if (request.connection->use == Use::connecting) expect_less(request.origin->second);
        leave(*request.connection, request.connection->is_shared, now, std::nullopt, decisions);
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
        if (at->second.use == Use::idle && at->second.deadline <= now) close(at->second, decisions);
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
    std::vector<Connection*>& idle = origin->second.idle;
    while (!idle.empty() && !origin->second.waiting.empty()) {
        Connection& freshest = *idle.back();
        if (freshest.deadline > now) {
            idle.pop_back();
            assign(origin, freshest, false, decisions);
        } else {
            close(freshest, decisions);
        }
    }
}

/// The oldest first: the others may then become idle, and expire.
void Pool::serve_from_shared(Origins::iterator origin, TimePoint now, PoolDecisions& decisions) {
    if (origin->second.waiting.empty()) return;
    const std::vector<Connection*> all = origin->second.shared;
    for (Connection* const shared : all) {
        const bool is_stale = shared->use == Use::idle && shared->deadline <= now;
        if (is_stale || shared->connected_at + limits_.lifetime_max <= now) {
            retire(*shared, decisions);
            continue;
        }
        while (shared->request_count < shared->requests_max && !origin->second.waiting.empty())
            assign(origin, *shared, false, decisions);
        if (origin->second.waiting.empty()) return;
    }
}

/// Where a connection may be shared, the one that is being opened may serve all who wait.
bool Pool::may_open(const Origin& origin, std::size_t per_origin_max) {
    if (origin.waiting.empty() || origin.connection_count >= per_origin_max) return false;
    return origin.sharing == Sharing::never || origin.connecting_count < origin.openings_max;
}

/// After one that could not be opened, twice as many try for themselves: one behind the other, a hundred would wait for
/// their errors a hundred times as long as the first.
void Pool::expect_less(Origin& origin) const {
    origin.openings_max = std::min(2 * origin.openings_max, limits_.per_origin_max);
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
    close(oldest->second, decisions);
    return true;
}

void Pool::open(Origins::iterator origin, PoolDecisions& decisions) {
    const ConnectionId id = next_connection_++;
    Connection& connection = connections_[id];
    connection.id = id;
    connection.origin = origin;
    ++origin->second.connection_count;
    ++origin->second.connecting_count;
    assign(origin, connection, true, decisions);
}

void Pool::assign(Origins::iterator origin, Connection& connection, bool open, PoolDecisions& decisions) {
    const auto first = origin->second.waiting.begin();
    const RequestId request = first->second;
    origin->second.waiting.erase(first);
    --waiting_count_;
    requests_.at(request).connection = &connection;
    ++connection.request_count;
    if (!open) connection.use = Use::active;
    decisions.assigned.push_back({request, connection.id, open});
}

/// One request less on it. The last one leaves it idle, if it is of further use.
void Pool::leave(Connection& left, bool reusable, TimePoint now, std::optional<Duration> keep_alive,
                 PoolDecisions& decisions) {
    if (--left.request_count > 0) return;
    if (!reusable || left.is_retired || !rest(left, now, keep_alive)) {
        close(left, decisions);
    } else if (!left.is_shared) {
        left.origin->second.idle.push_back(&left);
    }
}

void Pool::retire(Connection& connection, PoolDecisions& decisions) {
    connection.is_retired = true;
    std::erase(connection.origin->second.shared, &connection);
    if (connection.request_count == 0) close(connection, decisions);
}

void Pool::close(Connection& connection, PoolDecisions& decisions) {
    decisions.close.push_back(connection.id);
    forget(connection);
}

void Pool::forget(Connection& connection) {
    const auto origin = connection.origin;
    std::erase(origin->second.idle, &connection);
    std::erase(origin->second.shared, &connection);
    --origin->second.connection_count;
    if (connection.use == Use::connecting) --origin->second.connecting_count;
    const ConnectionId id = connection.id;  // not a reference into what is erased
    connections_.erase(id);
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
