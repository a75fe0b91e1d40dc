/// The bytes of HTTP/1.1 messages that we send. What could break out of its place is refused, not repaired.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trawl/http/headers.hpp"
#include "trawl/http/url.hpp"

namespace trawl::http {

/// Appends a whole request: Host first (from the URL, unless `headers` has one), then `headers`, then Content-Length
/// where the method or the body calls for it (RFC 9110 section 8.6), then the body. Throws UsageError if the method is
/// no token, or if `headers` has a Transfer-Encoding or a Content-Length other than the body's. `proxy_login`: the
/// request goes to a proxy, which is told the whole URL (RFC 9112, 3.2.2), with this Proxy-Authorization unless it is
/// empty.
void append_request(std::string& out, std::string_view method, const Url& url, const Headers& headers,
                    std::string_view body = {}, const std::optional<std::string>& proxy_login = std::nullopt);

/// Writes a client's requests, most of which differ from the one before by their target alone: what stands behind that
/// is kept, and not made again.
class RequestWriter {
public:
    /// As append_request().
    void append(std::string& out, std::string_view method, const Url& url, const Headers& headers,
                std::string_view body, const std::optional<std::string>& proxy_login);

private:
    [[nodiscard]] bool is_as_before(std::string_view method, const Url& url, const Headers& headers,
                                    const std::optional<std::string>& proxy_login) const noexcept;

    // Of the last request without a body.
    std::string method_, prefix_;
    Headers headers_;
    std::optional<std::string> proxy_login_;
    std::string rest_;  // from behind the target to the end; empty: there was none
};

/// A response's head. Without a length the body is sent in chunks (append_chunk ... last_chunk); 1xx, 204 and 304 get
/// neither field. Framing fields in `headers` are a UsageError. Requires: 100 <= status <= 999.
[[nodiscard]] std::string write_response_head(int status, const Headers& headers,
                                              std::optional<std::uint64_t> content_length);

/// Appends one chunk. Nothing for empty data: an empty chunk would end the body.
void append_chunk(std::string& out, std::string_view data);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

/// "Not Found" for 404, "" for a status without a registered phrase (RFC 9110 section 15, RFC 6585).
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace trawl::http
