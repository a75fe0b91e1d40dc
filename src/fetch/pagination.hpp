/// How a source's pages follow each other: what was found out or said, as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "json_page.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/url.hpp"

namespace trawl::fetch {

enum class PaginationKind { single_page, page_number, offset, cursor, json_link, header_link };

struct Pagination {
    PaginationKind kind = PaginationKind::single_page;
    std::string param;                     // of the query: the page's number, the offset, or the cursor
    std::uint64_t first = 0;               // the first page's number or offset
    std::uint64_t step = 1;                // from page to page: 1 for numbers, the records of a page for offsets
    std::optional<std::uint64_t> pages;    // in all, when the source tells
    std::optional<std::uint64_t> records;  // likewise
    std::optional<Url> pattern;            // any page's URL, for page_number and offset: `param` is replaced
    JsonPath path;                         // of the cursor or the next URL in a page
    std::string relation = "next";         // of the Link header
    std::string explanation;               // for people
};

/// A page as the pagination sees it.
struct PageFacts {
    const Url& url;
    const Headers& headers;
    const JsonPage& page;
    std::size_t count;  // of records
};

/// The number that a value is, also when it is a string of digits.
std::optional<std::uint64_t> as_count(const JsonValue* value);

/// How many pages hold `records` at `size` each.
constexpr std::uint64_t pages_for(std::uint64_t records, std::uint64_t size) {
    return size == 0 ? 0 : (records + size - 1) / size;
}

}  // namespace trawl::fetch
