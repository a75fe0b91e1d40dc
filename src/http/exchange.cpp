#include "exchange.hpp"

#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {

Task<> Exchange::more() {
    if (!deadline_) {
        co_await lease_->more(request_, *options_);
        co_return;
    }
    try {
        co_await timeout_at(*deadline_, lease_->more(request_, *options_));
    } catch (const TimeoutError&) {
        if (Loop::current().now() < *deadline_) throw;
        throw TimeoutError(too_slow(request_, "not complete", *request_.timeout()));
    }
}

Response Exchange::response() const {
    Response response(request_.method(), request_.url(), lease_->status(), lease_->response_headers(),
                      std::move(lease_->body()));
    response.set_elapsed(Clock::now() - began_);
    return response;
}

}  // namespace trawl::http
