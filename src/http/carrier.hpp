/// What carries an exchange, a request out and its response in: a connection of HTTP/1.1, or a stream of an HTTP/2 one.
#pragma once

#include <string>
#include <string_view>

#include "trawl/coro/task.hpp"
#include "trawl/http/client.hpp"

namespace trawl::http {

class Carrier {
public:
    Carrier() = default;
    Carrier(const Carrier&) = delete;
    Carrier& operator=(const Carrier&) = delete;
    virtual ~Carrier() = default;

    /// Sends `request` and waits for the head of its response; of the body, what came with it is there. Throws
    /// TimeoutError, ProtocolError, OsError, TlsError, each naming the request.
    virtual Task<> begin(const Request& request, const ClientOptions& options) = 0;
    /// Waits for more of the response. The body may have grown meanwhile, or come to its end. Throws as begin() does.
    /// Requires: it is not complete.
    virtual Task<> more(const Request& request, const ClientOptions& options) = 0;

    /// All of it is there. One that is whole before a server has read the request may not be complete yet.
    [[nodiscard]] virtual bool is_complete() const noexcept = 0;
    /// The request is not out yet: how fast the answer comes is not the answer's matter alone.
    [[nodiscard]] virtual bool is_sending() const noexcept = 0;
    [[nodiscard]] virtual int status() const noexcept = 0;
    [[nodiscard]] virtual const Headers& response_headers() const noexcept = 0;
    /// The same, to keep: there may be none left here.
    [[nodiscard]] virtual Headers take_response_headers() = 0;
    /// What has come of the body and was not taken out.
    [[nodiscard]] virtual std::string& body() noexcept = 0;
    /// "HTTP/1.1", "HTTP/2".
    [[nodiscard]] virtual std::string_view version() const noexcept = 0;

    /// The exchange left the connection fit for another one.
    [[nodiscard]] virtual bool reusable() const noexcept = 0;
    /// It failed before the first byte of a response.
    [[nodiscard]] virtual bool died_unanswered() const noexcept = 0;
    /// It failed, and the server certainly did nothing: it says so, or the request did not leave.
    [[nodiscard]] virtual bool is_unprocessed() const noexcept = 0;
};

}  // namespace trawl::http
