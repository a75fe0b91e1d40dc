#include "request_error.hpp"

#include "trawl/base/error.hpp"

namespace trawl::http {

std::string request_name(const Request& request) { return format("{} {}", request.method(), request.url().redacted()); }

std::string too_slow(const Request& request, std::string_view what, Duration limit) {
    return format("{}: {} within {:g} s; check that the source is up", request_name(request), what,
                  std::chrono::duration<double>(limit).count());
}

void throw_not_taken(const Request& request, const ClientOptions& options) {
    throw TimeoutError(too_slow(request, "nothing more of the request was taken", options.write_timeout));
}

void throw_no_head(const Request& request, bool has_begun, const ClientOptions& options) {
    const std::string_view what = has_begun ? "the answer began, but its head was not complete" : "no answer";
    throw TimeoutError(too_slow(request, what, options.first_byte_timeout));
}

void throw_no_more(const Request& request, const ClientOptions& options) {
    throw TimeoutError(too_slow(request, "nothing more of the answer came", options.read_timeout));
}

// An end without TLS's own is no end: what HTTP makes of a connection that breaks off.
void throw_broken(const Request& request) {
    try {
        throw;
    } catch (const OsError& error) {
        throw OsError(error.code(), request_name(request) + ": the connection broke");
    } catch (const TruncatedError& error) {
        throw ProtocolError(format("{}: {}", request_name(request), error.what()));
    } catch (const TlsError& error) {
        throw TlsError(error.host(), format("{} ({})", error.reason(), request_name(request)));
    }
}

}  // namespace trawl::http
