/// Finds out from the first page how the others follow. Facts in, a Pagination with its reason out.
///
/// What is looked at, in this order; the first that says anything decides:
///  1. the Link header's rel=next, then the next URL in the body. One that differs from the first URL in a page number
///     or an offset alone, where a total says how far that goes, becomes page_number or offset, which can be fetched
///     concurrently; any other is followed;
///  2. a page number with a total; an offset with a total;
///  3. a cursor whose parameter the request has, or a convention names;
///  4. else it is a single page.
///
/// Facts that contradict each other are never resolved in silence: what is certain is done, one page after the other,
/// and `warnings` tell.
#pragma once

#include "trawl/fetch/pagination.hpp"

namespace trawl {

/// Throws PaginationError where there must be more pages and nothing says how to ask for them.
[[nodiscard]] Pagination detect(const PageView& first);

}  // namespace trawl
