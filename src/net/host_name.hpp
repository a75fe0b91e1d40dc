/// Names of hosts: which may be asked for, and which are nobody's to answer.
#pragma once

#include <string>
#include <string_view>

namespace trawl::net {

/// `host` in lower case, if a host may be called so: labels of letters, digits, '-' and '_', of 1 to 63 bytes each and
/// 253 in all (RFC 1035, section 2.3.4); a dot at its end is kept. Throws ResolveError (kBadName).
[[nodiscard]] std::string checked_host_name(std::string_view host);

/// `name` is `suffix` or lies under it: "a.localhost." under "localhost". Requires: both are in lower case.
[[nodiscard]] bool is_under(std::string_view name, std::string_view suffix) noexcept;

/// `name` without the dot at its end, if it has one.
[[nodiscard]] inline std::string_view without_root(std::string_view name) noexcept {
    if (name.ends_with('.')) name.remove_suffix(1);
    return name;
}

}  // namespace trawl::net
