/// The command line.
#pragma once

#include <optional>

#include "settings.hpp"

namespace trawl::origin {

/// Fills `settings`. Gives the exit code when the program is to end here: 0 after --help, 2 for what makes no sense
/// (said on stderr).
std::optional<int> parse_options(int argc, const char* const* argv, Settings& settings);

}  // namespace trawl::origin
