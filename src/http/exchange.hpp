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
    /// `options` outlive it.
    Exchange(Request&& request, const ClientOptions& options)
        : request_(std::move(request)), options_(&options), rate_(options.rate_min, options.rate_window) {}

    [[nodiscard]] Request& request() noexcept { return request_; }
    [[nodiscard]] const Request& request() const noexcept { return request_; }
    /// Sends the request over `lease` from now on: await its begin(), then tell head_came(). Requires: it has no other.
    Lease& send_over(Lease&& lease);
    [[nodiscard]] TimePoint sent_at() const noexcept { return began_; }
    void head_came() noexcept {
        head_came_ = Clock::now();
        has_waited_ = false;
    }
    /// The connection ends, unless it was given back.
    void give_up() noexcept { lease_.reset(); }
    /// Gives up, and begins again with what a redirect or a login led to.
    void restart(Request request);

    /// Tells `entry` what comes from here on. To be called before the body is looked at.
    void record(std::unique_ptr<HarEntry> entry);
    /// From then on more() throws TimeoutError.
    void set_deadline(TimePoint deadline) noexcept { deadline_ = deadline; }

    /// What the Response says of them: see Response::set_attempts.
    void set_attempts(int attempts, int most, std::shared_ptr<const std::string> note) noexcept {
        attempts_ = attempts;
        attempts_max_ = most;
        attempts_note_ = std::move(note);
    }

    // The rest requires that the head of the response is there.
    [[nodiscard]] int status() const noexcept { return carrier().status(); }
    [[nodiscard]] const Headers& headers() const noexcept { return carrier().response_headers(); }
    [[nodiscard]] bool is_complete() const noexcept { return carrier().is_complete(); }
    /// What has come of the body and was not taken out.
    [[nodiscard]] std::string& body() noexcept { return decoder_ ? decoded_ : carrier().body(); }
    /// Undoes the body's content codings from here on. Throws ProtocolError when that cannot be done. To be called
    /// once, before the body is looked at.
    void decode();
    /// Waits for more of the body, or its end. Suspends. Throws TimeoutError, ProtocolError, OsError, TlsError.
    /// Requires: not complete.
    Task<> more();
    /// Somebody waits in more().
    [[nodiscard]] bool is_awaited() const noexcept { return is_awaited_; }
    /// The response's head, with the body that was not taken out.
    [[nodiscard]] Response response() {
        return make_response(std::string(request_.method()), Url(request_.url()), Headers(headers()));
    }
    /// The same, and the request's own parts and the head go into it: nothing but give_back() is to be called then.
    [[nodiscard]] Response take_response() {
        return make_response(request_.take_method(), request_.take_url(), carrier().take_response_headers());
    }
    /// The connection may serve others. To be called once, when the response is complete and the body taken out.
    void give_back() {
        if (har_) har_->complete();
        lease_->give_back();
    }

private:
    Task<> receive();
    void take_in(std::size_t arrived);
    [[noreturn]] void refuse(const std::string& why) const;
    [[noreturn]] void give_up_too_slow() const;
    Response make_response(std::string&& method, Url&& url, Headers&& headers);
    [[nodiscard]] Carrier& carrier() const noexcept { return *lease_->carrier(); }

    Request request_;
    std::optional<Lease> lease_;
    const ClientOptions* options_;
    TimePoint began_{};
    TimePoint head_came_{};
    bool has_waited_ = false;  // for more, since the head came
    bool is_awaited_ = false;
    RateWatch rate_;
    std::optional<TimePoint> deadline_;
    std::optional<Decoder> decoder_;
    std::string decoded_;
    std::unique_ptr<HarEntry> har_;
    int attempts_ = 1;
    int attempts_max_ = 1;
    std::shared_ptr<const std::string> attempts_note_;
};

}  // namespace trawl::http
