/// A table that was made from another source: two URLs may end alike, and mean different tables.
#pragma once

#include <string>

#include "trawl/fetch/connector.hpp"
#include "trawl/pull/pull.hpp"

namespace trawl::pulling {

/// Whether two places are of one source: host, port and path are the same. A query says which rows of it, http may
/// become https, and on this machine a port is whatever was free.
[[nodiscard]] bool are_one_source(const std::string& place, const std::string& other);

/// Throws UsageError where the resource's table has rows, and none that came from the source of `place`. Reads the
/// table's log; throws LakeError, StoreError.
void refuse_other_source(const PullOptions& options, const Resource& resource, const std::string& place);

}  // namespace trawl::pulling
