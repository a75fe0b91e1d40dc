/// A request's fields in HTTP/2's words.
#include "h2_request.hpp"

#include <algorithm>
#include <array>

#include "request_rules.hpp"
#include "secret_names.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "url_text.hpp"

namespace trawl::http {
namespace {

/// Fields that are about the connection, or that are written elsewhere.
bool is_left_out(std::string_view name, std::string_view value, const Headers& headers) {
    constexpr std::array<std::string_view, 7> names = {
        "connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "content-length"};
    const auto is_it = [name](std::string_view other) { return equal_ignoring_case(name, other); };
    if (std::ranges::any_of(names, is_it) || headers.has_token("connection", name)) return true;
    return is_it("te") && !equal_ignoring_case(value, "trailers");
}

bool is_secret(std::string_view name, std::span<const std::string> secret_headers) {
    return sounds_secret(name) || std::ranges::any_of(secret_headers, [name](std::string_view other) {
               return equal_ignoring_case(name, other);
           });
}

void append_pseudo_fields(std::vector<H2Field>& fields, std::string_view method, const Url& url,
                          const Headers& headers) {
    const auto host = headers.get("host");
    fields.push_back({":method", std::string(method)});
    fields.push_back({":scheme", std::string(url.scheme())});
    fields.push_back({":authority", std::string(host.value_or(url.host_header()))});
    fields.push_back({":path", url.target(), url.target_view().find('?') != std::string_view::npos});
}

}  // namespace

std::vector<H2Field> h2_request_fields(std::string_view method, const Url& url, const Headers& headers,
                                       std::size_t body_size, std::span<const std::string> secret_headers) {
    check_method(method);
    check_host(headers);
    check_content_length(headers, body_size);
    if (method == "CONNECT") throw UsageError("CONNECT is not to be had over HTTP/2; use a connection of HTTP/1");
    std::vector<H2Field> fields;
    fields.reserve(headers.size() + 5);
    append_pseudo_fields(fields, method, url, headers);
    for (const auto [name, value] : headers)
        if (!is_left_out(name, value, headers))
            fields.push_back({lower_ascii(name), std::string(value), is_secret(name, secret_headers)});
    if (body_size > 0 || expects_body(method)) fields.push_back({"content-length", format("{}", body_size)});
    return fields;
}

}  // namespace trawl::http
