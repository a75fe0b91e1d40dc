/// How the client words what went wrong: which request, what happened, what to do.
#pragma once

#include <string>
#include <string_view>

#include "trawl/base/clock.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/client.hpp"

namespace trawl::http {

/// "GET http://host/path", without secrets.
inline std::string request_name(const Request& request) {
    return format("{} {}", request.method(), request.url().redacted());
}

/// "GET http://host/path: no answer within 60 s"
inline std::string too_slow(const Request& request, std::string_view what, Duration limit) {
    return format("{}: {} within {:g} s; check that the source is up", request_name(request), what,
                  std::chrono::duration<double>(limit).count());
}

}  // namespace trawl::http
