/// Which type holds a JSON number without changing it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trawl/lake/type.hpp"

namespace trawl::lake {

/// int53, int64, decimal (whole numbers of up to 38 digits), real, or json when no type holds it.
///
/// A double holds a text when the double, printed with as many significant digits as the text has, gives the text's
/// digits back: 0.1, 1E5 and 0.30000000000000004 are held; 1e400, 1e-400 and 0.12345678901234567890 are not. "-0" is a
/// real, since integers have no negative zero. Requires: is_json_number(text).
[[nodiscard]] Kind number_kind(std::string_view text);

/// The value of a whole number that number_kind calls int53, int64 or decimal, as two halves of a 128-bit integer.
struct Int128 {
    std::uint64_t lower;
    std::int64_t upper;
};
[[nodiscard]] Int128 parse_whole(std::string_view text);

/// The double nearest to the text. Requires: is_json_number(text).
[[nodiscard]] double parse_real(std::string_view text);

/// The text of the whole number text x 10^scale; nothing if that has more than `digits_max` digits, or a fraction:
/// unless `cuts`, which leaves the fraction out. Requires: is_json_number(text).
[[nodiscard]] std::optional<std::string> scaled(std::string_view text, int scale, int digits_max, bool cuts = false);

/// The same text for all texts of one number: 7, 7.0 and 70e-1 are "7e0". Requires: is_json_number(text).
[[nodiscard]] std::string canonical_number(std::string_view text);

}  // namespace trawl::lake
