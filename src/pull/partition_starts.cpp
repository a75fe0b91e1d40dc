#include "partition_starts.hpp"

#include <functional>
#include <variant>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::pulling {
namespace {

struct Param {
    const std::string& operator()(const ValuePartitions& listed) const { return listed.param; }
    const std::string& operator()(const auto& windows) const { return windows.start_param; }
};

}  // namespace

void PartitionStarts::add(const Partitioning& partitioning, const std::string& name, const Page& page) {
    if (page.count < 2) return;
    const auto [other, is_new] = names_.try_emplace(std::hash<std::string_view>()(page.records), name);
    if (is_new) return;
    throw FetchError(
        format("the partitions {} and {} began with the same page of {} rows: does the source know the parameter '{}'? "
               "Where rows of partitions are the same by right, a primary_key keeps each once",
               other->second, name, page.count, std::visit(Param(), partitioning)));
}

}  // namespace trawl::pulling
