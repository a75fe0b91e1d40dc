#include "connections.hpp"

#include <algorithm>
#include <charconv>

#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {
namespace {

using namespace std::chrono_literals;

constexpr Duration kIdleMax =
    15s;  // shorter than what servers keep idle connections open for (nginx 75 s, Node 5 s says so)

// "Keep-Alive: timeout=5": a second less, so that the request is there before the server closes.
Duration idle_limit(const Headers& headers) {
    const auto field = headers.get("keep-alive");
    if (!field) return kIdleMax;
    const auto at = field->find("timeout=");
    if (at == std::string_view::npos) return kIdleMax;
    int seconds = 0;
    const auto digits = field->substr(at + 8);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), seconds).ec != std::errc()) return kIdleMax;
    return std::clamp<Duration>(std::chrono::seconds(seconds) - 1s, 0s, kIdleMax);
}

}  // namespace

void Lease::keep_if_reusable(const std::string& origin) {
    if (connection_->reusable()) owner_->keep(origin, std::move(connection_));
}

Connections::Connections(const ClientOptions& options) : options_(options), permits_(options.connections) {}

Task<Lease> Connections::acquire(const Request& request) {
    Semaphore::Permit permit = co_await permits_.acquire();
    if (auto connection = take_idle(request.url().origin())) {
        co_return Lease(*this, std::move(permit), std::move(connection), true);
    }
    make_room();
    auto connection = co_await open(request);
    co_return Lease(*this, std::move(permit), std::move(connection), false);
}

Task<std::unique_ptr<Connection>> Connections::open(const Request& request) {
    try {
        const Url& url = request.url();
        TcpStream stream = co_await timeout(options_.connect_timeout, TcpStream::connect(url.host(), url.port()));
        H1Limits limits;
        limits.body_size_max = options_.body_max;
        co_return std::make_unique<Connection>(std::move(stream), limits);
    } catch (const TimeoutError&) {
        throw TimeoutError(too_slow(request, "no connection", options_.connect_timeout));
    } catch (const ConnectError& error) {
        throw ConnectError(error.code(), format("{}: cannot connect to {}:{}", request_name(request),
                                                request.url().host(), request.url().port()));
    } catch (const ResolveError& error) {
        throw ResolveError(format("{}: {}", request_name(request), error.what()));
    }
}

std::unique_ptr<Connection> Connections::take_idle(const std::string& origin) {
    const TimePoint now = Loop::current().now();
    std::erase_if(idle_, [now](const Idle& idle) { return idle.expires <= now; });
    while (true) {
        const auto found =
            std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& idle) { return idle.origin == origin; });
        if (found == idle_.rend()) return nullptr;
        std::unique_ptr<Connection> connection = std::move(found->connection);
        idle_.erase(std::next(found).base());
        if (connection->is_quiet()) return connection;
    }
}

void Connections::keep(const std::string& origin, std::unique_ptr<Connection> connection) {
    const TimePoint expires = Loop::current().now() + idle_limit(connection->response_headers());
    idle_.push_back({origin, std::move(connection), expires});
}

// Those in use have a permit each; with the idle ones they are no more than options_.connections.
void Connections::make_room() {
    const std::size_t in_use = options_.connections - permits_.available();
    while (!idle_.empty() && in_use + idle_.size() > options_.connections) idle_.pop_front();
}

std::string Connections::describe() const {
    std::string text = format("{} in use", options_.connections - permits_.available());
    for (const Idle& idle : idle_) text += format(" [{} idle]", idle.origin);
    return text;
}

}  // namespace trawl::http
