/// What holds for a request in every version of HTTP: its method, its one Host, its body's length.
#pragma once

#include <cstddef>
#include <string_view>

#include "trawl/http/headers.hpp"

namespace trawl::http {

/// Throws UsageError unless it is a method in capital letters: everything else could break out of its place.
void check_method(std::string_view method);

/// Throws UsageError if a Content-Length was set that is not the body's, or more than one.
void check_content_length(const Headers& headers, std::size_t body_size);

/// Throws UsageError if more than one Host was set.
void check_host(const Headers& headers);

/// A server may wait for a body where these methods come without a length (RFC 9110 section 8.6).
[[nodiscard]] bool expects_body(std::string_view method) noexcept;

/// Repeating one has the effect of sending it once (RFC 9110 section 9.2.2).
[[nodiscard]] bool is_idempotent(std::string_view method) noexcept;

}  // namespace trawl::http
