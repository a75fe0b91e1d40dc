/// One connection and one exchange on it: a request out, its response in.
#pragma once

#include <cstdint>

#include "h1.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/client.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl::http {

class Connection {
public:
    Connection(TcpStream stream, const H1Limits& limits) : stream_(std::move(stream)), parser_(limits) {}

    /// Sends `request` and gives the complete response. Throws TimeoutError, ProtocolError, OsError, each naming the
    /// request.
    Task<Response> exchange(const Request& request, const ClientOptions& options);

    /// The last exchange left the connection fit for another one.
    [[nodiscard]] bool reusable() const noexcept { return parser_.reusable(); }
    /// The last exchange failed before the first byte of a response.
    [[nodiscard]] bool died_unanswered() const noexcept { return !parser_.started(); }
    /// Nothing has arrived or ended since the last exchange.
    [[nodiscard]] bool is_quiet() const noexcept { return stream_.is_quiet(); }
    [[nodiscard]] const Headers& response_headers() const noexcept { return parser_.headers(); }

private:
    Task<> read_response(const Request& request, const ClientOptions& options);

    TcpStream stream_;
    ResponseParser parser_;
};

}  // namespace trawl::http
