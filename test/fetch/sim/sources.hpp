/// The sources that limiters are measured on.
#pragma once

#include <vector>

#include "fetch/sim/source.hpp"

namespace trawl::sim {

/// The nine that a limiter must be good at, and what else real sources do.
std::vector<SourceOptions> nine_sources();
std::vector<SourceOptions> further_sources();

/// One of them. Requires: the name is in one of the two lists.
SourceOptions source_named(const std::string& name);

}  // namespace trawl::sim
