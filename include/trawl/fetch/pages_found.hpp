/// PagesFound: what the first page told about all of them, and how a connector would say the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/fetch/json_path.hpp"
#include "trawl/fetch/pagination.hpp"

namespace trawl {

struct PagesFound {
    Pagination pagination;                     // found or said, as the first page settled it
    JsonPath records;                          // where the rows are
    std::uint64_t page_size = 0;               // rows of a full page
    std::optional<std::uint64_t> pages, rows;  // in all, from the first page on, as the source says
    std::string total_path;                    // where the page says `rows`; empty: nowhere in its JSON
    bool says_pages = false;                   // it says how many pages there are
    bool any_order = false;                    // pages can be asked for concurrently
};

/// A paginator as `--paginator` and connectors name it.
struct SpelledPaginator {
    std::string type;
    std::vector<std::pair<std::string, std::string>> options;

    /// "page_number:page_param=p,base_page=0"
    [[nodiscard]] std::string str() const;
};

/// The paginator that finds the same end at the same price. Nothing where it takes a look at the first page: totals
/// that contradict each other, a total of rows that no option names, a single page (there may be two tomorrow).
[[nodiscard]] std::optional<SpelledPaginator> spell(const PagesFound& found);

/// The paginator of pages [begin, end) alone; it believes no total. Requires: any_order, begin < end, no overlap.
[[nodiscard]] SpelledPaginator spell_range(const PagesFound& found, std::uint64_t begin, std::uint64_t end);

}  // namespace trawl
