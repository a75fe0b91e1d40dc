/// "Did you mean ...": the name that is nearest to a mistyped one.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace trawl {

/// How many letters to add, drop or change, or neighbours to swap (optimal string alignment, of Damerau and
/// Levenshtein).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// "; did you mean 'page_param'?" for the name of least edit distance, if it is near enough to be meant; else "".
std::string did_you_mean(std::string_view name, std::span<const std::string_view> known);

}  // namespace trawl
