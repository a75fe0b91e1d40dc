#include "connections.hpp"

#include <cerrno>

#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/thread.hpp"
#include "trawl/loop/time.hpp"
#include "tunnel.hpp"

namespace trawl::http {
namespace {

// What all the unread bodies of a connection may hold together: no limit beside those of its streams. One that filled
// it would hold up the others.
constexpr std::uint32_t kConnectionWindow = 1U << 30;

std::vector<std::string> protocols(Http2 http2) {
    switch (http2) {
        case Http2::kNever:
            return {"http/1.1"};
        case Http2::kPriorKnowledge:
            return {"h2"};
        default:
            return {"h2", "http/1.1"};
    }
}

PoolLimits limits_of(const ClientOptions& options) {
    PoolLimits limits;
    limits.connections_max = limits.per_origin_max = options.connections;
    return limits;
}

}  // namespace

/// Waits until the pool has assigned a connection to a request. What was assigned to one that is destroyed is the
/// Lease's to clear up.
class Connections::Assigned final : public Waiter {
public:
    Assigned(Connections& owner, RequestId request) : owner_(owner), request_(request) {
        owner_.waiting_.emplace(request, this);
    }
    ~Assigned() { owner_.waiting_.erase(request_); }

    void assign(const PoolDecisions::Assignment& assignment) noexcept {
        assignment_ = assignment;
        if (suspended_) Schedule::current().wake(*this);
    }

    [[nodiscard]] bool await_ready() const noexcept { return assignment_.has_value(); }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
        suspended_ = true;
        suspend(handle);
    }
    PoolDecisions::Assignment await_resume() const noexcept { return *assignment_; }

private:
    Connections& owner_;
    RequestId request_;
    std::optional<PoolDecisions::Assignment> assignment_;
    bool suspended_ = false;
};

// What is still on its way is nobody's any more.
Lease::~Lease() {
    if (owner_ == nullptr) return;
    share_.reset();
    owner_->apply(owner_->pool_.cancelled(request_, Connections::now()));
}

void Lease::give_back() {
    const auto keep_alive = carrier_->response_headers().get("keep-alive");
    const auto promised = keep_alive ? parse_keep_alive(*keep_alive) : std::nullopt;
    const bool reusable = carrier_->reusable();
    share_.reset();
    Connections& owner = *std::exchange(owner_, nullptr);
    owner.apply(owner.pool_.released(request_, reusable, Connections::now(), promised));
}

// Files that somebody names are read at once, so that a wrong name is told at once; the system's when they are needed.
Connections::Connections(const ClientOptions& options) : options_(options), pool_(limits_of(options)) {
    if (options_.connections == 0) throw UsageError("a client of 0 connections sends nothing: it needs 1 at least");
    if (options_.tls != TlsOptions()) tls_.emplace(tls_options());
}

Connections::~Connections() {
    for (auto& [id, held] : connections_) {
        if (held.shared) held.shared->close();
    }
}

// A lease may end after its loop has: when what holds it outlives run().
TimePoint Connections::now() { return Schedule::is_running_here() ? Loop::current().now() : Clock::now(); }

const std::string& Connections::origin_of(const Url& url) {
    if (url.prefix() != last_prefix_) {
        last_prefix_ = url.prefix();
        last_origin_ = url.origin();
    }
    return last_origin_;
}

std::optional<Lease> Connections::acquire_at_once(const Request& request) {
    std::optional<Lease> lease;
    const auto id = pool_.request_at_once(next_request_, origin_of(request.url()), now());
    if (!id) return lease;
    lease.emplace(*this, next_request_++);
    if (!take(*lease, *id)) lease.reset();
    return lease;
}

Task<Lease> Connections::acquire(const Request& request) {
    Lease lease(*this, next_request_++);
    const std::string origin = request.url().origin();
    const TimePoint began = Clock::now();
    while (true) {
        Assigned assigned(*this, lease.request_);
        apply(pool_.request(lease.request_, origin, now(), may_share(request)));
        PoolDecisions::Assignment assignment{};
        if (options_.pool_timeout) {
            assignment = co_await in_time(assigned, request);
        } else {
            assignment = co_await assigned;
        }
        lease.timings_.queue = Clock::now() - began;
        if (assignment.open) {
            apply(pool_.expire(now()));
            co_await open(lease, assignment.connection, request);
            co_return lease;
        }
        if (take(lease, assignment.connection)) co_return lease;
        apply(pool_.cancelled(lease.request_, now()));
    }
}

