/// What other tools call an option or a value that trawl has by another name: curl, dlt, Airbyte, and common sense.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace trawl::cli {

/// "; did you mean '--to'?" for a word that stands for one of `known` elsewhere, or is a mistyped one of them; else "".
[[nodiscard]] std::string meant(std::string_view word, std::span<const std::string_view> known);

}  // namespace trawl::cli
