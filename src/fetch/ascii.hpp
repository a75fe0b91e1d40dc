/// ASCII helpers that do not ask the locale.
#pragma once

#include <string>
#include <string_view>

#include "trawl/base/ascii.hpp"

namespace trawl::fetch {

using trawl::to_lower;
using trawl::trim;

[[nodiscard]] inline std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = to_lower(c);
    return lower;
}

/// Letters and digits of `text` in lower case: "total_pages", "totalPages" and "Total-Pages" are one name.
[[nodiscard]] inline std::string plain_name(std::string_view text) {
    std::string plain;
    for (const char c : text)
        if ((c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z')) plain += to_lower(c);
    return plain;
}

}  // namespace trawl::fetch
