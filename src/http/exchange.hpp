/// A request whose response has begun: it holds the connection until the body has come to its end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "connections.hpp"
#include "content_coding.hpp"
#include "har_entry.hpp"
#include "rate_watch.hpp"
#include "trawl/base/clock.hpp"
#include "trawl/http/client.hpp"

namespace trawl::http {

class Exchange {
public:
    /// Requires: the head of the response is there. `began`: when the request was sent. `options` outlive it.
    Exchange(Request request, Lease lease, const ClientOptions& options, TimePoint began)
        : request_(std::move(request)),
          lease_(std::move(lease)),
          options_(&options),
          began_(began),
          head_came_(Clock::now()),
          rate_(options.rate_min) {}

    /// Tells `entry` what comes from here on. To be called before the body is looked at.
    void record(std::unique_ptr<HarEntry> entry);
    /// From then on more() throws TimeoutError.
    void set_deadline(TimePoint deadline) noexcept { deadline_ = deadline; }

    /// What the Response says of them: see Response::set_attempts.
    void set_attempts(int attempts, int most) noexcept {
        attempts_ = attempts;
        attempts_max_ = most;
    }

    [[nodiscard]] const Request& request() const& noexcept { return request_; }
    [[nodiscard]] Request request() && noexcept { return std::move(request_); }
    [[nodiscard]] int status() const noexcept { return lease_->status(); }
    [[nodiscard]] const Headers& headers() const noexcept { return lease_->response_headers(); }
    [[nodiscard]] bool is_complete() const noexcept { return lease_->is_complete(); }
    /// What has come of the body and was not taken out.
    [[nodiscard]] std::string& body() noexcept { return decoder_ ? decoded_ : lease_->body(); }
    /// Undoes the body's content codings from here on. Throws ProtocolError when that cannot be done. To be called
    /// once, before the body is looked at.
    void decode();
    /// Waits for more of the body, or its end. Suspends. Throws TimeoutError, ProtocolError, OsError, TlsError.
    /// Requires: not complete.
    Task<> more();
    /// The response's head, with the body that was not taken out.
    [[nodiscard]] Response response();
    /// The connection may serve others. To be called once, when the response is complete and the body taken out.
    void give_back() {
        if (har_) har_->complete();
        lease_.give_back();
    }

private:
    Task<> receive();
    void take_in(std::size_t arrived);

    Request request_;
    Lease lease_;
    const ClientOptions* options_;
    TimePoint began_;
    TimePoint head_came_;
    RateWatch rate_;
    std::optional<TimePoint> deadline_;
    std::optional<Decoder> decoder_;
    std::string decoded_;
    std::unique_ptr<HarEntry> har_;
    int attempts_ = 1;
    int attempts_max_ = 1;
};

}  // namespace trawl::http
