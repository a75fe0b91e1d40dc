/// PartitionStarts: partitions that begin with the same page are one and the same to the source: it does not know their
/// parameter, and would give all rows for each of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "trawl/fetch/pages.hpp"
#include "trawl/fetch/partitions.hpp"

namespace trawl::pulling {

class PartitionStarts {
public:
    /// `page` is the first one of the partition of that name. Throws FetchError if another one began with its rows. One
    /// row alone may be the same by chance (a count of 0), and passes.
    void add(const Partitioning& partitioning, const std::string& name, const Page& page);

private:
    std::unordered_map<std::size_t, std::string> names_;  // by the hash of the rows
};

}  // namespace trawl::pulling
