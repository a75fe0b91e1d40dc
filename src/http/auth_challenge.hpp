/// What a server asks for with a 401: the challenges of WWW-Authenticate and Proxy-Authenticate (RFC 9110
/// section 11.6.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trawl/http/headers.hpp"

namespace trawl::http {

struct Challenge {
    std::string scheme;                                         ///< in lower case: "basic", "digest", "bearer"
    std::string token;                                          ///< instead of parameters (Negotiate); else ""
    std::vector<std::pair<std::string, std::string>> params{};  ///< names in lower case, values unquoted

    /// The first one of that name, which is in lower case.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept;
};

/// The challenges of all fields called `field`, in order; one field may hold several, divided by the same commas as
/// their parameters. A field counts up to where it stops making sense.
[[nodiscard]] std::vector<Challenge> parse_challenges(const Headers& headers,
                                                      std::string_view field = "www-authenticate");

/// The challenge is to a login whose nonce was too old, and that was right else (RFC 7616 section 3.3).
[[nodiscard]] bool is_stale(const Headers& headers);

}  // namespace trawl::http
