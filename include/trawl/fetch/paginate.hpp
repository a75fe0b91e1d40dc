/// From the first page to the last, without I/O: what to ask for next, or all of it at once, and whether it all came.
///
///     Paginator paginator(pagination, url);
///     next = paginator.advance(first_page)               // of paginator.first(), or of the page that was detected
///     from if (auto pages = paginator.planned_pages())        // a total is known: in any order, concurrently
///         for i in 1 .. pages-1: fetch paginator.page_url(i), then paginator.arrived(i, records)
///     else                                               // one after the other
///         while (next) next = paginator.advance(fetch(*next))
///     paginator.verdict()                                // what the source said against what came
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "trawl/fetch/pagination.hpp"

namespace trawl {

/// What came, against what the source said there is.
struct PageVerdict {
    std::uint64_t pages = 0, rows = 0;
    std::optional<std::uint64_t> expected_rows;
    std::vector<std::string> problems;  // "page 3 has 40 rows instead of 50", "27 of 5127 rows are missing"
    [[nodiscard]] bool complete() const noexcept { return problems.empty(); }
};

/// Counts pages and rows as they arrive, in any order, and compares neighbours. Its memory grows with how far out of
/// order they are, not with their number.
class PageAudit {
public:
    /// Throws PaginationError if page `index` repeats the rows of its neighbour (a source that ignores our parameter,
    /// or clamps to its last page). `full_size`: rows that it must have, unless it is the last.
    void arrived(std::uint64_t index, const Records& records, std::optional<std::uint64_t> full_size);
    [[nodiscard]] PageVerdict verdict(const Pagination& said) const;

private:
    void compare_neighbours(std::uint64_t index, std::uint64_t fingerprint);

    struct Seen {
        std::uint64_t fingerprint = 0;
        int neighbours_to_come = 2;
    };
    std::unordered_map<std::uint64_t, Seen> waiting_;
    std::uint64_t pages_ = 0, rows_ = 0, irregular_ = 0;
    std::uint64_t last_index_ = 0, last_rows_ = 0;
    std::vector<std::string> irregular_pages_;
};

class Paginator {
public:
    /// `start` is the URL that the user gave.
    Paginator(Pagination pagination, Url start);

    /// The first request: `start` with the paginator's own parameters.
    [[nodiscard]] Url first() const;

    /// Takes the page that came and says what comes after it; nothing behind the last. Throws PaginationError for a
    /// next page that was there before, rows that repeat, or too many pages; InvalidUrl for a next URL that is none.
    [[nodiscard]] std::optional<Url> advance(const PageView& view);

    /// After the first advance(): how many pages there are, the first included, if they may be asked for in any order.
    [[nodiscard]] std::optional<std::uint64_t> planned_pages() const;
    /// The URL of page `index`, 0 being the first. Requires planned_pages().
    [[nodiscard]] Url page_url(std::uint64_t index) const;
    /// Page `index` of the plan came. Throws PaginationError for rows that repeat those of its neighbour.
    void arrived(std::uint64_t index, const Records& records);

    [[nodiscard]] PageVerdict verdict() const { return audit_.verdict(pagination_); }
    [[nodiscard]] const Pagination& pagination() const noexcept { return pagination_; }

private:
    [[nodiscard]] bool counts() const;
    void learn_total(const PageView& first);
    [[nodiscard]] Url counted_url(std::uint64_t value) const;
    [[nodiscard]] bool ends_here(const PageView& view) const;
    [[nodiscard]] std::optional<Url> next_counted(const PageView& view);
    [[nodiscard]] std::optional<Url> next_cursor(const PageView& view);
    [[nodiscard]] std::optional<Url> next_link(const PageView& view);
    void check_unseen(const std::string& token, const Url& url);

    Pagination pagination_;
    Url start_;
    PageAudit audit_;
    std::uint64_t value_ = 0;               // page number or offset of the page that came last
    std::uint64_t index_ = 0;               // pages that came through advance()
    std::uint64_t page_size_ = 0;           // rows of the first page
    std::unordered_set<std::size_t> seen_;  // hashes of tokens and URLs: bounded by pages_max
};

}  // namespace trawl
