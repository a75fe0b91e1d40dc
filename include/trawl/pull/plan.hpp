/// A plan: a source split into partitions, each of which any process can pull, on any machine that reaches the lake.
///
///     trawl plan https://api.example.com/items --parts 4 > parts.jsonl
///     xargs -d '\n' -n 1 -P 4 trawl pull https://api.example.com/items --to lake --partition < parts.jsonl
///
/// Rules: a partition is a line of JSON that holds all it takes to pull it, but for the source's file or URL and its
/// secrets, which are in none. Its rows are added to the table in one commit, which names the plan and the partition
/// (Delta's `txn`): pulled again, it adds nothing. Partitions only add rows: where the resource says replace, the table
/// must be new, or one that partitions of the same plan began. A partition of which fewer rows come than were planned
/// fails: the source has changed.
///
/// Pages and offsets are positions: rows that move while the partitions are read are not caught, as one pull with a
/// primary key would.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trawl/coro/task.hpp"
#include "trawl/pull/look.hpp"

namespace trawl {

struct PullPartition {
    using Params = std::vector<std::pair<std::string, std::string>>;

    std::string plan;      // the id that all partitions of a plan share
    std::string id;        // "items-1": of this one in the plan
    std::string resource;  // with its children
    std::string place;     // of the resource, without secrets: what a run compares with its own
    std::optional<std::string>
        paginator;                       // of a range of pages: "page_number:page_param=p,base_page=11,maximum_page=21"
    std::optional<std::string> records;  // where the rows are, as they were found
    std::vector<Params> windows;         // the query parameters of each; empty: the whole
    std::optional<std::uint64_t> rows;   // that are to come
};

class PlanOptions : public LookOptions {
public:
    using LookOptions::LookOptions;
    std::uint64_t parts = kParts;               // of each resource, at most
    static constexpr std::uint64_t kParts = 8;  // as many machines as share one source before its limit is theirs
};

struct PullPlan {
    std::vector<PullPartition> partitions;
    std::vector<std::string> notes;  // resources that were left out, and why
};

/// Looks at the first page of each resource and splits what can be split: pages or offsets where the source says how
/// many there are, windows that the connector declares; all else is one partition. An incremental resource is left out:
/// how far it got is for one pull to know. Suspends. Throws what look() throws, and what made it impossible to look.
Task<PullPlan> plan(PlanOptions options);

/// One line of JSON, without the end of the line.
[[nodiscard]] std::string to_json(const PullPartition& partition);

/// Throws UsageError for what is none.
[[nodiscard]] PullPartition parse_partition(std::string_view json);

}  // namespace trawl
