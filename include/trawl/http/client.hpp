/// Client: HTTP/1.1 with kept-alive connections. One client serves any number of tasks of one loop.
///
///     Client client("http://api.example.com");
///     Response user = co_await client.get("/users/1").header("accept", "application/json").timeout(5s);
///     user.raise_for_status();
///
/// Rules: a connection is used again only when request and answer were both complete by framing, neither said close,
/// and nothing has arrived on it since; a request is sent a second time by itself only when a used connection died
/// before the first byte of an answer and the method is idempotent (RFC 9110, 9.2.2). Redirects are answers like any
/// other.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/response.hpp"
#include "trawl/http/url.hpp"

namespace trawl {

class Client;

/// Limits of a client. The defaults are those of the field's clients; see the comments.
class ClientOptions {
public:
    Duration connect_timeout = std::chrono::seconds(10);     // names and TCP together
    Duration first_byte_timeout = std::chrono::seconds(60);  // from the request until the answer begins
    Duration read_timeout = std::chrono::seconds(30);        // between two pieces of an answer
    std::size_t connections = 100;                           // open at once, idle ones included; further requests wait
    std::size_t body_max = std::size_t{1} << 30;             // bytes of one answer; more is an error

    // Not an aggregate: g++ 12 destroys aggregate temporaries twice in a co_await expression.
    ClientOptions() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate
};

/// A request that is being put together; awaiting it sends it.
class [[nodiscard("a request is sent when it is awaited")]] Request {
public:
    Request(Client& client, std::string method, Url url)
        : client_(&client), method_(std::move(method)), url_(std::move(url)) {}

    /// Adds a header field. Throws UsageError for bytes that no field may have.
    Request&& header(std::string_view name, std::string_view value) && {
        headers_.add(name, value);
        return std::move(*this);
    }
    /// Sets a query parameter, replacing one of the same name.
    Request&& param(std::string_view key, std::string_view value) && {
        url_ = url_.with_query(key, value);
        return std::move(*this);
    }
    Request&& body(std::string bytes, std::string_view content_type) && {
        body_ = std::move(bytes);
        headers_.set("content-type", content_type);
        return std::move(*this);
    }
    /// A limit for everything from now to the last byte.
    Request&& timeout(Duration limit) && {
        timeout_ = limit;
        return std::move(*this);
    }

    /// Throws ResolveError, ConnectError, TimeoutError, ProtocolError, OsError. A status of 4xx or 5xx is no error
    /// here.
    auto operator co_await() && { return std::move(*this).send().operator co_await(); }
    Task<Response> send() &&;

    [[nodiscard]] const std::string& method() const noexcept { return method_; }
    [[nodiscard]] const Url& url() const noexcept { return url_; }
    [[nodiscard]] const Headers& headers() const noexcept { return headers_; }
    [[nodiscard]] Headers& mutable_headers() noexcept { return headers_; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }
    [[nodiscard]] std::optional<Duration> timeout() const noexcept { return timeout_; }

private:
    Client* client_;
    std::string method_;
    Url url_;
    Headers headers_;
    std::string body_;
    std::optional<Duration> timeout_;
};

class Client {
public:
    /// Targets given to get() and the others are resolved against `base_url`; without one they must be whole URLs.
    explicit Client(std::string_view base_url = {}, ClientOptions options = {});
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    /// `target` is a path ("/users/1") or a URL. Throws InvalidUrl.
    Request get(std::string_view target) { return request("GET", target); }
    Request head(std::string_view target) { return request("HEAD", target); }
    Request post(std::string_view target) { return request("POST", target); }
    Request put(std::string_view target) { return request("PUT", target); }
    Request patch(std::string_view target) { return request("PATCH", target); }
    Request del(std::string_view target) { return request("DELETE", target); }
    Request request(std::string_view method, std::string_view target);
    Request request(std::string_view method, const Url& url);

    /// Sends a request that was put together before.
    Task<Response> send(Request request);

    /// The pool in words: "[http://127.0.0.1:8000 idle 3s] [http://127.0.0.1:8000 active] queue 2".
    [[nodiscard]] std::string describe_pool() const;

private:
    class Impl;
    std::optional<Url> base_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trawl
