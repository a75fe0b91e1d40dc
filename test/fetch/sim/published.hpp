/// The limiters that others have published, and a fixed limit, for comparison. Figures as in Netflix's
/// concurrency-limits.
#pragma once

#include <memory>

#include "fetch/sim/simulate.hpp"

namespace trawl::sim {

std::unique_ptr<Policy> fixed(int limit);
std::unique_ptr<Policy> vegas();
std::unique_ptr<Policy> aimd();
std::unique_ptr<Policy> gradient2();

}  // namespace trawl::sim
