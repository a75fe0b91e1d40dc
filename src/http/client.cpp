#include "trawl/http/client.hpp"

#include <type_traits>

#include "auth_challenge.hpp"
#include "connections.hpp"
#include "content_coding.hpp"
#include "exchange.hpp"
#include "journey.hpp"
#include "redirect.hpp"
#include "request_error.hpp"
#include "request_rules.hpp"
#include "retrying.hpp"
#include "trawl/base/base64.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/refused_redirect.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

// More connections than that, one after the other, do not close by chance.
constexpr int kRepeatsMax = 10;
// A server whose nonces are good for a few requests each refuses some of those that come together more than once.
constexpr int kChallengesMax = 10;

std::chrono::sys_seconds calendar_now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// What a request says unless it was told otherwise.
const Headers& default_headers() {
    static const Headers headers{
        {"accept", "*/*"}, {"accept-encoding", http::accept_encoding()}, {"user-agent", "trawl"}};
    return headers;
}

// A URL's user and password are meant for basic authentication (RFC 7617). `spare` gives its memory to headers that
// have none.
void add_defaults(Headers& headers, const Url& url, Headers& spare) {
    const auto userinfo = url.userinfo();
    if (userinfo && !headers.contains("authorization")) headers.add("authorization", "Basic " + base64(*userinfo));
    if (headers.empty()) {
        headers = std::move(spare);
        headers = default_headers();
        return;
    }
    // A part of a compressed body cannot be read by itself; so has Go's client.
    if (headers.contains("range") && !headers.contains("accept-encoding")) headers.add("accept-encoding", "identity");
    for (const auto [name, value] : default_headers())
        if (!headers.contains(name)) headers.add(name, value);
}

template <class T>
Task<T> in_time(TimePoint deadline, std::string message, Task<T> work) {
    try {
        co_return co_await timeout_at(deadline, std::move(work));
    } catch (const TimeoutError&) {
        if (Loop::current().now() < deadline) throw;  // a limit of the client's, which says more
        throw TimeoutError(message);
    }
}

}  // namespace

class Client::Impl {
public:
    explicit Impl(const ClientOptions& options) : options_(options), connections_(options) {}

    /// Sends the exchange's request, and what its redirects and its login lead to, until the head of a response is
    /// there.
    Task<> open(http::Exchange& exchange) {
        http::Journey journey;
        bool is_answered = false;
        while (!is_answered) is_answered = co_await step(exchange, journey);
    }

    /// Sends it once. False: the exchange's request is what is to be sent next.
    Task<bool> step(http::Exchange& exchange, http::Journey& journey) {
        Request& request = exchange.request();
        add_defaults(request.mutable_headers(), request.url(), spare_);
        // What the jar and the login add is for this URL, and for once.
        std::unique_ptr<Request> as_asked;
        if (options_.cookies || request.auth()) as_asked = std::make_unique<Request>(request);
        if (request.auth()) co_await request.auth()->sign(request);
        add_cookies(request);
        const bool was_answered = co_await open_once(exchange, journey);
        if (!was_answered) {
            if (as_asked) exchange.restart(std::move(*as_asked));
            co_return false;
        }
        take_cookies(exchange);
        if (is_worth_repeating(exchange, journey.challenges)) {
            ++journey.challenges;
            co_await leave(exchange, journey);
            exchange.restart(std::move(*as_asked));
            co_return false;
        }
        auto next = next_request(as_asked ? *as_asked : request, exchange, journey.hops);
        if (!next) {
            exchange.decode();
            co_return true;
        }
        ++journey.hops;
        co_await leave(exchange, journey);
        Request led_to = std::move(as_asked ? *as_asked : request);
        led_to.redirect_to(std::move(next->method), std::move(next->url), std::move(next->headers), next->has_body);
        exchange.restart(std::move(led_to));
        co_return false;
    }

    http::Exchange exchange_for(Request&& request) { return http::Exchange(std::move(request), options_); }

    Task<Response> send(Request&& request) { return send(exchange_for(std::move(request))); }

    // As open() does: a frame more would be one for each request.
    Task<Response> send(http::Exchange exchange) {
        http::Journey journey;
        bool is_answered = false;
        while (!is_answered) is_answered = co_await step(exchange, journey);
        while (!exchange.is_complete()) co_await exchange.more();
        co_return finish(exchange);
    }

    Task<Response> send_in_time(Request request) {
        const Duration limit = *request.timeout();
        const std::string message = http::too_slow(request, "not complete", limit);
        return in_time(Loop::current().deadline_after(limit), message, send(std::move(request)));
    }

    /// What the whole answer comes to; its connection may serve others.
    Response finish(http::Exchange& exchange) {
        Response response = exchange.take_response();
        exchange.give_back();
        spare_ = std::move(exchange.request().mutable_headers());
        return response;
    }

    Task<std::unique_ptr<http::Exchange>> open_stream(Request request) {
        auto exchange = std::make_unique<http::Exchange>(std::move(request), options_);
        co_await open(*exchange);
        co_return exchange;
    }

