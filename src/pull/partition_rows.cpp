#include "partition_rows.hpp"

#include <algorithm>
#include <functional>
#include <variant>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::pulling {
namespace {

constexpr std::size_t kKeptMax = 65'536;

struct EndParam {
    std::string operator()(const ValuePartitions& listed) const { return listed.param; }
    std::string operator()(const auto& windows) const {
        return windows.end_param.empty() ? "an end of a window: name its end_param" : "'" + windows.end_param + "'";
    }
};

}  // namespace

void PartitionRows::add(const std::string& name, std::string_view ndjson) {
    Window& window = windows_.try_emplace(name, Window{windows_.size(), 0, 0}).first->second;
    while (!ndjson.empty()) {
        const std::size_t end = std::min(ndjson.find('\n'), ndjson.size() - 1);
        add_row(std::hash<std::string_view>{}(ndjson.substr(0, end)), window);
        ndjson.remove_prefix(end + 1);
    }
}

void PartitionRows::add_row(std::uint64_t hash, Window& window) {
    if (!is_kept(hash)) return;
    ++window.rows;
    const auto owner = owners_.try_emplace(hash, window.number).first;
    if (owner->second != window.number) {
        ++window.common;
        ++common_;
    }
    while (owners_.size() > kKeptMax) {
        ++zeros_;
        std::erase_if(owners_, [&](const auto& kept) { return !is_kept(kept.first); });
    }
}

void PartitionRows::check(const Partitioning& partitioning, const std::string& name) const {
    const auto found = windows_.find(name);
    if (found == windows_.end()) return;
    const Window& window = found->second;
    if (window.common < 2 || 2 * window.common <= window.rows) return;
    throw FetchError(format(
        "most rows of the partition {} have come in others too: does the source know {}? Where rows of partitions are "
        "the same by right, a primary_key keeps each once",
        name, std::visit(EndParam(), partitioning)));
}

}  // namespace trawl::pulling
