/// The fields of an HTTP/2 request (RFC 9113 section 8.3.1): what was said for HTTP/1 in HTTP/2's words.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/http/headers.hpp"
#include "trawl/http/url.hpp"

namespace trawl::http {

struct H2Field {
    std::string name;  ///< in lower case
    std::string value;
    bool secret = false;  ///< no table of HPACK may keep it, ours, the server's, or that of somebody in between
};

/// The pseudo fields first (a Host in `headers` becomes :authority), then `headers` in their order without what only
/// HTTP/1 knows (section 8.2.2: Connection and what it names, Transfer-Encoding, ...), then content-length where the
/// method or the body calls for it. Secret is what sounds so, what `secret_headers` name, and a path with a query.
/// Throws UsageError if the method is no token or CONNECT, or if `headers` has a Content-Length other than the body's
/// or two Hosts.
[[nodiscard]] std::vector<H2Field> h2_request_fields(std::string_view method, const Url& url, const Headers& headers,
                                                     std::size_t body_size,
                                                     std::span<const std::string> secret_headers = {});

}  // namespace trawl::http
