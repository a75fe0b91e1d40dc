/// Client: HTTP/1.1 and HTTP/2, also over TLS, with connections that are kept. One client serves any number of tasks of
/// one loop.
///
///     Client client("https://api.example.com");
///     Response user = co_await client.get("/users/1").header("accept", "application/json").timeout(5s);
///     user.raise_for_status();
///
/// Rules: a connection is used again only when request and answer were both complete by framing, neither said close,
/// and nothing has arrived on it since; a request is sent a second time by itself only when a used connection died
/// before the first byte of an answer and the method is idempotent (RFC 9110, 9.2.2), or when the server says that it
/// did not process it. Whatever else fails is tried again only under a RetryPolicy (see retry.hpp). Redirects are
/// answers like any other unless they are to be followed. Bodies are asked for compressed (gzip, deflate, br, zstd),
/// unless the request says what it accepts or asks for a Range, and decoded. https verifies the server (see
/// net/tls_options.hpp). A client outlives its requests and streams; responses need it no more.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/cookies.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/proxies.hpp"
#include "trawl/http/request.hpp"
#include "trawl/http/request_steps.hpp"
#include "trawl/http/response.hpp"
#include "trawl/http/response_stream.hpp"
#include "trawl/http/retry.hpp"
#include "trawl/http/url.hpp"
#include "trawl/net/tls_options.hpp"

namespace trawl {

class HarRecorder;

/// When to speak HTTP/2.
enum class Http2 : unsigned char {
    kByTls,           // where the server of an https URL offers it (ALPN)
    kNever,           // always HTTP/1.1
    kPriorKnowledge,  // always HTTP/2, also without TLS (RFC 9113, 3.3): for servers that are known to speak it
};

/// Limits of a client. The defaults are those of the field's clients; see the comments.
class ClientOptions {
public:
    Duration connect_timeout = std::chrono::seconds(10);     // names and TCP together
    Duration tls_timeout = std::chrono::seconds(10);         // the handshake
    Duration write_timeout = std::chrono::seconds(30);       // until the server takes more of the request
    Duration first_byte_timeout = std::chrono::seconds(60);  // from the request until the answer's head is there
    Duration read_timeout = std::chrono::seconds(30);        // between two pieces of its body
    std::optional<Duration> pool_timeout;                    // until a connection is free; none: as long as it takes
    std::size_t rate_min = 1000;                      // bytes of a body per second, on average of rate_window; 0: any
    Duration rate_window = std::chrono::seconds(60);  // of waiting for a body: a stall of a network is over by then
    std::size_t connections = 100;                    // open at once, idle ones included, 1 at least; others wait
    std::size_t body_max = std::size_t{1} << 30;      // bytes of one answer, decoded; more is an error
    std::size_t redirects_max = 0;                    // followed in a row, of GET and HEAD; see Request
    std::optional<RetryPolicy> retry;                 // of all requests that name no policy of their own
    TlsOptions tls;                                   // whom to trust
    Http2 http2 = Http2::kByTls;                      // one connection then carries many requests at once
    std::shared_ptr<CookieJar> cookies;               // kept and sent, if there is a jar
    Proxies proxies = Proxies::from_environment();    // Proxies() for none
    std::shared_ptr<HarRecorder> har;                 // told of every exchange, if there is one: see har.hpp
    std::string unix_socket;                          // connects to this path, whatever the URL's host

    // Not an aggregate: g++ 12 destroys aggregate temporaries twice in a co_await expression.
    ClientOptions() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate
};

class Client {
public:
    /// Targets given to get() and the others are resolved against `base_url`; without one they must be whole URLs.
    /// Reads the files that `options.tls` names, and blocks for it. Throws InvalidUrl, FileError, UsageError.
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

    /// Sends a request that was put together before: see Request::send() and stream().
    Task<Response> send(Request&& request);
    Task<ResponseStream> stream(Request request);
    /// For sending it by hand, one request at a time. Throws UsageError for one that was sent before.
    [[nodiscard]] RequestSteps steps(Request request);

    /// The pool in words: "[http://127.0.0.1:8000 h1 idle 3s] [https://example.com:443 h2 3/100] queue 2".
    [[nodiscard]] std::string describe_pool() const;

private:
    friend class RequestSteps;
    class Impl;
    std::optional<Url> base_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trawl
