/// The text of --paginator: "page_number:page_param=p,total_path=$.pages".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pagination.hpp"

namespace trawl::fetch {

/// What the user said about the pagination; names and defaults are dlt's.
struct PaginatorSpec {
    PaginationKind kind = PaginationKind::single_page;
    std::string page_param = "page";
    std::optional<std::uint64_t> base_page;  // else the URL's own number, else 0
    std::optional<std::uint64_t> maximum_page;
    std::string offset_param = "offset";
    std::string limit_param = "limit";
    std::optional<std::uint64_t> offset;
    std::optional<std::uint64_t> limit;
    std::optional<std::uint64_t> maximum_offset;
    std::optional<JsonPath> total_path;  // pages for page_number, records for offset
    JsonPath cursor_path{"cursors", "next"};
    std::string cursor_param = "cursor";
    JsonPath next_url_path{"next"};
    std::string links_next_key = "next";
};

/// Throws UsageError, naming what is unknown and what is nearest to it.
PaginatorSpec parse_paginator(std::string_view text);

/// The URL of the first page: that of the user, with the paginator's own parameters.
Url first_url(const PaginatorSpec& spec, const Url& url);

/// What the spec and the first page come to. Throws PaginationError when total_path is not in the page.
Pagination settle(const PaginatorSpec& spec, const PageFacts& first);

}  // namespace trawl::fetch
