/// Whether a URL's host is this machine.
#pragma once

#include <string_view>

namespace trawl::http {

/// "localhost" and names below it (RFC 6761 section 6.3), 127.0.0.0/8, ::1. Not names that merely look like it
/// ("127.example.com").
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace trawl::http
