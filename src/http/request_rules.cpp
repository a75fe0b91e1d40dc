/// The rules of a request that no version of HTTP changes.
#include "request_rules.hpp"

#include <optional>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

constexpr std::string_view method_chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-";  // a subset of token; all registered methods

}  // namespace

void check_method(std::string_view method) {
    if (method == "CONNECT") throw UsageError("CONNECT is between a client and its proxy; see ClientOptions::proxies");
    if (!method.empty() && method.size() <= 32 && method.find_first_not_of(method_chars) == std::string_view::npos)
        return;
    throw UsageError("the request's method is not one: write it in capital letters, such as GET");
}

void check_content_length(const Headers& headers, std::size_t body_size) {
    const std::optional<std::string_view> length = headers.get("content-length");
    if (length && (headers.count("content-length") > 1 || *length != format("{}", body_size)))
        throw UsageError(format("the Content-Length that was set is not the body's, {}; leave it out", body_size));
}

void check_host(const Headers& headers) {
    if (headers.count("host") > 1) throw UsageError("a request has one Host field; more than one was set");
}

bool expects_body(std::string_view method) noexcept { return method == "POST" || method == "PUT" || method == "PATCH"; }

bool is_idempotent(std::string_view method) noexcept {
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

}  // namespace trawl::http
