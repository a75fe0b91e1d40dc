#include "last_run.hpp"

#include <algorithm>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_tape.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::pulling {
namespace {

bool is_alone(const Connector& connector, const Resource& resource) {
    return std::ranges::count(connector.resources, resource.table, &Resource::table) == 1;
}

bool is_in_incremental_tree(const Connector& connector, const Resource& resource) {
    const Resource* at = &resource;
    while (at != nullptr && !at->incremental) at = at->parent ? connector.find(*at->parent) : nullptr;
    return at != nullptr;
}

std::string cursor_in(const std::string& checkpoint) {
    if (checkpoint.empty()) return {};
    JsonReader reader;
    const auto state = reader.parse(checkpoint).find("incremental");
    return state ? std::string((*state)->raw) : "";
}

}  // namespace

std::string application_of(const Resource& resource) { return "trawl:" + resource.name; }

LastRun read_last_run(const PullOptions& options, const Resource& resource) {
    LastRun last;
    const auto table = read_table(options.lake, resource.table);
    if (!table) return last;
    const std::string application = application_of(resource);
    const auto committed = table->transactions.find(application);
    if (committed != table->transactions.end()) last.version = committed->second;
    if (options.full_refresh) return last;
    std::string checkpoint = table->checkpoint(application);
    // The state was once kept under the table's name.
    if (checkpoint.empty() && is_alone(options.connector, resource))
        checkpoint = table->checkpoint("trawl:" + resource.table);
    try {
        last.cursor = cursor_in(checkpoint);
    } catch (const JsonError&) {
        throw LakeError(
            format("{}: where the last run of {} ended cannot be read in the table's log: it is damaged; pull it anew "
                   "with --full-refresh",
                   (options.lake / resource.table).string(), resource.name));
    }
    return last;
}

bool begins_anew(const PullOptions& options, const Resource& resource) {
    if (!options.full_refresh || !is_in_incremental_tree(options.connector, resource)) return false;
    if (is_alone(options.connector, resource)) return true;
    if (resource.write_disposition != WriteDisposition::append) return false;
    throw UsageError(
        format("resource {}: a full refresh replaces its table {}, which has the rows of other resources: "
               "remove the folder {} and pull them all again",
               resource.name, resource.table, (options.lake / resource.table).string()));
}

}  // namespace trawl::pulling
