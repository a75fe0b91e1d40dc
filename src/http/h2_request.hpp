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

/// Makes the fields of requests. Those of a request with the same headers as the one before are not made again.
class H2RequestFields {
public:
    /// The pseudo fields first (a Host in `headers` becomes :authority), then `headers` in their order without what
    /// only HTTP/1 knows (section 8.2.2: Connection and what it names, Transfer-Encoding, ...), then content-length
    /// where the method or the body calls for it. Secret is what sounds so, what `secret_headers` name, and a path with
    /// a query. They stand until the next call. Throws UsageError if the method is no token or CONNECT, or if `headers`
    /// has a Content-Length other than the body's or two Hosts.
    [[nodiscard]] const std::vector<H2Field>& make(std::string_view method, const Url& url, const Headers& headers,
                                                   std::size_t body_size,
                                                   std::span<const std::string> secret_headers = {});

private:
    void make_plain(const Headers& headers, std::span<const std::string> secret_headers);
    void make_pseudo(std::string_view method, const Url& url, const Headers& headers);

    std::vector<H2Field> fields_;
    std::size_t plain_end_ = 0;  // behind those that were made of the headers; 0: there are none yet
    Headers headers_;            // which they were made of
    std::vector<std::string> secret_headers_;
};

}  // namespace trawl::http
