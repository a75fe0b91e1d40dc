/// Finds out from the first page how the others follow. Facts in, a Pagination with its reason out.
///
/// What is looked at, in this order; the first that says anything decides:
///  1. the Link header's rel=next, OData's and GraphQL's own fields, then the next URL in the body. A next URL that
///     differs from the first in a page number or an offset alone becomes page_number or offset, which can be fetched
///     in any order, up to the total or, without one, to the page that names no next one; any other is followed;
///  2. a page number with a total; an offset with a total;
///  3. a cursor whose parameter the request has, or a convention names; `next_page: 2` is a page number;
///  4. a page number or an offset beside a field such as `has_more`;
///  5. a page number, an offset or a limit alone, and a page that may be full: the next ones are asked for until one is
///     empty (`is_guess`);
///  6. else it is a single page, with a warning where it has as many rows as full pages usually have.
///
/// Facts that contradict each other are never resolved in silence: what is certain is done, one page after the other,
/// and `warnings` tell.
#pragma once

#include "trawl/fetch/pagination.hpp"

namespace trawl {

/// Throws PaginationError where there must be more pages and nothing says how to ask for them.
[[nodiscard]] Pagination detect(const PageView& first);

/// Where the protocols (OData, GraphQL connections) have the records of a page; none for other pages, whose records are
/// found by their looks. `said` is the pagination that the user named, if any. Give it to JsonPage::records() of the
/// first page where the user names no path.
[[nodiscard]] std::optional<JsonPath> records_by_protocol(const JsonPage& page, const Pagination* said);

}  // namespace trawl
