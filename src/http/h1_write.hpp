/// Messages as they go on the wire (RFC 9112).
#pragma once

#include <string>
#include <string_view>

#include "trawl/http/headers.hpp"
#include "trawl/http/url.hpp"

namespace trawl::http {

/// A request's head and body. Host comes first (section 3.2); Content-Length is added where a body is expected.
std::string write_request(std::string_view method, const Url& url, const Headers& headers, std::string_view body);

}  // namespace trawl::http
