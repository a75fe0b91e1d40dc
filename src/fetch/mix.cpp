/// Mix: how the latencies of several kinds compare.
#include "trawl/fetch/mix.hpp"

#include <algorithm>

namespace trawl::limit {
namespace {

/// Replies from which the level is known, and a kind's ratio, which is a property of the source.
constexpr double level_memory = 16, ratio_memory = 256;
/// After so many of one kind in a row, that the level changes says something of the load, and nothing of the kind.
constexpr double alone = 32;

}  // namespace

double Mix::comparable(std::size_t kind, double latency) {
    in_a_row_ = !kinds_.empty() && kind == last_ ? in_a_row_ + 1 : 1;
    last_ = kind;
    Kind& one = find(kind);
    const bool is_first = &one == kinds_.data();
    if (!is_first && (in_a_row_ <= alone || one.count < alone)) {
        one.count = std::min(one.count + 1, ratio_memory);
        one.ratio += (latency / level_ - one.ratio) / one.count;
    }
    const double comparable = latency / one.ratio;
    level_ += (comparable - level_) / (level_ == 0 ? 1 : level_memory);
    return comparable;
}

Mix::Kind& Mix::find(std::size_t name) {
    const auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind& kind) { return kind.name == name; });
    if (found != kinds_.end()) return *found;
    return kinds_.emplace_back(Kind{name});
}

}  // namespace trawl::limit
