#include "connection.hpp"

#include "h1_write.hpp"
#include "request_error.hpp"
#include "trawl/base/error.hpp"

namespace trawl::http {
namespace {

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
    parser_.begin(request.method(), asks_close(request.headers()));
    const std::string bytes = write_request(request.method(), request.url(), request.headers(), request.body());
    try {
        co_await transport_.send(bytes, options.first_byte_timeout);
        parser_.request_sent();
        while (parser_.state() == H1State::head) {
            const Duration limit = parser_.started() ? options.read_timeout : options.first_byte_timeout;
            Buffer chunk = co_await transport_.receive(limit);
            take(chunk);
        }
    } catch (const OsError& error) {
        throw_broken(request, error);
    } catch (const TlsError& error) {
        throw_broken(request, error);
    } catch (const TimeoutError&) {
        throw_too_slow(request, options);
    }
    check(request);
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
