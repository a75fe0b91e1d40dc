#include "distinct_rows.hpp"

#include <algorithm>

#include "row_key.hpp"

namespace trawl::fetch {
namespace {

constexpr std::size_t kept_max = 65'536;
/// Rows that may move while a source is read: a handful, or one of a hundred in a long retrieval.
constexpr std::uint64_t moved_max = 5, moved_one_in = 100;
/// Of an estimate: its error is 1 / sqrt(32,768) at most, and four of that are 2.2%.
constexpr std::uint64_t estimate_one_in = 30;

}  // namespace

void DistinctRows::add(std::string_view ndjson) {
    while (!ndjson.empty()) {
        const std::size_t end = std::min(ndjson.find('\n'), ndjson.size() - 1);
        add_hash(hash_of(ndjson.substr(0, end)).low);
        ndjson.remove_prefix(end + 1);
    }
}

void DistinctRows::add_hash(std::uint64_t hash) {
    const auto is_kept = [this](std::uint64_t of) { return (of & ((std::uint64_t{1} << zeros_) - 1)) == 0; };
    if (!is_kept(hash)) return;
    kept_.insert(hash);
    while (kept_.size() > kept_max) {
        ++zeros_;
        std::erase_if(kept_, [&](std::uint64_t kept) { return !is_kept(kept); });
    }
}

bool DistinctRows::are_too_few(std::uint64_t expected) const {
    const std::uint64_t room = std::max(moved_max, expected / (zeros_ == 0 ? moved_one_in : estimate_one_in));
    return count() + room < expected;
}

}  // namespace trawl::fetch
