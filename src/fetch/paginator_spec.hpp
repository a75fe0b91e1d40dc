/// The text of --paginator: "page_number:page_param=p,total_path=$.pages".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pagination.hpp"

namespace trawl::fetch {

/// What the user said about the pagination. The names are dlt's, and the defaults, but for base_page.
struct PaginatorSpec {
    PaginationKind kind = PaginationKind::single_page;
    std::string page_param = "page";
    std::optional<std::uint64_t> base_page;  // else the URL's own number, else what the page says, else 1
    std::optional<std::uint64_t> maximum_page;
    std::string offset_param = "offset";
    std::string limit_param = "limit";
    std::optional<std::uint64_t> offset;
    std::optional<std::uint64_t> limit;
    std::optional<std::uint64_t> maximum_offset;
    std::optional<JsonPath> total_path;   // pages for page_number, records for offset
    std::optional<JsonPath> cursor_path;  // else $.cursors.next, which must then be in the first page
    std::string cursor_param = "cursor";
    std::optional<JsonPath> next_url_path;  // else $.next, likewise
    std::string links_next_key = "next";
};

/// Throws UsageError, naming what is unknown and what is nearest to it.
PaginatorSpec parse_paginator(std::string_view text);

/// The URL of the first page: that of the user, with the paginator's own parameters.
Url first_url(const PaginatorSpec& spec, const Url& url);

/// What the spec and the first page come to. Throws PaginationError when the page has not what the spec relies on.
Pagination settle(const PaginatorSpec& spec, const PageFacts& first);

}  // namespace trawl::fetch
