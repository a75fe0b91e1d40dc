#include "trawl/coro/gather.hpp"

#include "trawl/base/format.hpp"

namespace trawl::coro {

std::string Gathering::describe() const { return format("gather ({} of {} at work)", pending_, count_); }

}  // namespace trawl::coro
