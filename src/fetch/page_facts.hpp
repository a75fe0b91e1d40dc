/// What a page and its headers say about the whole: totals, places, next pages, by the names that APIs give them.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/fetch/pagination.hpp"

namespace trawl::fetch {

using Names = std::span<const std::string_view>;

[[nodiscard]] constexpr std::uint64_t rounded_up(std::uint64_t rows, std::uint64_t size) {
    return size == 0 ? 0 : rows / size + (rows % size == 0 ? 0 : 1);
}

/// a + b and a * b, as far as they go: a hostile total must not wrap to the beginning.
[[nodiscard]] constexpr std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    return b > most - a ? most : a + b;
}
[[nodiscard]] constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    return a != 0 && b > most / a ? most : a * b;
}

/// Query parameters, by plain_name ("pageNumber" and "page[number]" are one).
[[nodiscard]] bool is_page_param(std::string_view key);
[[nodiscard]] bool is_offset_param(std::string_view key);
[[nodiscard]] bool is_limit_param(std::string_view key);

/// Facts that a source states; each with where it was stated, for the explanation.
struct Totals {
    std::optional<std::uint64_t> pages, records, page_size;
    std::string pages_from, records_from;
};
[[nodiscard]] Totals find_totals(const PageView& view);

/// Where this page is among the others, as the body says.
struct Place {
    std::string name;  // "page", "number", "skip": as it is written
    std::uint64_t value = 0;
};
[[nodiscard]] std::optional<Place> find_page_number(const PageView& view);
[[nodiscard]] std::optional<Place> find_offset(const PageView& view);

/// A field for the next URL: `url` is empty where it is null, which says that this is the last page.
struct NextUrl {
    JsonPath path;
    std::string url;
};
[[nodiscard]] std::optional<NextUrl> find_next_url(const PageView& view);

/// What one page says of the whole, read in one pass over its fields.
struct PageFacts {
    Totals totals;
    std::optional<Place> page, offset;
    std::optional<NextUrl> next;
};
[[nodiscard]] PageFacts find_facts(const PageView& view);

/// A cursor that is there, and the request's parameter for it; empty if no convention names one.
struct NextCursor {
    JsonPath path;
    std::string param;
};
[[nodiscard]] std::optional<NextCursor> find_cursor(const PageView& view);

/// A field such as `has_more` that is false, a cursor that is null, or the like.
[[nodiscard]] bool says_no_more(const PageView& view);

/// A field such as `has_more` that is true: its path.
[[nodiscard]] std::optional<JsonPath> says_more(const PageView& view);

}  // namespace trawl::fetch
