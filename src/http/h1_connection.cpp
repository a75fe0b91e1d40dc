#include "h1_connection.hpp"

#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/body_too_large.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::http {
namespace {

constexpr std::size_t kSentAtOnce = 16 * 1024;  // what a socket takes without waiting: Linux gives it that at least

bool asks_close(const Headers& headers) { return headers.has_token("connection", "close"); }

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
            co_await send_and_listen(bytes_, options);
            bytes_ = std::string();  // a connection keeps room for usual requests only
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
// is the answer then, and the connection of no use behind it, because the request was never complete.
Task<> H1Connection::send_and_listen(std::string_view bytes, const ClientOptions& options) {
    TaskGroup both;
    both.spawn(listen(both));
    both.spawn(send_all(both, bytes, options));
    co_await both.join();
}

// What is no success ends the sending, and so does a whole answer that says "close" (RFC 9112, section 9.6). Another
// success may be one that the server writes while it reads, so both go on; how long that may take is the sender's
// limit. What comes meanwhile is held, as far as H1Limits lets it.
Task<> H1Connection::listen(TaskGroup& both) {
    while (!parser_.done() && (parser_.state() == H1State::head || parser_.status() < 300)) {
        Buffer chunk = co_await transport_.receive();
        take(chunk);
    }
    const bool is_last = parser_.done() && asks_close(parser_.headers());
    if (parser_.state() == H1State::failed || parser_.status() >= 300 || is_last) both.cancel();
}

Task<> H1Connection::send_all(TaskGroup& both, std::string_view bytes, const ClientOptions& options) {
    try {
        co_await transport_.send(bytes, options.write_timeout);
        parser_.request_sent();
        both.cancel();
    } catch (const OsError&) {  // ignored: the answer may have come before the end; if none has, receiving says so
    }
}

Task<> H1Connection::more(const Request& request, const ClientOptions& options) {
    try {
        Buffer chunk = co_await transport_.receive(options.read_timeout);
        take(chunk);
    } catch (const TimeoutError&) {
        throw_no_more(request, options);
    } catch (const Error&) {
        throw_broken(request);
    }
    check(request);
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
