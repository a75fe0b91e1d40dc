#include "partition_run.hpp"

#include <algorithm>

#include "source.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::pulling {
namespace {

std::string prefix_of(const PullPartition& partition, const std::string& table) {
    return format("trawl:{}:{}:", table, partition.plan);
}

bool hangs_on(const Connector& connector, const Resource& resource, const std::string& root) {
    const Resource* at = &resource;
    while (at != nullptr && at->name != root) at = at->parent ? connector.find(*at->parent) : nullptr;
    return at != nullptr;
}

/// A replace would take away what other partitions of the plan have added.
void check_table(const PullOptions& options, const Resource& resource) {
    if (resource.write_disposition != WriteDisposition::replace || !resource.selected) return;
    const auto table = read_table(options.lake, resource.table);
    if (!table || table->files.empty()) return;
    const std::string prefix = prefix_of(*options.partition, resource.table);
    const auto begun = table->transactions.lower_bound(prefix);
    if (begun != table->transactions.end() && begun->first.starts_with(prefix)) return;
    throw UsageError(format(
        "table {} has rows that are not of this plan, and partitions only add rows; take a new table (--name, --to), "
        "or say what becomes of the old rows: write_disposition append or merge",
        (options.lake / resource.table).string()));
}

void check_resource(const PullOptions& options, const Resource& resource) {
    if (resource.incremental)
        throw UsageError(
            format("resource {} is incremental, which partitions are not: how far it got is for one pull to "
                   "know; leave --partition out",
                   resource.name));
    check_table(options, resource);
}

}  // namespace

PullOptions with_partition(PullOptions options) {
    if (!options.partition) return options;
    const PullPartition& partition = *options.partition;
    if (options.full_refresh)
        throw UsageError("a full refresh replaces a table, and a partition only adds to it: leave --full-refresh out");
    std::vector<Resource>& resources = options.connector.resources;
    const auto root = std::find_if(resources.begin(), resources.end(),
                                   [&](const Resource& resource) { return resource.name == partition.resource; });
    if (root == resources.end() || root->parent || place_of(options.connector, *root) != partition.place)
        throw UsageError(
            format("partition {} is of another source: its resource {} is at {}; name the source that was "
                   "planned",
                   partition.id, partition.resource, partition.place));
    for (const Resource& resource : resources) {
        if (hangs_on(options.connector, resource, partition.resource)) check_resource(options, resource);
    }
    options.only.clear();
    for (const Resource& resource : resources) {
        if (hangs_on(options.connector, resource, partition.resource)) options.only.push_back(resource.name);
    }
    if (partition.paginator) root->paginator.emplace().type = *partition.paginator;
    if (partition.records) root->data_selector = JsonPath::parse(*partition.records);
    return options;
}

std::vector<FetchOptions> asks_of(const PullPartition& partition, FetchOptions whole) {
    if (partition.paginator) whole.primary_key.clear();  // a range of positions ends amid rows that may move
    if (partition.windows.empty()) return {whole};
    std::vector<FetchOptions> asks;
    for (const PullPartition::Params& params : partition.windows) {
        asks.push_back(whole);
        narrow(asks.back(), params);
    }
    return asks;
}

bool is_committed(const PullPartition& partition, const std::filesystem::path& lake, const std::string& table) {
    const auto latest = read_table(lake, table);
    return latest && latest->transactions.contains(prefix_of(partition, table) + partition.id);
}

void claim_partition(CommitOptions& commit, const PullPartition& partition, const std::string& table) {
    commit.application = prefix_of(partition, table) + partition.id;
    commit.application_version = 1;
    if (commit.disposition == Disposition::replace) commit.disposition = Disposition::append;
}

void check_planned(const PullPartition& partition, std::uint64_t came) {
    if (!partition.rows || came >= *partition.rows) return;
    throw PaginationError(
        format("partition {}: {} rows came, and {} were planned: the source has changed; make a new plan", partition.id,
               came, *partition.rows));
}

}  // namespace trawl::pulling
