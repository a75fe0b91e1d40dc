#include "trawl/http/client.hpp"

#include "base64.hpp"
#include "connection.hpp"
#include "connections.hpp"
#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

// RFC 9110, section 9.2.2: repeating these has the effect of doing them once.
bool is_idempotent(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

// A URL's user and password are meant for basic authentication (RFC 7617).
void add_defaults(Headers& headers, const Url& url) {
    const auto userinfo = url.userinfo();
    if (userinfo && !headers.contains("authorization"))
        headers.add("authorization", "Basic " + http::base64(*userinfo));
    if (!headers.contains("accept")) headers.add("accept", "*/*");
    if (!headers.contains("user-agent")) headers.add("user-agent", "trawl");
}

}  // namespace

class Client::Impl {
public:
    explicit Impl(const ClientOptions& options) : options_(options), connections_(options) {}

    Task<Response> send(Request request) {
        while (true) {
            http::Lease lease = co_await connections_.acquire(request);
            bool again = false;
            try {
                Response response = co_await lease->exchange(request, options_);
                lease.give_back();
                co_return response;
            } catch (const OsError&) {
                again = may_repeat(lease, request);
                if (!again) throw;
            } catch (const ProtocolError&) {
                again = may_repeat(lease, request);
                if (!again) throw;
            }
        }
    }

    [[nodiscard]] std::string describe() const { return connections_.describe(); }

private:
    // The server closed an idle connection at the moment at which it was used: no error of the request's.
    static bool may_repeat(const http::Lease& lease, const Request& request) {
        return lease.was_used_before() && lease->died_unanswered() && is_idempotent(request.method());
    }

    ClientOptions options_;
    http::Connections connections_;
};

Client::Client(std::string_view base_url, ClientOptions options) : impl_(std::make_unique<Impl>(options)) {
    if (!base_url.empty()) base_ = Url::parse(base_url);
}

Client::~Client() = default;

Request Client::request(std::string_view method, std::string_view target) {
    return {*this, std::string(method), base_ ? base_->resolve(target) : Url::parse(target)};
}

Request Client::request(std::string_view method, const Url& url) { return {*this, std::string(method), url}; }

Task<Response> Client::send(Request request) {
    if (request.url().is_https()) {
        throw UsageError(format("{}: https is not supported yet; use http", http::request_name(request)));
    }
    add_defaults(request.mutable_headers(), request.url());
    const auto limit = request.timeout();
    if (!limit) co_return co_await impl_->send(std::move(request));
    const std::string message = http::too_slow(request, "not complete", *limit);
    try {
        co_return co_await trawl::timeout(*limit, impl_->send(std::move(request)));
    } catch (const TimeoutError&) {
        throw TimeoutError(message);
    }
}

Task<Response> Request::send() && {
    Client& client = *client_;
    return client.send(std::move(*this));
}

std::string Client::describe_pool() const { return impl_->describe(); }

}  // namespace trawl
