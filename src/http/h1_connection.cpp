#include "h1_connection.hpp"

#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/body_too_large.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::http {
namespace {

constexpr std::size_t kSentAtOnce = 16 * 1024;  // what a socket takes without waiting: Linux gives it that at least

bool asks_close(const Headers& headers) { return headers.has_token("connection", "close"); }

/// Ends the sending when whoever waits for the head is cancelled, or fails: what nobody waits for is not to be done.
class UntilHead {
public:
    explicit UntilHead(std::unique_ptr<H1Sending>& sending) noexcept : sending_(sending) {}
    UntilHead(const UntilHead&) = delete;
    UntilHead& operator=(const UntilHead&) = delete;
    ~UntilHead() {
        if (!is_over_) sending_.reset();
    }
    void end() noexcept { is_over_ = true; }

private:
    std::unique_ptr<H1Sending>& sending_;
    bool is_over_ = false;
};

}  // namespace

Task<> H1Connection::begin(const Request& request, const ClientOptions& options) {
    // What comes before the first request is no answer of ours; the server may still give one, to be taken for the
    // next.
    const bool came_unasked = std::exchange(is_new_, false) && !transport_.is_quiet();
    parser_.begin(request.method(), asks_close(request.headers()) || came_unasked);
    bytes_.clear();
    writer_.append(bytes_, request.method(), request.url(), request.headers(), request.body(), proxy_login_);
    bool is_sent = false;
    try {
        if (bytes_.size() > kSentAtOnce) {
            // A connection keeps room for usual requests only.
            sending_ = std::make_unique<H1Sending>(transport_, std::exchange(bytes_, {}));
            co_await send_until_head(options.write_timeout);
        } else if (StreamSocket* plain = transport_.plain()) {
            co_await timeout_at(Loop::current().deadline_after(options.write_timeout), plain->send(bytes_));
            parser_.request_sent();
        } else {
            const bool is_out = transport_.secured()->send_at_once(bytes_);
            if (!is_out) co_await timeout(options.write_timeout, transport_.secured()->send(""));
            parser_.request_sent();
        }
        is_sent = true;
        const TimePoint deadline = Loop::current().deadline_after(options.first_byte_timeout);
        while (parser_.state() == H1State::head) {
            Buffer chunk;
            if (StreamSocket* plain = transport_.plain()) {
                chunk = co_await timeout_at(deadline, plain->receive());
            } else {
                chunk = co_await timeout_at(deadline, transport_.secured()->receive());
            }
            take(chunk);
        }
    } catch (const TimeoutError&) {
        if (!is_sent) throw_not_taken(request, options);
        throw_no_head(request, parser_.started(), options);
    } catch (const Error&) {
        throw_broken(request);
    }
    check(request);
}

// A server may answer before it has read a long body, and read no further, or close (RFC 9112 section 9.5): the answer
// is the answer then, and the connection of no use behind it, because the request was never complete. Ends with the
// head, or with the sending.
Task<> H1Connection::send_until_head(Duration limit) {
    UntilHead waiting(sending_);
    TaskGroup both;
    both.spawn(listen(both));
    both.spawn(end_sending(both, limit));
    co_await both.join();
    waiting.end();
    settle_sending();
}

Task<> H1Connection::listen(TaskGroup& both) {
    while (parser_.state() == H1State::head) {
        Buffer chunk = co_await transport_.receive();
        take(chunk);
    }
    both.cancel();
}

Task<> H1Connection::end_sending(TaskGroup& both, Duration limit) {
    co_await sending_->end(limit);
    both.cancel();
}

// What is no success ends the sending, and so does a whole answer that says "close" (RFC 9112, section 9.6). Another
// success may be one that the server writes while it reads: both go on, at the reader's pace, and it is complete when
// both are.
void H1Connection::settle_sending() {
    if (sending_->is_out()) parser_.request_sent();
    const bool is_unwanted = parser_.state() != H1State::head && parser_.status() >= 300;
    const bool is_last = parser_.done() && asks_close(parser_.headers());
    if (sending_->is_over() || parser_.state() == H1State::failed || is_unwanted || is_last) sending_.reset();
}

Task<> H1Connection::more(const Request& request, const ClientOptions& options) {
    try {
        if (sending_) {
            co_await more_beside_sending(options);
        } else {
            Buffer chunk = co_await transport_.receive(options.read_timeout);
            take(chunk);
        }
    } catch (const TimeoutError&) {
        throw_no_more(request, options);
    } catch (const Error&) {
        throw_broken(request);
    }
    check(request);
}

Task<> H1Connection::more_beside_sending(const ClientOptions& options) {
    if (parser_.done()) {
        co_await end_of_request(options.write_timeout);
    } else {
        co_await more_of_answer(options.read_timeout);
    }
}

// A server that is still reading owes no answer yet.
Task<> H1Connection::more_of_answer(Duration limit) {
    Buffer chunk;
    bool has_come = false;
    while (!has_come) {
        try {
            chunk = co_await transport_.receive(limit);
            has_come = true;
        } catch (const TimeoutError&) {
            if (!sending_->went_on()) throw;
        }
    }
    take(chunk);
    settle_sending();
}

// The answer is whole, which counts also where the server reads no further.
Task<> H1Connection::end_of_request(Duration limit) {
    try {
        co_await sending_->end(limit);
        settle_sending();
    } catch (const TimeoutError&) {
        sending_.reset();
    }
}

void H1Connection::take(const Buffer& chunk) {
    if (chunk.empty()) {
        parser_.finish();
    } else {
        parser_.feed(chunk.view());
    }
}

void H1Connection::check(const Request& request) const {
    if (parser_.state() != H1State::failed) return;
    const std::string message = format("{}: {}", request_name(request), parser_.failure().text);
    if (parser_.failure().code == H1Error::body_size) throw BodyTooLarge(message);
    throw ProtocolError(message);
}

}  // namespace trawl::http