    /// The same in attempts, for requests that have a policy.
    [[nodiscard]] bool has_policy(const Request& request) const { return request.retry() || options_.retry; }
    Task<Response> send_in_attempts(Request request) {
        http::Exchange exchange = co_await open_in_attempts(std::move(request), true);
        Response response = exchange.take_response();
        exchange.give_back();
        co_return response;
    }
    Task<http::Exchange> open_new(Request request) {
        http::Exchange exchange(std::move(request), options_);
        co_await open(exchange);
        co_return exchange;
    }
    Task<http::Exchange> open_in_attempts(Request request, bool is_whole) {
        std::optional<TimePoint> deadline;
        if (request.timeout()) deadline = Loop::current().deadline_after(*request.timeout());
        http::Attempts attempts(origins_, request.retry() ? *request.retry() : *options_.retry, request.method(),
                                request.url().origin(), deadline);
        const http::Opener opener = [this](Request each) { return open_new(std::move(each)); };
        co_return co_await http::open_in_attempts(opener, std::move(request), attempts, is_whole);
    }

    [[nodiscard]] std::string describe() const { return connections_.describe(); }

private:
    // False: its connection was closed at the moment at which it was used, or refused to; it may be sent over another.
    Task<bool> open_once(http::Exchange& exchange, http::Journey& journey) {
        const Request& request = exchange.request();
        exchange.give_up();  // before the next: it may be the last that may be open
        auto entry = options_.har ? std::make_unique<http::HarEntry>(options_.har, request) : nullptr;
        std::optional<http::Lease> free = entry ? std::nullopt : connections_.acquire_at_once(request);
        if (!free) {
            http::Lease opened = co_await acquire(request, entry.get());
            free.emplace(std::move(opened));
        }
        http::Lease& lease = exchange.send_over(*std::move(free));
        if (journey.on_sent) journey.on_sent(exchange.sent_at());
        try {
            co_await lease->begin(request, options_);
            exchange.head_came();
            exchange.record(std::move(entry));
            journey.repeats = 0;
            co_return true;
        } catch (const Error& error) {
            if (entry) entry->fail(error.what());
            const bool may_pass = dynamic_cast<const OsError*>(&error) != nullptr ||
                                  dynamic_cast<const ProtocolError*>(&error) != nullptr;
            if (!may_pass || journey.repeats == kRepeatsMax || !may_repeat(lease, request)) throw;
        }
        ++journey.repeats;
        journey.status = 0;
        journey.answer.clear();
        exchange.give_up();
        co_return false;
    }

    Task<http::Lease> acquire(const Request& request, http::HarEntry* entry) {
        return entry == nullptr ? connections_.acquire(request) : acquire_recorded(request, *entry);
    }
    Task<http::Lease> acquire_recorded(const Request& request, http::HarEntry& entry) {
        try {
            co_await options_.har->wait_for_room();
            http::Lease lease = co_await connections_.acquire(request);
            entry.set_connection(lease.timings());
            co_return lease;
        } catch (const Error& error) {
            entry.fail(error.what());
            throw;
        }
    }

    // Those of the jar are no part of the request: a redirect asks for those of its own URL.
    void add_cookies(Request& request) const {
        if (!options_.cookies) return;
        std::string cookies = options_.cookies->header_for(request.url(), calendar_now());
        const auto own = request.headers().get("cookie");
        if (own && !cookies.empty()) cookies = format("{}; {}", *own, cookies);
        if (!cookies.empty()) request.mutable_headers().set("cookie", cookies);
    }

    void take_cookies(const http::Exchange& exchange) const {
        if (options_.cookies) options_.cookies->store_all(exchange.request().url(), exchange.headers(), calendar_now());
    }

    // A login answers one challenge, and those that say that others had used the nonce up meanwhile (RFC 7616, 3.3).
    static bool is_worth_repeating(const http::Exchange& exchange, int challenges) {
        const Request& request = exchange.request();
        if (exchange.status() != 401 || !request.auth()) return false;
        const bool is_stale = challenges > 0 && challenges < kChallengesMax && http::is_stale(exchange.headers());
        return (challenges == 0 || is_stale) && request.auth()->challenged(request, exchange.headers());
    }

    std::optional<http::RedirectedRequest> next_request(const Request& request, const http::Exchange& exchange,
                                                        std::size_t hops) const {
        if (exchange.status() < 300 || exchange.status() > 399) return std::nullopt;
        http::RedirectOptions options;
        options.hops_max = request.redirects_max().value_or(options_.redirects_max);
        options.secret_headers = request.secret_headers();
        const http::RedirectedRequest before{request.method(), request.url(), request.headers(),
                                             !request.body().empty(), hops};
        auto next = http::redirect(before, exchange.status(), exchange.headers(), options);
        if (!next) throw RefusedRedirect(format("{}: {}", http::request_name(request), next.error()));
        return *std::move(next);
    }