Task<PoolDecisions::Assignment> Connections::in_time(Assigned& assigned, const Request& request) {
    const auto wait = [](Assigned& waiting) -> Task<PoolDecisions::Assignment> { co_return co_await waiting; };
    const Duration limit = *options_.pool_timeout;
    try {
        co_return co_await timeout(limit, wait(assigned));
    } catch (const TimeoutError&) {
        throw TimeoutError(format("{}: all {} connections were in use for {:g} s", request_name(request),
                                  options_.connections, std::chrono::duration<double>(limit).count()));
    }
}

bool Connections::may_share(const Request& request) const {
    return options_.http2 == Http2::kPriorKnowledge || (options_.http2 == Http2::kByTls && request.url().is_https());
}

// False for one that its server has closed, or that has brought what nobody asked for.
bool Connections::take(Lease& lease, ConnectionId id) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return false;
    const Held& held = found->second;
    if (held.shared) {
        if (!held.shared->takes_requests()) {
            shared_changed(id);
            return false;
        }
        lease.share_ = std::make_unique<H2Carrier>(held.shared);
        lease.carrier_ = lease.share_.get();
    } else {
        if (!held.own->is_quiet()) return false;
        lease.carrier_ = held.own.get();
    }
    lease.used_before_ = true;
    return true;
}

Task<> Connections::open(Lease& lease, ConnectionId id, const Request& request) {
    if (request.url().is_https() && !tls_) co_await prepare_tls();
    if (!options_.unix_socket.empty()) {
        UnixStream socket = co_await connect_locally(request, lease.timings_);
        co_await set_up(lease, id, request, std::move(socket));
        co_return;
    }
    const Proxy* proxy = options_.proxies.for_url(request.url());
    TcpStream socket = co_await connect(request, proxy, lease.timings_);
    const bool is_told_all = proxy != nullptr && needs_no_tunnel(*proxy, request);
    if (proxy != nullptr && !is_told_all) co_await pass(socket, *proxy, request, lease.timings_);
    if (is_told_all) lease.proxy_login_ = proxy_authorization(*proxy);
    co_await set_up(lease, id, request, std::move(socket));
}

// An HTTP proxy sends what is not secret on itself.
bool Connections::needs_no_tunnel(const Proxy& proxy, const Request& request) const {
    return proxy.kind == Proxy::Kind::kHttp && !request.url().is_https() && options_.http2 != Http2::kPriorKnowledge;
}

template <class Socket>
Task<> Connections::set_up(Lease& lease, ConnectionId id, const Request& request, Socket socket) {
    bool is_shared = options_.http2 == Http2::kPriorKnowledge;
    if (!request.url().is_https()) {
        hold(lease, id, Transport(std::move(socket)), is_shared);
        co_return;
    }
    auto shaking = TlsStream::connect(std::move(socket), *tls_, std::string(request.url().host()));
    TlsStream secured = co_await secure(request, std::move(shaking), lease.timings_);
    is_shared = is_shared || secured.alpn() == "h2";
    hold(lease, id, Transport(std::move(secured)), is_shared);
}

void Connections::hold(Lease& lease, ConnectionId id, Transport transport, bool is_shared) {
    if (!is_shared) {
        H1Limits limits;
        limits.body_size_max = options_.body_max;
        Held& held = connections_[id];
        held.own = std::make_unique<H1Connection>(std::move(transport), limits, std::move(lease.proxy_login_), writer_);
        lease.carrier_ = held.own.get();
        apply(pool_.connected(id, now()));
        return;
    }
    H2Limits limits;
    limits.body_size_max = options_.body_max;
    limits.connection_window = kConnectionWindow;
    auto shared = std::make_shared<H2Connection>(std::move(transport), limits, [this, id] { shared_changed(id); });
    connections_[id].shared = shared;
    H2Connection::start(shared);
    lease.share_ = std::make_unique<H2Carrier>(shared);
    lease.carrier_ = lease.share_.get();
    apply(pool_.connected_shared(id, shared->streams_max(), now()));
}

