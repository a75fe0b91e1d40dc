/// A connection of HTTP/1.1: one exchange at a time, each to its end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "carrier.hpp"
#include "h1.hpp"
#include "h1_sending.hpp"
#include "h1_write.hpp"
#include "transport.hpp"
#include "trawl/loop/task_group.hpp"

namespace trawl::http {

class H1Connection final : public Carrier {
public:
    /// `proxy_login`: the other end is a proxy that sends the requests on; the value of its Proxy-Authorization, or "".
    /// `writer` outlives it: a client has one for all its connections.
    H1Connection(Transport transport, const H1Limits& limits, std::optional<std::string> proxy_login,
                 RequestWriter& writer)
        : transport_(std::move(transport)), parser_(limits), proxy_login_(std::move(proxy_login)), writer_(writer) {}

    Task<> begin(const Request& request, const ClientOptions& options) override;
    Task<> more(const Request& request, const ClientOptions& options) override;

    [[nodiscard]] bool is_complete() const noexcept override { return parser_.done() && !sending_; }
    [[nodiscard]] bool is_sending() const noexcept override { return sending_ != nullptr; }
    [[nodiscard]] int status() const noexcept override { return parser_.status(); }
    [[nodiscard]] const Headers& response_headers() const noexcept override { return parser_.headers(); }
    [[nodiscard]] Headers take_response_headers() override { return parser_.headers(); }  // whose room is kept
    [[nodiscard]] std::string& body() noexcept override { return parser_.body(); }
    [[nodiscard]] std::string_view version() const noexcept override { return "HTTP/1.1"; }

    [[nodiscard]] bool reusable() const noexcept override { return parser_.reusable(); }
    [[nodiscard]] bool died_unanswered() const noexcept override { return !parser_.started(); }
    [[nodiscard]] bool is_unprocessed() const noexcept override { return false; }
    /// Nothing has arrived or ended since the last exchange.
    [[nodiscard]] bool is_quiet() { return transport_.is_quiet(); }

private:
    Task<> send_until_head(Duration limit);
    Task<> listen(TaskGroup& both);
    Task<> end_sending(TaskGroup& both, Duration limit);
    Task<> more_beside_sending(const ClientOptions& options);
    Task<> more_of_answer(Duration limit);
    Task<> end_of_request(Duration limit);
    void settle_sending();
    void take(const Buffer& chunk);
    void check(const Request& request) const;

    Transport transport_;
    ResponseParser parser_;
    std::optional<std::string> proxy_login_;
    RequestWriter& writer_;
    std::string bytes_;  // of the request that is being sent
    bool is_new_ = true;
    std::unique_ptr<H1Sending> sending_;  // null but for a long request that is not out; uses the transport
};

}  // namespace trawl::http
