#include "trawl/http/response_stream.hpp"

#include <utility>

#include "exchange.hpp"
#include "trawl/base/error.hpp"

namespace trawl {

ResponseStream::ResponseStream(std::unique_ptr<http::Exchange> exchange) : exchange_(std::move(exchange)) {
    waiting_.swap(exchange_->body());
    head_ = std::make_unique<Response>(exchange_->response());
    if (exchange_->is_complete()) end();
}

ResponseStream::ResponseStream(ResponseStream&&) noexcept = default;
ResponseStream& ResponseStream::operator=(ResponseStream&&) noexcept = default;
ResponseStream::~ResponseStream() = default;

void ResponseStream::end() noexcept {
    exchange_->give_back();
    exchange_.reset();
}

// False at the end of the body. What was taken makes room first: a reader of lines holds one piece and one line.
Task<bool> ResponseStream::more() {
    if (!exchange_) co_return false;
    if (exchange_->is_awaited()) throw UsageError("two tasks read one stream at once: only one may");
    waiting_.erase(0, std::exchange(taken_, 0));
    try {
        co_await exchange_->more();
    } catch (...) {
        exchange_.reset();
        throw;
    }
    waiting_ += exchange_->body();
    exchange_->body().clear();
    if (exchange_->is_complete()) end();
    co_return true;
}

std::string ResponseStream::take(std::size_t size) {
    std::string bytes =
        taken_ == 0 && size == waiting_.size() ? std::exchange(waiting_, {}) : waiting_.substr(taken_, size);
    taken_ = waiting_.empty() ? 0 : taken_ + size;
    searched_ = taken_;
    return bytes;
}

Task<std::optional<std::string>> ResponseStream::next() {
    while (taken_ == waiting_.size()) {
        const bool arrived = co_await more();
        if (!arrived) co_return std::nullopt;
    }
    co_return take(waiting_.size() - taken_);
}

Task<std::optional<std::string>> ResponseStream::next_line() {
    std::size_t end = waiting_.find('\n', searched_);
    while (end == std::string::npos) {
        searched_ = waiting_.size() - taken_;  // more() moves the rest to the front
        const bool arrived = co_await more();
        if (!arrived) break;
        end = waiting_.find('\n', searched_);
    }
    if (end == std::string::npos && taken_ == waiting_.size()) co_return std::nullopt;
    std::string line = take(std::min(end, waiting_.size() - 1) + 1 - taken_);
    if (line.ends_with("\r\n")) line.pop_back();
    if (end != std::string::npos) line.pop_back();
    co_return line;
}

Task<Response> ResponseStream::read() {
    bool arrived = true;
    while (arrived) arrived = co_await more();
    std::string rest = take(waiting_.size() - taken_);
    Response whole(head_->method(), head_->url(), head_->status(), head_->headers(), std::move(rest));
    whole.set_timings(head_->timings());
    whole.set_attempts(head_->attempts(), head_->attempts_max());
    whole.set_http_version(head_->http_version());
    co_return whole;
}

}  // namespace trawl