Task<TcpStream> Connections::connect(const Request& request, const Proxy* proxy, Timings& timings) {
    const std::string host(proxy == nullptr ? request.url().host() : std::string_view(proxy->host));
    const std::uint16_t port = proxy == nullptr ? request.url().port() : proxy->port;
    const char* what = proxy == nullptr ? "the source" : "the proxy";
    const TimePoint began = Clock::now();
    try {
        TcpStream stream = co_await timeout(options_.connect_timeout, TcpStream::connect(host, port, &timings.resolve));
        timings.connect = Clock::now() - began - timings.resolve;
        co_return stream;
    } catch (const TimeoutError&) {
        throw TimeoutError(too_slow(request, "no connection", options_.connect_timeout));
    } catch (const ConnectError& error) {
        const bool is_full = error.code() == EMFILE || error.code() == ENFILE;
        const std::string advice =
            is_full ? "raise the limit of open files (ulimit -n)" : format("check that {} is up", what);
        throw ConnectError(error.code(),
                           format("{}: cannot connect to {}:{}; {}", request_name(request), host, port, advice));
    } catch (const ResolveError& error) {
        throw ResolveError(format("{}: {}", request_name(request), error.what()), error.reason());
    }
}

Task<> Connections::pass(TcpStream& stream, const Proxy& proxy, const Request& request, Timings& timings) {
    const TimePoint began = Clock::now();
    try {
        co_await timeout(options_.connect_timeout, open_tunnel(stream, proxy, request));
        timings.connect += Clock::now() - began;
    } catch (const TimeoutError&) {
        throw TimeoutError(too_slow(request, "no way through the proxy", options_.connect_timeout));
    }
}

Task<UnixStream> Connections::connect_locally(const Request& request, Timings& timings) {
    const TimePoint began = Clock::now();
    try {
        UnixStream stream = co_await timeout(options_.connect_timeout, UnixStream::connect(options_.unix_socket));
        timings.connect = Clock::now() - began;
        co_return stream;
    } catch (const TimeoutError&) {
        throw TimeoutError(too_slow(request, "no connection", options_.connect_timeout));
    } catch (const ConnectError& error) {
        throw ConnectError(error.code(), format("{}: cannot connect to {}; check that the source is up",
                                                request_name(request), options_.unix_socket));
    }
}

Task<TlsStream> Connections::secure(const Request& request, Task<TlsStream> shaking, Timings& timings) {
    const TimePoint began = Clock::now();
    try {
        TlsStream secured = co_await timeout(options_.tls_timeout, std::move(shaking));
        timings.tls = Clock::now() - began;
        co_return secured;
    } catch (const TimeoutError&) {
        throw TimeoutError(too_slow(request, "no TLS handshake", options_.tls_timeout));
    } catch (const OsError& error) {
        throw OsError(error.code(), request_name(request) + ": the connection broke during the TLS handshake");
    }
}

TlsOptions Connections::tls_options() const {
    TlsOptions options = options_.tls;
    options.alpn(protocols(options_.http2));
    return options;
}

// Reading the system's authorities takes as long as a request: the loop does not stand still for it.
Task<> Connections::prepare_tls() {
    const Lock::Guard turn = co_await tls_turn_.acquire();
    if (tls_) co_return;
    auto read = [](const TlsOptions& options) { return TlsContext(options); };
    tls_.emplace(co_await to_thread(read, tls_options()));
}

void Connections::shared_changed(ConnectionId id) {
    const H2Connection& shared = *connections_.at(id).shared;
    if (shared.takes_requests()) {
        apply(pool_.resized(id, shared.streams_max(), now()));
    } else {
        apply(pool_.retired(id, now()));
    }
}

void Connections::drop(ConnectionId id) {
    auto dropped = connections_.extract(id);
    if (!dropped.empty() && dropped.mapped().shared) dropped.mapped().shared->close();
}

void Connections::apply(const PoolDecisions& decisions) {
    for (const ConnectionId id : decisions.close) drop(id);
    for (const auto& assignment : decisions.assigned) {
        if (const auto found = waiting_.find(assignment.request); found != waiting_.end()) {
            found->second->assign(assignment);
        }
    }
}

std::string Connections::describe() const { return pool_.describe(now()); }

}  // namespace trawl::http
