/// Request: one request that is being put together; awaiting it sends it.
///
///     Response user = co_await client.post("/users").bearer_auth(token).json(R"({"name": "Ada"})").timeout(5s);
///     ResponseStream log = co_await client.get("/log").param("since", 17).stream();
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/auth.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/response.hpp"
#include "trawl/http/response_stream.hpp"
#include "trawl/http/retry.hpp"
#include "trawl/http/url.hpp"

namespace trawl {

class Client;

class [[nodiscard("a request is sent when it is awaited")]] Request {
public:
    Request(Client& client, std::string method, Url url)
        : client_(&client), method_(std::move(method)), url_(std::move(url)) {}
    Request(const Request&) = default;
    Request(Request&&) noexcept = default;
    Request& operator=(const Request&) = default;
    /// Also to itself, which `request = std::move(request).param("page", 2)` is.
    Request& operator=(Request&& other) noexcept {
        if (this == &other) return *this;
        std::destroy_at(this);
        return *std::construct_at(this, std::move(other));
    }
    ~Request() = default;

    /// Adds a header field; Authorization, Content-Type and User-Agent, of which a request has one, are replaced. A
    /// Content-Type holds whatever json(), form() or body() would say. Throws UsageError for bytes that no field may
    /// have.
    Request&& header(std::string_view name, std::string_view value) &&;
    /// The same for a secret that only this origin may see: it is dropped when a redirect leads elsewhere, as
    /// Authorization, Cookie and what sounds secret ("X-Api-Key") are anyway.
    Request&& secret_header(std::string_view name, std::string_view value) &&;
    /// Sets a query parameter, replacing one of the same name.
    Request&& param(std::string_view key, std::string_view value) &&;
    /// The same for a number, and for "true" or "false".
    Request&& param(std::string_view key, std::integral auto value) && {
        if constexpr (std::same_as<decltype(value), bool>) {
            return std::move(*this).param(key, std::string_view(value ? "true" : "false"));
        } else {
            return std::move(*this).param(key, std::string_view(std::to_string(value)));
        }
    }
    /// A character is neither: give a string.
    Request&& param(std::string_view key, char value) && = delete;
    Request&& params(const std::vector<std::pair<std::string, std::string>>& all) &&;

    /// The bytes to send, with this type unless a header() gave one. A request has one body: throws UsageError when it
    /// has one already.
    Request&& body(std::string bytes, std::string_view content_type) &&;
    /// `text` is sent as it is: JSON already.
    Request&& json(std::string text) && { return std::move(*this).body(std::move(text), "application/json"); }
    /// Adds a field of a form (application/x-www-form-urlencoded). Throws UsageError beside another body.
    Request&& form(std::string_view key, std::string_view value) &&;

    /// RFC 7617. Throws UsageError when `user` has a colon, which would end it.
    Request&& basic_auth(std::string_view user, std::string_view password) &&;
    /// RFC 6750.
    Request&& bearer_auth(std::string_view token) &&;
    /// A login that signs the request when it is sent, and may answer a 401 (see auth.hpp). A redirect that leads to
    /// another origin leaves it behind.
    Request&& auth(std::shared_ptr<Auth> login) && {
        auth_ = std::move(login);
        return std::move(*this);
    }

    /// A limit for everything from now to the last byte. Throws UsageError when it is not positive.
    Request&& timeout(Duration limit) &&;

    /// Sends it again, after a pause, when it fails in a way that may pass (see retry.hpp). Default:
    /// ClientOptions::retry, which is none; RetryPolicy(1) for none in a client that has one.
    Request&& retry(const RetryPolicy& policy = RetryPolicy()) && {
        retry_ = policy;
        return std::move(*this);
    }

    /// Asks for the answer only if it is another one than that with this entity tag, as Response::etag() gave it;
    /// called several times, than any of them. Otherwise the answer is a 304 without a body (RFC 9110 section 13.1.2).
    /// Throws UsageError for what is no entity tag: its quotes belong to it.
    Request&& if_none_match(std::string_view etag) &&;
    /// Asks for the answer only if it has changed since (section 13.1.3); whoever has an entity tag goes by that.
    Request&& if_modified_since(std::chrono::sys_seconds moment) &&;
    /// Both, as far as an answer that is known already has them. Without either it asks for the whole.
    Request&& if_changed(const Response& known) &&;

    /// Leaves the answer's body as it was sent, whatever its Content-Encoding says.
    Request&& raw() && {
        is_raw_ = true;
        return std::move(*this);
    }

    /// Follows at most so many redirects in a row, of GET and HEAD: never from https to http, and without secrets where
    /// the origin changes. Default: ClientOptions::redirects_max, which is none.
    Request&& follow_redirects(std::size_t most = 10) && {
        redirects_max_ = most;
        return std::move(*this);
    }

    /// Sends it and gives the whole response. Throws ResolveError, ConnectError, TlsError, TimeoutError,
    /// ProtocolError, OsError. A status of 4xx or 5xx is no error here. A request is sent once: to send it again, send
    /// a copy. Throws UsageError for one that was sent before.
    auto operator co_await() && { return std::move(*this).send().operator co_await(); }
    Task<Response> send() &&;
    operator Task<Response>() && {  // NOLINT(google-explicit-constructor): gather(client.get("/a"), ...)
        return std::move(*this).send();
    }
    /// Sends it and gives the response as soon as its head has come; its body is read piece by piece.
    Task<ResponseStream> stream() &&;

    [[nodiscard]] const std::string& method() const noexcept { return method_; }
    [[nodiscard]] const Url& url() const noexcept { return url_; }
    /// What it was made of, for what comes of it. A request without them may only be assigned to or destroyed.
    [[nodiscard]] std::string take_method() noexcept { return std::move(method_); }
    [[nodiscard]] Url take_url() noexcept { return std::move(url_); }
    [[nodiscard]] const Headers& headers() const noexcept { return headers_; }
    [[nodiscard]] Headers& mutable_headers() noexcept { return headers_; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }
    [[nodiscard]] std::optional<Duration> timeout() const noexcept { return timeout_; }
    [[nodiscard]] std::optional<std::size_t> redirects_max() const noexcept { return redirects_max_; }
    [[nodiscard]] const std::optional<RetryPolicy>& retry() const noexcept { return retry_; }
    [[nodiscard]] const std::shared_ptr<Auth>& auth() const noexcept { return auth_; }
    [[nodiscard]] bool is_raw() const noexcept { return is_raw_; }
    [[nodiscard]] const std::vector<std::string>& secret_headers() const noexcept { return secret_headers_; }
    /// Throws UsageError when it was sent before, or moved from.
    void check_unsent() const;
    /// Makes it the request that a redirect led to.
    void redirect_to(std::string method, Url url, Headers headers, bool keeps_body);

private:
    enum class Body : unsigned char { kNone, kForm, kOther };
    void begin_body(Body kind, std::string_view content_type);
    void add_header(std::string_view name, std::string_view value);

    Client* client_;
    std::string method_;
    Url url_;
    Headers headers_;
    std::string body_;
    std::optional<Duration> timeout_;
    std::optional<std::size_t> redirects_max_;
    std::optional<RetryPolicy> retry_;
    std::shared_ptr<Auth> auth_;
    std::vector<std::string> secret_headers_;
    Body body_kind_ = Body::kNone;
    bool is_raw_ = false;
};

}  // namespace trawl
