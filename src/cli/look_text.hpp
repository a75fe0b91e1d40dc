/// How a look at a source reads: pure text.
#pragma once

#include <string>
#include <vector>

#include "trawl/pull/look.hpp"

namespace trawl::cli {

/// What was found on the first page, a line for each thing.
[[nodiscard]] std::string look_text(const ResourceLook& look, const std::vector<std::string>& primary_key);

}  // namespace trawl::cli
