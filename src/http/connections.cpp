#include "connections.hpp"

#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {
namespace {

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

    bool await_ready() const noexcept { return assignment_.has_value(); }
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

// The connection, if there is one, has served a request that nobody waits for any more.
Lease::~Lease() {
    if (owner_ == nullptr) return;
    owner_->connections_.erase(id_);
    owner_->apply(owner_->pool_.cancelled(request_, Connections::now()));
}

void Lease::give_back() {
    const auto keep_alive = connection_->response_headers().get("keep-alive");
    const bool reusable = connection_->reusable();
    Connections& owner = *std::exchange(owner_, nullptr);
    owner.apply(owner.pool_.released(id_, reusable, Connections::now(),
                                     keep_alive ? parse_keep_alive(*keep_alive) : std::nullopt));
}

// Files that somebody names are read at once, so that a wrong name is told at once; the system's when they are needed.
Connections::Connections(const ClientOptions& options) : options_(options), pool_(limits_of(options)) {
    if (options_.tls != TlsOptions()) tls();
}

// A lease may end after its loop has: when what holds it outlives run().
TimePoint Connections::now() { return Schedule::is_running_here() ? Loop::current().now() : Clock::now(); }

Task<Lease> Connections::acquire(const Request& request) {
    Lease lease(*this, next_request_++);
    const std::string origin = request.url().origin();
    const TimePoint began = Clock::now();
    while (true) {
        Assigned assigned(*this, lease.request_);
        apply(pool_.request(lease.request_, origin, now()));
        const PoolDecisions::Assignment assignment = co_await assigned;
        lease.id_ = assignment.connection;
        lease.timings_.queue = Clock::now() - began;
        if (assignment.open) break;
        if (is_fit(assignment.connection)) {
            lease.connection_ = connections_.at(assignment.connection).get();
            lease.used_before_ = true;
            co_return lease;
        }
        connections_.erase(assignment.connection);
        apply(pool_.closed(assignment.connection, now()));
    }
    apply(pool_.expire(now()));
    auto opened = co_await open(request, lease.timings_);
    lease.connection_ = opened.get();
    connections_[lease.id_] = std::move(opened);
    pool_.connected(lease.id_, now());
    co_return lease;
}

Task<std::unique_ptr<Connection>> Connections::open(const Request& request, Timings& timings) {
    H1Limits limits;
    limits.body_size_max = options_.body_max;
    TcpStream stream = co_await connect(request, timings);
    if (!request.url().is_https()) co_return std::make_unique<Connection>(Transport(std::move(stream)), limits);
    TlsStream secured = co_await secure(request, std::move(stream), timings);
    co_return std::make_unique<Connection>(Transport(std::move(secured)), limits);
}

Task<TcpStream> Connections::connect(const Request& request, Timings& timings) {
    const Url& url = request.url();
    const TimePoint began = Clock::now();
    const TimePoint deadline = Loop::current().deadline_after(options_.connect_timeout);
    try {
        std::vector<Address> addresses = co_await timeout_at(deadline, resolve(url.host(), url.port()));
        timings.resolve = Clock::now() - began;
        TcpStream stream = co_await timeout_at(deadline, TcpStream::connect(url.host(), std::move(addresses)));
        timings.connect = Clock::now() - began - timings.resolve;
        co_return stream;
    } catch (const TimeoutError&) {
        throw TimeoutError(too_slow(request, "no connection", options_.connect_timeout));
    } catch (const ConnectError& error) {
        throw ConnectError(error.code(), format("{}: cannot connect to {}:{}; check that the source is up",
                                                request_name(request), url.host(), url.port()));
    } catch (const ResolveError& error) {
        throw ResolveError(format("{}: {}", request_name(request), error.what()));
    }
}

Task<TlsStream> Connections::secure(const Request& request, TcpStream stream, Timings& timings) {
    const TimePoint began = Clock::now();
    TlsContext& context = tls();
    try {
        auto shaking = TlsStream::connect(std::move(stream), context, request.url().host());
        TlsStream secured = co_await timeout(options_.tls_timeout, std::move(shaking));
        timings.tls = Clock::now() - began;
        co_return secured;
    } catch (const TimeoutError&) {
        throw TimeoutError(too_slow(request, "no TLS handshake", options_.tls_timeout));
    } catch (const OsError& error) {
        throw OsError(error.code(), request_name(request) + ": the connection broke during the TLS handshake");
    }
}

TlsContext& Connections::tls() {
    if (!tls_) {
        TlsOptions options = options_.tls;
        tls_.emplace(options.alpn({"http/1.1"}));
    }
    return *tls_;
}

bool Connections::is_fit(ConnectionId id) const { return connections_.at(id)->is_quiet(); }

void Connections::apply(const PoolDecisions& decisions) {
    for (const ConnectionId id : decisions.close) connections_.erase(id);
    for (const auto& assignment : decisions.assigned) {
        if (const auto found = waiting_.find(assignment.request); found != waiting_.end()) {
            found->second->assign(assignment);
        }
    }
}

std::string Connections::describe() const { return pool_.describe(now()); }

}  // namespace trawl::http
