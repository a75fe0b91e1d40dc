#include "exchange.hpp"

#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {

void Exchange::decode() {
    if (request_.method() == "HEAD") return;
    const auto codings = parse_content_encoding(headers());
    if (!codings) throw ProtocolError(format("{}: the answer {}", request_name(request_), codings.error()));
    if (!codings->empty()) {
        DecoderLimits limits;
        limits.out_max = options_->body_max;
        decoder_.emplace(*codings, limits);
    }
    take_in(lease_->body().size());
}

void Exchange::record(std::unique_ptr<HarEntry> entry) {
    har_ = std::move(entry);
    if (!har_) return;
    har_->set_head(status(), lease_->version(), headers());
    har_->add_received(lease_->body().size());
}

// What `arrived` last is at the end of the carrier's body.
void Exchange::take_in(std::size_t arrived) {
    std::string& raw = lease_->body();
    if (!decoder_) {
        if (har_) har_->add_body(std::string_view(raw).substr(raw.size() - arrived));
        return;
    }
    const std::size_t before = decoded_.size();
    auto verdict = decoder_->feed(raw, decoded_);
    raw.clear();
    if (verdict && is_complete()) verdict = decoder_->finish();
    if (!verdict) throw ProtocolError(format("{}: {}", request_name(request_), verdict.error()));
    if (har_) har_->add_body(std::string_view(decoded_).substr(before));
}

Task<> Exchange::receive() {
    try {
        const TimePoint began = Loop::current().now();
        const std::size_t before = lease_->body().size();
        co_await lease_->more(request_, *options_);
        const std::size_t arrived = lease_->body().size() - before;
        if (har_) har_->add_received(arrived);
        if (!is_complete() && !rate_.is_fast_enough(Loop::current().now() - began, arrived)) {
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
    if (!deadline_) {
        co_await receive();
        co_return;
    }
    try {
        co_await timeout_at(*deadline_, receive());
    } catch (const TimeoutError&) {
        if (Loop::current().now() < *deadline_) throw;
        const std::string message = too_slow(request_, "not complete", *request_.timeout());
        if (har_) har_->fail(message);
        throw TimeoutError(message);
    }
}

Response Exchange::response() {
    Response response(request_.method(), request_.url(), status(), headers(), std::move(body()));
    Timings timings = lease_.timings();
    timings.first_byte = head_came_ - began_;
    timings.body = Clock::now() - head_came_;
    response.set_timings(timings);
    response.set_attempts(attempts_, attempts_max_);
    response.set_http_version(lease_->version());
    return response;
}

}  // namespace trawl::http
