/// Header fields whose values are secrets, by their names: what a redirect leaves behind and HPACK does not index.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "url_text.hpp"

namespace trawl::http {

/// Broader than what is hidden in messages: a field too few does less harm elsewhere than a password too many.
[[nodiscard]] inline bool sounds_secret(std::string_view name) {
    constexpr std::array<std::string_view, 7> words = {"auth",    "token",      "secret", "passw",
                                                       "session", "credential", "cookie"};
    const std::string lower = lower_ascii(name);
    return is_secret_key(name) || lower.ends_with("-key") ||
           std::ranges::any_of(words,
                               [&lower](std::string_view word) { return lower.find(word) != std::string::npos; });
}

}  // namespace trawl::http
