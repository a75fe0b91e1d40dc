#include "connection.hpp"

#include "h1_write.hpp"
#include "request_error.hpp"
#include "trawl/base/error.hpp"

namespace trawl::http {
namespace {

constexpr std::size_t kSentAtOnce = 16 * 1024;  // what a socket takes without waiting: Linux gives it that at least

bool asks_close(const Headers& headers) { return headers.has_token("connection", "close"); }

[[noreturn]] void throw_broken(const Request& request, const OsError& error) {
    throw OsError(error.code(), request_name(request) + ": the connection broke");
}

// An end without TLS's own is no end: what HTTP makes of a connection that breaks off.
[[noreturn]] void throw_broken(const Request& request, const TlsError& error) {
    if (dynamic_cast<const TruncatedError*>(&error) != nullptr) {
        throw ProtocolError(format("{}: {}", request_name(request), error.what()));
    }
    throw TlsError(error.host(), format("{} ({})", error.reason(), request_name(request)));
}

}  // namespace

Task<> Connection::begin(const Request& request, const ClientOptions& options) {
    // What comes before the first request is no answer of ours; the server may still give one, to be taken for the
    // next.
    const bool came_unasked = std::exchange(is_new_, false) && !transport_.is_quiet();
    parser_.begin(request.method(), asks_close(request.headers()) || came_unasked);
    const std::string bytes = write_request(request.method(), request.url(), request.headers(), request.body());
    try {
        if (bytes.size() <= kSentAtOnce) {
            co_await transport_.send(bytes, options.first_byte_timeout);
            parser_.request_sent();
        } else {
            co_await send_and_listen(bytes, options);
        }
        co_await receive_head(options);
    } catch (const OsError& error) {
        throw_broken(request, error);
    } catch (const TlsError& error) {
        throw_broken(request, error);
    } catch (const TimeoutError&) {
        throw_too_slow(request, options);
    }
    check(request);
}

// A server may answer before it has read a long body, and read no further, or close (RFC 9112 section 9.5): the answer
// is the answer then, and the connection of no use behind it, because the request was never complete.
Task<> Connection::send_and_listen(std::string_view bytes, const ClientOptions& options) {
    TaskGroup both;
    both.spawn(listen(both, options));
    both.spawn(send_all(both, bytes, options));
    co_await both.join();
}

// What is no success ends the sending. A success may be one that the server writes while it reads, so both go on; how
// long that may take is the sender's limit.
Task<> Connection::listen(TaskGroup& both, const ClientOptions& options) {
    co_await receive_head(options);
    while (!parser_.done() && parser_.status() < 300) {
        Buffer chunk = co_await transport_.receive(Duration::max());
        take(chunk);
    }
    if (parser_.state() == H1State::failed || parser_.status() >= 300) both.cancel();
}

Task<> Connection::send_all(TaskGroup& both, std::string_view bytes, const ClientOptions& options) {
    try {
        co_await transport_.send(bytes, options.first_byte_timeout);
        parser_.request_sent();
        both.cancel();
    } catch (const OsError&) {  // ignored: the answer may have come before the end; if none has, receiving says so
    }
}

Task<> Connection::receive_head(const ClientOptions& options) {
    while (parser_.state() == H1State::head) {
        const Duration limit = parser_.started() ? options.read_timeout : options.first_byte_timeout;
        Buffer chunk = co_await transport_.receive(limit);
        take(chunk);
    }
}

Task<> Connection::more(const Request& request, const ClientOptions& options) {
    try {
        Buffer chunk = co_await transport_.receive(options.read_timeout);
        take(chunk);
    } catch (const OsError& error) {
        throw_broken(request, error);
    } catch (const TlsError& error) {
        throw_broken(request, error);
    } catch (const TimeoutError&) {
        throw_too_slow(request, options);
    }
    check(request);
}

void Connection::take(const Buffer& chunk) {
    if (chunk.empty()) {
        parser_.finish();
    } else {
        parser_.feed(chunk.view());
    }
}

void Connection::check(const Request& request) const {
    if (parser_.state() == H1State::failed) {
        throw ProtocolError(format("{}: {}", request_name(request), parser_.failure().text));
    }
}

void Connection::throw_too_slow(const Request& request, const ClientOptions& options) const {
    if (parser_.started()) {
        throw TimeoutError(too_slow(request, "nothing more of the answer came", options.read_timeout));
    }
    throw TimeoutError(too_slow(request, "no answer", options.first_byte_timeout));
}

}  // namespace trawl::http
