/// PartitionRun: what a pull does differently when it pulls one partition of a plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trawl/fetch/pages.hpp"
#include "trawl/lake/writer.hpp"
#include "trawl/pull/pull.hpp"

namespace trawl::pulling {

/// The options with the partition's paginator and records in its resource. Throws UsageError for a partition of another
/// source, and for resources that partitions cannot add to. Reads the tables' logs.
[[nodiscard]] PullOptions with_partition(PullOptions options);

/// What the partition's resource is asked for: `whole`, or each window of it.
[[nodiscard]] std::vector<FetchOptions> asks_of(const PullPartition& partition, FetchOptions whole);

/// The partition has been committed to the table.
[[nodiscard]] bool is_committed(const PullPartition& partition, const std::filesystem::path& lake,
                                const std::string& table);

/// Makes the commit the partition's own: once, and adding only.
void claim_partition(CommitOptions& commit, const PullPartition& partition, const std::string& table);

/// Throws PaginationError where rows of the plan are missing among the `came` ones.
void check_planned(const PullPartition& partition, std::uint64_t came);

}  // namespace trawl::pulling
