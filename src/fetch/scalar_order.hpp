/// The order of JSON scalars. Numbers are compared by their digits, not as doubles: 9007199254740993 is above
/// 9007199254740992.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

#include "trawl/fetch/json_page.hpp"

namespace trawl::fetch {

/// Of two JSON numbers, of any length. Requires: they are (RFC 8259 section 6).
[[nodiscard]] std::strong_ordering compare_numbers(std::string_view left, std::string_view right);

/// Nothing for values of unlike types, and for booleans that differ. Strings are compared by their bytes.
[[nodiscard]] std::optional<std::strong_ordering> compare_scalars(const JsonScalar& left, const JsonScalar& right);

}  // namespace trawl::fetch
