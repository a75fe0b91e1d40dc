/// One connection and one exchange at a time on it: a request out, its response in.
#pragma once

#include <cstdint>

#include "h1.hpp"
#include "transport.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/task_group.hpp"

namespace trawl::http {

class Connection {
public:
    Connection(Transport transport, const H1Limits& limits) : transport_(std::move(transport)), parser_(limits) {}

    /// Sends `request` and waits for the head of its response; of the body, what came with it is there. Throws
    /// TimeoutError, ProtocolError, OsError, TlsError, each naming the request.
    Task<> begin(const Request& request, const ClientOptions& options);
    /// Waits for more of the response. Throws as begin() does. Requires: it is not complete.
    Task<> more(const Request& request, const ClientOptions& options);

    [[nodiscard]] bool is_complete() const noexcept { return parser_.done(); }
    [[nodiscard]] int status() const noexcept { return parser_.status(); }
    [[nodiscard]] const Headers& response_headers() const noexcept { return parser_.headers(); }
    /// What has come of the body and was not taken out.
    [[nodiscard]] std::string& body() noexcept { return parser_.body(); }

    /// The last exchange left the connection fit for another one.
    [[nodiscard]] bool reusable() const noexcept { return parser_.reusable(); }
    /// The last exchange failed before the first byte of a response.
    [[nodiscard]] bool died_unanswered() const noexcept { return !parser_.started(); }
    /// Nothing has arrived or ended since the last exchange.
    [[nodiscard]] bool is_quiet() { return transport_.is_quiet(); }

private:
    Task<> send_and_listen(std::string_view bytes, const ClientOptions& options);
    Task<> listen(TaskGroup& both, const ClientOptions& options);
    Task<> send_all(TaskGroup& both, std::string_view bytes, const ClientOptions& options);
    Task<> receive_head(const ClientOptions& options);
    void take(const Buffer& chunk);
    void check(const Request& request) const;
    [[noreturn]] void throw_too_slow(const Request& request, const ClientOptions& options) const;

    Transport transport_;
    ResponseParser parser_;
    bool is_new_ = true;
};

}  // namespace trawl::http