    // A redirect's short body is read, so that its connection serves on; with a long or slow one, the connection goes.
    static Task<> leave(http::Exchange& exchange, http::Journey& journey) {
        journey.status = exchange.status();
        journey.answer = exchange.headers();
        co_await http::skip_body(exchange);
    }

    // The server closed an idle connection at the moment at which it was used, or says that it did nothing: no error of
    // the request's.
    static bool may_repeat(const http::Lease& lease, const Request& request) {
        return lease->is_unprocessed() ||
               (lease.was_used_before() && lease->died_unanswered() && http::is_idempotent(request.method()));
    }

    ClientOptions options_;
    http::Connections connections_;
    http::RetryOrigins origins_;
    Headers spare_;  // of the last request that was answered: the next one's need no memory
};

Client::Client(std::string_view base_url, ClientOptions options) : impl_(std::make_unique<Impl>(options)) {
    if (!base_url.empty()) base_ = Url::parse(base_url);
}

Client::~Client() = default;

Request Client::request(std::string_view method, std::string_view target) {
    return {*this, std::string(method), base_ ? base_->resolve(target) : Url::parse(target)};
}

Request Client::request(std::string_view method, const Url& url) { return {*this, std::string(method), url}; }

Task<Response> Client::send(Request&& request) {
    request.check_unsent();
    if (impl_->has_policy(request)) return impl_->send_in_attempts(std::move(request));
    return request.timeout() ? impl_->send_in_time(std::move(request)) : impl_->send(std::move(request));
}

Task<ResponseStream> Client::stream(Request request) {
    request.check_unsent();
    if (impl_->has_policy(request)) {
        auto exchange = std::make_unique<http::Exchange>(co_await impl_->open_in_attempts(std::move(request), false));
        co_return ResponseStream(std::move(exchange));
    }
    const auto limit = request.timeout();
    if (!limit) co_return ResponseStream(co_await impl_->open_stream(std::move(request)));
    const std::string message = http::too_slow(request, "not complete", *limit);
    const TimePoint deadline = Loop::current().deadline_after(*limit);
    auto opening = in_time(deadline, message, impl_->open_stream(std::move(request)));
    auto exchange = co_await std::move(opening);
    exchange->set_deadline(deadline);
    co_return ResponseStream(std::move(exchange));
}

struct RequestSteps::State {
    Client::Impl& client;
    http::Exchange exchange;
    http::Journey journey;
    bool is_answered = false;
    Duration left{};  // of the time that the request may take

    template <class T>
    Task<T> in_time_left(Task<T> work) {
        const Request& request = exchange.request();
        const TimePoint began = Loop::current().now();
        const std::string message = http::too_slow(request, "not complete", *request.timeout());
        auto timed = in_time(Loop::current().deadline_after(left), message, std::move(work));
        if constexpr (std::is_void_v<T>) {
            co_await std::move(timed);
            left -= Loop::current().now() - began;
        } else {
            T result = co_await std::move(timed);
            left -= Loop::current().now() - began;
            co_return result;
        }
    }

    Task<bool> step() {
        const auto limit = exchange.request().timeout();
        left = limit.value_or(Duration::zero());
        Task<bool> stepping = client.step(exchange, journey);
        if (limit) stepping = in_time_left(std::move(stepping));
        is_answered = co_await std::move(stepping);
        co_return is_answered;
    }
};

RequestSteps Client::steps(Request request) {
    request.check_unsent();
    return RequestSteps(std::make_unique<RequestSteps::State>(*impl_, impl_->exchange_for(std::move(request))));
}

RequestSteps::RequestSteps(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
RequestSteps::RequestSteps(RequestSteps&&) noexcept = default;
RequestSteps& RequestSteps::operator=(RequestSteps&&) noexcept = default;
RequestSteps::~RequestSteps() = default;

void RequestSteps::when_sent(std::function<void(TimePoint)> tell) { state_->journey.on_sent = std::move(tell); }
Task<bool> RequestSteps::send() { return state_->step(); }
Task<> RequestSteps::more() {
    http::Exchange& exchange = state_->exchange;
    return exchange.request().timeout() ? state_->in_time_left(exchange.more()) : exchange.more();
}

const Request& RequestSteps::request() const noexcept { return state_->exchange.request(); }
int RequestSteps::status() const noexcept {
    return state_->is_answered ? state_->exchange.status() : state_->journey.status;
}
const Headers& RequestSteps::headers() const noexcept {
    return state_->is_answered ? state_->exchange.headers() : state_->journey.answer;
}
bool RequestSteps::is_complete() const noexcept { return state_->exchange.is_complete(); }
std::size_t RequestSteps::received() const noexcept { return state_->exchange.body().size(); }
Response RequestSteps::take_response() { return state_->client.finish(state_->exchange); }

std::string Client::describe_pool() const { return impl_->describe(); }

}  // namespace trawl
