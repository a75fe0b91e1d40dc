/// LastRun: where the run before ended, as the table's log has it, and which commit of it the next one follows.
#pragma once

#include <cstdint>
#include <string>

#include "trawl/fetch/connector.hpp"
#include "trawl/pull/pull.hpp"

namespace trawl::pulling {

struct LastRun {
    std::string cursor;        // IncrementalCursor's state; empty before the first run
    std::int64_t version = 0;  // of the resource's last commit (Delta's `txn`); 0 before the first
};

/// Who commits: each resource has a state of its own, also beside others in one table.
[[nodiscard]] std::string application_of(const Resource& resource);

/// Reads the log of the resource's table. Throws LakeError, StoreError.
[[nodiscard]] LastRun read_last_run(const PullOptions& options, const Resource& resource);

/// Whether this run takes all rows anew and replaces the table by them: a full refresh of a resource that is
/// incremental, or hangs on one that is. Throws UsageError where others' rows would go with them.
[[nodiscard]] bool begins_anew(const PullOptions& options, const Resource& resource);

}  // namespace trawl::pulling
