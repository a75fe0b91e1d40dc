/// DistinctRows: how many rows of a retrieval differ from each other, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_set>

namespace trawl::fetch {

/// Distinct sampling (Gibbons, VLDB 2001): of the rows' hashes those are kept that end in so many zero bits, one more
/// each time that there are too many. At most 65,536 of them, a few megabytes.
class DistinctRows {
public:
    /// Records of one page, each on a line ended by '\n'.
    void add(std::string_view ndjson);

    /// Exact up to 65,536; beyond, within 2% in all but one of ten thousand cases.
    [[nodiscard]] std::uint64_t count() const { return std::uint64_t{kept_.size()} << zeros_; }
    [[nodiscard]] bool is_exact() const noexcept { return zeros_ == 0; }
    /// So many fewer than `expected` that rows must have come twice in place of others, and more than the row or two
    /// that move while a source is read.
    [[nodiscard]] bool are_too_few(std::uint64_t expected) const;

private:
    void add_hash(std::uint64_t hash);

    std::unordered_set<std::uint64_t> kept_;
    unsigned zeros_ = 0;
};

}  // namespace trawl::fetch
