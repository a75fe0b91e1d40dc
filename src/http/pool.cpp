/// The pool's decisions.
#include "pool.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "trawl/base/format.hpp"

namespace trawl::http {

PoolDecisions Pool::request(RequestId id, std::string_view origin, TimePoint now) {
    assert(!requests_.contains(id));
    auto at = origins_.find(origin);
    if (at == origins_.end()) at = origins_.emplace(std::string(origin), Origin()).first;
    const std::uint64_t order = next_order_++;
    requests_.emplace(id, Request{at, order, std::nullopt});
    at->second.waiting.emplace(order, id);
    ++waiting_count_;
    PoolDecisions decisions;
    serve(now, decisions);
    return decisions;
}

void Pool::connected(ConnectionId id, TimePoint now) {
    const auto at = connections_.find(id);
    if (at == connections_.end()) return;  // its request was cancelled meanwhile
    assert(at->second.use == Use::connecting);
    at->second.use = Use::active;
    at->second.connected_at = now;
}

PoolDecisions Pool::released(ConnectionId id, bool reusable, TimePoint now, std::optional<Duration> keep_alive) {
    PoolDecisions decisions;
    const auto at = connections_.find(id);
    if (at == connections_.end()) return decisions;
    assert(at->second.use == Use::active);
    requests_.erase(at->second.request);
    if (reusable && rest(at->second, now, keep_alive)) {
        at->second.origin->second.idle.push_back(id);
    } else {
        decisions.close.push_back(id);
        forget(at);
    }
    serve(now, decisions);
    return decisions;
}

PoolDecisions Pool::closed(ConnectionId id, TimePoint now) {
    PoolDecisions decisions;
    const auto at = connections_.find(id);
    if (at == connections_.end()) return decisions;
    if (at->second.use != Use::idle) requests_.erase(at->second.request);
    forget(at);
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
        decisions.close.push_back(*request.connection);
        forget(connections_.find(*request.connection));
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
        if (at->second.use == Use::idle && at->second.deadline <= now) {
            decisions.close.push_back(at->first);
            forget(at);
        }
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

/// Gives away all that can be given away. Costs a step per origin, and only while someone waits.
void Pool::serve(TimePoint now, PoolDecisions& decisions) {
    if (waiting_count_ == 0) return;
    for (auto origin = origins_.begin(); origin != origins_.end(); ++origin) serve_from_idle(origin, now, decisions);
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
            at->second.use = Use::active;
            assign(origin, at->first, false, decisions);
        } else {
            decisions.close.push_back(at->first);
            forget(at);
        }
    }
}

/// The origin of the request that has waited longest among those whose origin may have one more connection.
Pool::Origins::iterator Pool::next_to_open() {
    auto found = origins_.end();
    for (auto at = origins_.begin(); at != origins_.end(); ++at) {
        const Origin& origin = at->second;
        if (origin.waiting.empty() || origin.connection_count >= limits_.per_origin_max) continue;
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
    decisions.close.push_back(oldest->first);
    forget(oldest);
    return true;
}

void Pool::open(Origins::iterator origin, PoolDecisions& decisions) {
    const ConnectionId id = next_connection_++;
    Connection connection;
    connection.origin = origin;
    connections_.emplace(id, connection);
    ++origin->second.connection_count;
    assign(origin, id, true, decisions);
}

void Pool::assign(Origins::iterator origin, ConnectionId id, bool open, PoolDecisions& decisions) {
    const auto first = origin->second.waiting.begin();
    const RequestId request = first->second;
    origin->second.waiting.erase(first);
    --waiting_count_;
    requests_.at(request).connection = id;
    connections_.at(id).request = request;
    decisions.assigned.push_back({request, id, open});
}

void Pool::forget(Connections::iterator connection) {
    const auto origin = connection->second.origin;
    std::erase(origin->second.idle, connection->first);
    --origin->second.connection_count;
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

std::string Pool::describe(TimePoint now) const {
    std::string out;
    for (const auto& [id, connection] : connections_) {
        out += format("[{} h1 ", connection.origin->first);
        if (connection.use == Use::connecting) out += "connecting] ";
        if (connection.use == Use::active) out += "active] ";
        if (connection.use == Use::idle)
            out += format("idle {}s] ", std::chrono::floor<std::chrono::seconds>(now - connection.idle_since).count());
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
