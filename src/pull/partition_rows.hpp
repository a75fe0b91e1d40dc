/// PartitionRows: windows have no row in common. A source that knows where one begins and not where it ends, or takes
/// its end for a part of it, gives rows twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "trawl/fetch/partitions.hpp"

namespace trawl::pulling {

/// Of rows without a key, by their text. Of many, a sample is looked at: at most 65,536, a few megabytes.
class PartitionRows {
public:
    /// Records of a page of the window of that name, each on a line ended by '\n'.
    void add(const std::string& name, std::string_view ndjson);

    /// The window's last page has come. Throws FetchError if more than half of its rows, and two at least, have come in
    /// other windows.
    void check(const Partitioning& partitioning, const std::string& name) const;

    /// A row has come in two windows.
    [[nodiscard]] bool have_common() const noexcept { return common_ > 0; }

private:
    struct Window {
        std::size_t number = 0;
        std::uint64_t rows = 0, common = 0;
    };

    void add_row(std::uint64_t hash, Window& window);
    [[nodiscard]] bool is_kept(std::uint64_t hash) const { return (hash & ((std::uint64_t{1} << zeros_) - 1)) == 0; }

    std::unordered_map<std::string, Window> windows_;
    std::unordered_map<std::uint64_t, std::size_t> owners_;  // by the hash of a row: the first window that had it
    std::uint64_t common_ = 0;
    unsigned zeros_ = 0;  // so many zero bits end the hashes of the rows that are looked at
};

}  // namespace trawl::pulling
