/// Whether a source without a primary key changed while its pages were read: what can be seen of it, in words. No I/O.
///
/// It proves nothing: rows that are deleted and inserted in equal numbers, and rows that all look alike, go unnoticed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "row_key.hpp"

namespace trawl::fetch {

class ChangeWatch {
public:
    /// `overlap`: rows that neighbouring pages share when nothing changes (0, or 1 where offsets overlap).
    explicit ChangeWatch(std::size_t overlap = 0) : overlap_(overlap) {}

    /// Page `index` came, in any order, each once: a hash of each record as it was sent, and the total of rows that
    /// this answer stated. A page is kept until both its neighbours came.
    void page(std::uint64_t index, std::vector<KeyHash> rows, std::optional<std::uint64_t> total);

    /// Nothing when no change was seen; else a sentence for each kind of change.
    [[nodiscard]] std::vector<std::string> verdict() const;

private:
    struct Places {
        std::uint64_t count = 0, rows = 0;
        std::optional<std::uint64_t> first;  // the page before the first such place, from 0
        void add(std::uint64_t page, std::size_t more);
    };
    struct Waiting {
        std::vector<KeyHash> rows;
        int neighbours_to_come = 2;
    };

    void compare(std::uint64_t left_index, const std::vector<KeyHash>& left, const std::vector<KeyHash>& right);
    void total_was(std::uint64_t total);
    [[nodiscard]] std::string totals_text() const;

    std::size_t overlap_;
    std::unordered_map<std::uint64_t, Waiting> waiting_;
    Places shifted_, torn_, scattered_;
    std::optional<std::uint64_t> total_first_;
    std::uint64_t total_last_ = 0, total_least_ = 0, total_most_ = 0;
};

}  // namespace trawl::fetch
