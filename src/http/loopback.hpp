/// Whether a URL's host is this machine.
#pragma once

#include <string>

namespace trawl::http {

/// "localhost" and names below it (RFC 6761 section 6.3), 127.0.0.0/8, ::1. Not names that merely look like it
/// ("127.example.com").
[[nodiscard]] bool is_loopback(const std::string& host);

}  // namespace trawl::http
