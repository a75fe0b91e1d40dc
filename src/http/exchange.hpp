/// A request whose response has begun: it holds the connection until the body has come to its end.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "connections.hpp"
#include "trawl/base/clock.hpp"
#include "trawl/http/client.hpp"

namespace trawl::http {

class Exchange {
public:
    /// Requires: the head of the response is there. `options` outlive it.
    Exchange(Request request, Lease lease, const ClientOptions& options, TimePoint began)
        : request_(std::move(request)), lease_(std::move(lease)), options_(&options), began_(began) {}

    /// From then on more() throws TimeoutError.
    void set_deadline(TimePoint deadline) noexcept { deadline_ = deadline; }

    [[nodiscard]] bool is_complete() const noexcept { return lease_->is_complete(); }
    /// What has come of the body and was not taken out.
    [[nodiscard]] std::string& body() const noexcept { return lease_->body(); }
    /// Waits for more of the body, or its end. Suspends. Throws TimeoutError, ProtocolError, OsError. Requires: not
    /// complete.
    Task<> more();
    /// The response's head, with the body that was not taken out.
    [[nodiscard]] Response response() const;
    /// The connection may serve others. To be called once, when the response is complete and the body taken out.
    void give_back() { lease_.give_back(); }

private:
    Request request_;
    Lease lease_;
    const ClientOptions* options_;
    TimePoint began_;
    std::optional<TimePoint> deadline_;
};

}  // namespace trawl::http
