/// Counts what was taken, page by page, and keeps book of the rows that pages of offsets left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "trawl/fetch/paginate.hpp"

namespace trawl::fetch {

/// A hash of each line.
[[nodiscard]] std::unordered_set<std::size_t> line_hashes(std::string_view ndjson);

class PageAudit {
public:
    /// Page `index` was taken; `shared` of its rows are also the previous page's. `full_size`: rows that it must have,
    /// unless it is the last.
    void taken(std::uint64_t index, std::uint64_t rows, std::uint64_t shared, std::optional<std::uint64_t> full_size);

    /// The page that was taken last left out the rows `missing`, if any page is behind it. `lines` are those it has.
    void fell_short(const RowRange& missing, std::unordered_set<std::size_t> lines);
    /// There are rows behind the page that was taken last.
    void goes_on();

    /// No page is behind the one that was taken last, as far as is known: what it left out is asked for all the same.
    void doubt_the_last();
    /// What the page that was taken last left out.
    [[nodiscard]] std::optional<RowRange> doubtful() const;

    [[nodiscard]] std::vector<RowRange> holes() const;
    Acceptance filled(const RowRange& hole, const PageView& view);
    /// There is nothing where the hole is.
    Acceptance filled_with_nothing(const RowRange& hole);

    [[nodiscard]] std::uint64_t pages() const { return pages_; }
    [[nodiscard]] std::uint64_t rows() const { return rows_; }
    /// Sizes that differ, and holes.
    [[nodiscard]] std::vector<std::string> problems() const;

private:
    struct Hole {
        RowRange range;
        std::unordered_set<std::size_t> lines;  // of the page before it
        bool is_doubtful = false;               // it may be the end
    };
    void odd_size(std::uint64_t index, std::uint64_t rows, std::uint64_t full_size);
    void lost(const RowRange& rows);

    std::uint64_t pages_ = 0, rows_ = 0, odd_ = 0, lost_rows_ = 0;
    std::optional<std::uint64_t> last_odd_;  // rows of the last page, if they are not the full size
    std::optional<Hole> pending_;            // of the last page: a hole only if there is more behind it
    std::vector<Hole> holes_;
    std::vector<std::string> odd_pages_;
    std::vector<std::string> lost_;
    bool filters_ = false;  // short pages are what the source lets through, and nothing is missing
};

}  // namespace trawl::fetch
