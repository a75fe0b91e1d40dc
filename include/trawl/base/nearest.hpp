/// "Did you mean ...": the name that is nearest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace trawl {

/// "; did you mean 'page_param'?" for the name of least edit distance (Levenshtein), if it is near enough to be meant;
/// else "".
std::string did_you_mean(std::string_view name, std::span<const std::string_view> known);

}  // namespace trawl
