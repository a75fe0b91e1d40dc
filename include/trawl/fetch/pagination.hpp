/// How a source's pages follow each other: what was found out (detect.hpp) or said (parse_paginator), as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/json_path.hpp"
#include "trawl/http/url.hpp"

namespace trawl {

/// In the words of dlt. The first two can be fetched concurrently once the total is known, the others one by one.
enum class PaginationKind { page_number, offset, cursor, json_link, header_link, single_page };

[[nodiscard]] std::string_view name(PaginationKind kind);

struct Pagination {
    PaginationKind kind = PaginationKind::single_page;
    std::string param;                      // query parameter of the page number, the offset or the cursor
    std::optional<std::uint64_t> first;     // first page number or offset; unset: the URL's own, else 1 or 0
    std::string limit_param;                // offset: sent with `limit`, if that is set
    std::optional<std::uint64_t> limit;     // offset: records to ask for
    std::optional<JsonPath> total_path;     // page_number: number of pages; offset: number of records
    std::optional<JsonPath> has_more_path;  // false there ends it
    JsonPath next_path;                     // of the cursor or the next URL
    std::string relation = "next";          // header_link
    std::optional<std::uint64_t> maximum;   // page_number, offset: the first one that is not asked for
    bool stop_after_empty_page = true;
    bool stop_after_short_page = false;  // off: pages from which a source filters rows are short amid the retrieval
    bool one_by_one = false;             // page_number: totals are not to be believed
    /// A walk that never ends is stopped here: at ten pages a second this is a day.
    std::uint64_t pages_max = 1'000'000;

    // What the first page said, counted from that page on.
    std::optional<std::uint64_t> pages;
    std::optional<std::uint64_t> records;

    std::string explanation;            // "pagination: page number `page`, 103 pages (total 5127, 50 a page)"
    std::vector<std::string> warnings;  // facts that contradict each other; the user must see them
};

/// Reads the text of `--paginator`: a kind, and after ":" options as key=value, separated by commas.
///
///     page_number:page_param=page,base_page=1,total_path=,maximum_page=,stop_after_empty_page=true,has_more_path=
///     offset:limit=,offset=0,offset_param=offset,limit_param=limit,total_path=total,maximum_offset=,...
///     cursor:cursor_path=cursors.next,cursor_param=cursor,stop_after_empty_page=false,has_more_path=
///     json_link:next_url_path=next     header_link:links_next_key=next     single_page
///
/// The values shown are the defaults (dlt's, but for base_page, where most sources count from 1, and for total_path:
/// dlt takes `total` for a number of pages, which most sources mean as rows; without one, only fields such as
/// `total_pages` are believed). Also, with all but single_page: max_pages=1000000, and with the first two
/// stop_after_short_page=false. Throws UsageError, with the nearest name for one that is unknown.
[[nodiscard]] Pagination parse_paginator(std::string_view text);

/// A page as pagination sees it. `url` is where the page came from, after redirects.
struct PageView {
    const Url& url;
    const std::vector<std::pair<std::string, std::string>>& headers;
    const JsonPage& page;
    const Records& records;
};

}  // namespace trawl
