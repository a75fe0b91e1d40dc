#include "connection.hpp"

#include "h1_write.hpp"
#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {
namespace {

bool asks_close(const Headers& headers) { return headers.has_token("connection", "close"); }

[[noreturn]] void throw_too_slow(const Request& request, bool started, const ClientOptions& options) {
    if (started) throw TimeoutError(too_slow(request, "nothing more of the answer came", options.read_timeout));
    throw TimeoutError(too_slow(request, "no answer", options.first_byte_timeout));
}

}  // namespace

Task<Response> Connection::exchange(const Request& request, const ClientOptions& options) {
    const TimePoint begin = Clock::now();
    parser_.begin(request.method(), asks_close(request.headers()));
    const std::string bytes = write_request(request.method(), request.url(), request.headers(), request.body());
    try {
        co_await timeout(options.first_byte_timeout, stream_.send(bytes));
        parser_.request_sent();
        co_await read_response(request, options);
    } catch (const OsError& error) {
        throw OsError(error.code(), request_name(request) + ": the connection broke");
    } catch (const TimeoutError&) {
        throw_too_slow(request, parser_.started(), options);
    }
    Response response(request.method(), request.url(), parser_.status(), parser_.headers(), std::move(parser_.body()));
    response.set_elapsed(Clock::now() - begin);
    co_return response;
}

Task<> Connection::read_response(const Request& request, const ClientOptions& options) {
    while (!parser_.done()) {
        const Duration limit = parser_.started() ? options.read_timeout : options.first_byte_timeout;
        Buffer chunk = co_await timeout(limit, stream_.receive());
        if (chunk.empty()) {
            parser_.finish();
        } else {
            parser_.feed(chunk.view());
        }
    }
    if (parser_.state() == H1State::failed) {
        throw ProtocolError(format("{}: {}", request_name(request), parser_.failure().text));
    }
}

}  // namespace trawl::http
