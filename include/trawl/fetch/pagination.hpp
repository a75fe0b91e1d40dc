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

/// In the words of dlt. The first two can be fetched in any order, the others one after the other.
enum class PaginationKind { page_number, offset, cursor, json_link, header_link, single_page };

[[nodiscard]] std::string_view name(PaginationKind kind);

/// A protocol whose pagination is settled by what the first page says.
enum class PaginationPreset { none, odata, relay };

struct Pagination {
    PaginationKind kind = PaginationKind::single_page;
    PaginationPreset preset = PaginationPreset::none;
    std::string param;                           // query parameter of the page number, the offset or the cursor
    std::optional<JsonPath> body_path;           // instead of `param`: its place in the request's JSON
    std::optional<std::uint64_t> first;          // first page number or offset; unset: the request's own, else 1 or 0
    std::string limit_param;                     // sent with `limit`, if that is set: rows a page
    std::optional<JsonPath> limit_body_path;     // instead of `limit_param`
    std::optional<std::uint64_t> limit;          // rows to ask for
    std::optional<JsonPath> total_path;          // page_number: number of pages; all others: number of records
    bool believes_totals = true;                 // off: the pages' own totals are not looked at
    std::optional<JsonPath> has_more_path;       // false there ends it
    JsonPath next_path;                          // of the cursor or the next URL
    std::string cursor_header;                   // cursor: the response header that holds it, instead of `next_path`
    std::optional<JsonPath> cursor_record_path;  // cursor: its place in the page's last record, instead of `next_path`
    std::string relation = "next";               // header_link
    std::optional<std::uint64_t> maximum;        // page_number, offset: the first one that is not asked for
    std::optional<int> end_status;               // an answer of this status behind the first page is the end
    bool stop_after_empty_page = true;
    bool stop_after_short_page = false;  // off: pages from which a source filters rows are short amid the retrieval
    bool one_by_one = false;             // page_number, offset: in order, because facts contradict each other
    /// Offset: rows that each page shares with the one before, so that a row that moved meanwhile shows.
    std::uint64_t overlap = 0;
    /// A walk that never ends is stopped here: at ten pages a second this is a day.
    std::uint64_t pages_max = 1'000'000;
    JsonPath connection;  // relay: of the object that holds pageInfo; the root: it is looked for

    /// page_number, offset behind next links: where each page but the last names the next one.
    std::optional<JsonPath> link_path;
    std::string link_relation;

    /// Found, and nothing said that there is a second page: it is the only one if the source gives it again, or an
    /// error for the second.
    bool is_guess = false;
    bool total_is_named = false;  // total_path is the user's, not the default

    // What the first page said, counted from that page on.
    std::optional<std::uint64_t> page_size;  // rows of a full page; unset: the first page's
    std::optional<std::uint64_t> pages;
    std::optional<std::uint64_t> records;

    std::string explanation;            // "pagination: page number `page`, 103 pages (total 5127, 50 a page)"
    std::vector<std::string> warnings;  // facts that contradict each other; the user must see them
};

/// Reads the text of `--paginator`: a kind, and after ":" options as key=value, separated by commas.
///
///     page_number:page_param=page,page_body_path=,base_page=1,page_size=,page_size_param=,page_size_body_path=,
///                 total_path=,maximum_page=,stop_after_empty_page=true,has_more_path=
///     offset:limit=,offset=0,offset_param=offset,offset_body_path=,limit_param=limit,limit_body_path=,
///            total_path=total,maximum_offset=,stop_after_empty_page=true,has_more_path=,overlap=0
///     cursor:cursor_path=cursors.next,cursor_key=,cursor_record_path=,cursor_param=cursor,cursor_body_path=,
///            stop_after_empty_page=false,has_more_path=
///     json_link:next_url_path=next     header_link:links_next_key=next     single_page
///     odata     relay:connection_path=,cursor_body_path=variables.after
///
/// The values shown are the defaults (dlt's, but for base_page, where most sources count from 1, and for total_path:
/// dlt takes `total` for a number of pages, which most sources mean as rows; without one, only fields such as
/// `total_pages` are believed). cursor_key is a response header, cursor_record_path leads into the page's last record.
/// Also, with all but single_page: max_pages=1000000, and total_path, of which `none` says that no total is true;
/// with the first two stop_after_short_page=false, end_status (404: that answer is the end), and next_url_path or
/// links_next_key: where each page but the last names the next one.
/// Throws UsageError, with the nearest name for one that is unknown, and where nothing would ever end the walk.
[[nodiscard]] Pagination parse_paginator(std::string_view text);

/// A page as pagination sees it. `url` is where the page came from, after redirects; `sent` the body of the request.
struct PageView {
    const Url& url;
    const std::vector<std::pair<std::string, std::string>>& headers;
    const JsonPage& page;
    const Records& records;
    std::string_view sent = {};
};

}  // namespace trawl
