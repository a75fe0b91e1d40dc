#include "h1_connection.hpp"

#include "h1_write.hpp"
#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::http {
namespace {

bool asks_close(const Headers& headers) { return headers.has_token("connection", "close"); }

}  // namespace

Task<> H1Connection::begin(const Request& request, const ClientOptions& options) {
    parser_.begin(request.method(), asks_close(request.headers()));
    const std::string bytes =
        write_request(request.method(), request.url(), request.headers(), request.body(), proxy_login_);
    try {
        co_await transport_.send(bytes, options.first_byte_timeout);
        parser_.request_sent();
        const TimePoint deadline = Loop::current().deadline_after(options.first_byte_timeout);
        while (parser_.state() == H1State::head) {
            Buffer chunk = co_await transport_.receive(deadline - Loop::current().now());
            take(chunk);
        }
    } catch (const TimeoutError&) {
        throw_no_head(request, parser_.started(), options);
    } catch (const Error&) {
        throw_broken(request);
    }
    check(request);
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
    if (parser_.state() == H1State::failed) {
        throw ProtocolError(format("{}: {}", request_name(request), parser_.failure().text));
    }
}

}  // namespace trawl::http
