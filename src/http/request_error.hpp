/// How the client words what went wrong: which request, what happened, what to do.
#pragma once

#include <string>
#include <string_view>

#include "trawl/base/clock.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/client.hpp"

namespace trawl::http {

/// "GET http://host/path", without secrets.
[[nodiscard]] std::string request_name(const Request& request);

/// "GET http://host/path: no answer within 60 s"
[[nodiscard]] std::string too_slow(const Request& request, std::string_view what, Duration limit);

/// The TimeoutError of a request that the server did not take.
[[noreturn]] void throw_not_taken(const Request& request, const ClientOptions& options);
/// The TimeoutError of an answer whose head was not there in time.
[[noreturn]] void throw_no_head(const Request& request, bool has_begun, const ClientOptions& options);
/// The TimeoutError of an answer whose body did not go on.
[[noreturn]] void throw_no_more(const Request& request, const ClientOptions& options);

/// Throws the error that is being handled, an OsError or a TlsError of the connection, as one that names the request;
/// any other as it is.
[[noreturn]] void throw_broken(const Request& request);

}  // namespace trawl::http
