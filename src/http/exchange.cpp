#include "exchange.hpp"

#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/body_too_large.hpp"
#include "trawl/http/decompression_bomb.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {
namespace {

class WhileItLives {
public:
    explicit WhileItLives(bool& flag) noexcept : flag_(flag) { flag_ = true; }
    WhileItLives(const WhileItLives&) = delete;
    WhileItLives& operator=(const WhileItLives&) = delete;
    ~WhileItLives() { flag_ = false; }

private:
    bool& flag_;
};

}  // namespace

Lease& Exchange::send_over(Lease&& lease) {
    lease_.emplace(std::move(lease));
    began_ = Clock::now();
    return *lease_;
}

void Exchange::restart(Request request) {
    give_up();
    decoder_.reset();
    decoded_.clear();
    har_.reset();
    rate_ = RateWatch(options_->rate_min, options_->rate_window);
    request_ = std::move(request);
}

void Exchange::decode() {
    if (request_.method() == "HEAD") return;
    const bool is_coded = headers().contains("content-encoding") && !request_.is_raw();
    if (!is_coded) return take_in(carrier().body().size());
    if (is_complete() && carrier().body().empty()) return;  // nothing is coded in whatever way: a 304 may say how
    const auto codings = parse_content_encoding(headers());
    const bool is_error = status() >= 400;  // whose status and fields say enough, also when to come again
    if (!codings && !is_error)
        throw ProtocolError(format("{}: the answer {}", request_name(request_), codings.error()));
    if (codings && !codings->empty()) {
        DecoderLimits limits;
        limits.out_max = options_->body_max;
        decoder_.emplace(*codings, limits);
    }
    take_in(carrier().body().size());
}

void Exchange::record(std::unique_ptr<HarEntry> entry) {
    har_ = std::move(entry);
    if (!har_) return;
    har_->set_head(status(), carrier().version(), headers());
    har_->add_received(carrier().body().size());
}

// What `arrived` last is at the end of the carrier's body.
void Exchange::take_in(std::size_t arrived) {
    std::string& raw = carrier().body();
    if (!decoder_) {
        if (har_) har_->add_body(std::string_view(raw).substr(raw.size() - arrived));
        return;
    }
    const std::size_t before = decoded_.size();
    auto verdict = decoder_->feed(raw, decoded_);
    raw.clear();
    if (verdict && is_complete()) verdict = decoder_->finish();
    if (!verdict) refuse(verdict.error());
    if (har_) har_->add_body(std::string_view(decoded_).substr(before));
}

void Exchange::refuse(const std::string& why) const {
    const std::string message = format("{}: {}", request_name(request_), why);
    if (decoder_->is_too_large()) throw BodyTooLarge(message);
    if (decoder_->is_bomb()) throw DecompressionBomb(message);
    throw ProtocolError(message);
}

Task<> Exchange::receive() {
    has_waited_ = true;
    try {
        const TimePoint began = Loop::current().now();
        const std::size_t before = carrier().body().size();
        const bool was_sending = carrier().is_sending();
        co_await carrier().more(request_, *options_);
        const std::size_t arrived = carrier().body().size() - before;
        if (har_) har_->add_received(arrived);
        if (!is_complete() && !was_sending && !rate_.is_fast_enough(Loop::current().now() - began, arrived)) {
            throw TimeoutError(
                format("{}: less than {} bytes of the answer came per second; check that the source is up",
                       request_name(request_), options_->rate_min));
        }
        take_in(arrived);
    } catch (const Error& error) {
        if (har_) har_->fail(error.what());
        throw;
    }
}

Task<> Exchange::more() {
    const WhileItLives awaited(is_awaited_);
    if (!deadline_) {
        co_await receive();
        co_return;
    }
    // What is there already would win over a deadline that is over: a slow reader's stream would have none.
    if (Loop::current().now() >= *deadline_) give_up_too_slow();
    try {
        co_await timeout_at(*deadline_, receive());
    } catch (const TimeoutError&) {
        if (Loop::current().now() < *deadline_) throw;
        give_up_too_slow();
    }
}

void Exchange::give_up_too_slow() const {
    const std::string message = too_slow(request_, "not complete", *request_.timeout());
    if (har_) har_->fail(message);
    throw TimeoutError(message);
}

Response Exchange::make_response(std::string&& method, Url&& url, Headers&& headers) {
    Response response(std::move(method), std::move(url), status(), std::move(headers), std::move(body()));
    Timings timings = lease_->timings();
    timings.first_byte = head_came_ - began_;
    timings.body = has_waited_ ? Clock::now() - head_came_ : Duration::zero();
    response.set_timings(timings);
    response.set_attempts(attempts_, attempts_max_, std::move(attempts_note_));
    response.set_http_version(carrier().version());
    return response;
}

}  // namespace trawl::http
