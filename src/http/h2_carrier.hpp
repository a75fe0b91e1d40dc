/// One exchange on a shared connection. Destroyed before its end, it tells the server that nobody waits for the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "carrier.hpp"
#include "h2_connection.hpp"
#include "trawl/coro/frame.hpp"

namespace trawl::http {

class H2Carrier final : public Carrier {
public:
    explicit H2Carrier(H2Connection::Shared connection) : connection_(std::move(connection)) {}
    ~H2Carrier() override;
    // There is one for each request: the frames of its coroutines lie beside it.
    static void* operator new(std::size_t size) { return coro::allocate_frame(size); }
    static void operator delete(void* carrier, std::size_t size) noexcept { coro::free_frame(carrier, size); }

    Task<> begin(const Request& request, const ClientOptions& options) override;
    Task<> more(const Request& request, const ClientOptions& options) override;

    [[nodiscard]] bool is_complete() const noexcept override { return stream().done(); }
    [[nodiscard]] bool is_sending() const noexcept override {
        return has_left_ && !stream().done() && !connection_->is_body_out(*id_);
    }
    [[nodiscard]] int status() const noexcept override { return stream().status(); }
    [[nodiscard]] const Headers& response_headers() const noexcept override { return stream().headers(); }
    [[nodiscard]] Headers take_response_headers() override { return stream().take_headers(); }
    [[nodiscard]] std::string& body() noexcept override { return stream().body(); }
    [[nodiscard]] std::string_view version() const noexcept override { return "HTTP/2"; }

    [[nodiscard]] bool reusable() const noexcept override { return true; }
    [[nodiscard]] bool died_unanswered() const noexcept override;
    [[nodiscard]] bool is_unprocessed() const noexcept override { return !id_ || stream().may_repeat(); }

private:
    [[nodiscard]] H2Stream& stream() const noexcept { return *stream_; }
    Task<> wait_until_taken(const Request& request, const ClientOptions& options);
    bool went_on_sending();
    void check(const Request& request) const;

    H2Connection::Shared connection_;
    std::optional<StreamId> id_;
    H2Stream* stream_ = nullptr;   // the connection's: it stays where it is until it is forgotten
    std::uint64_t body_seen_ = 0;  // bytes of the body that had come when the caller last looked
    std::uint64_t credited_ = 0;   // of them, those that the server may send as many more for
    bool has_left_ = false;        // of the request's body to send, at the last look
    std::size_t body_sent_ = 0;    // bytes of it that were out then
    Event news_;
};

}  // namespace trawl::http
