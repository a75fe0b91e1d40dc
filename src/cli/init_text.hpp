/// The connector that a URL is, as the text of a file.
#pragma once

#include <string>

#include "options.hpp"
#include "trawl/pull/look.hpp"

namespace trawl::cli {

/// Pure. Headers, passwords and what sounds secret in the URL are `${NAME}`; the comments say what to set. Throws
/// UsageError for a URL that a file cannot hold.
[[nodiscard]] std::string init_text(const SourceArguments& source, const ResourceLook& look);

}  // namespace trawl::cli
