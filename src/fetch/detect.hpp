/// Finds out from a first page how the others follow. A pure function: facts in, a Pagination with its reason out.
///
/// The order of what is looked at: Link header, next URL in the page, page number with a total, offset with a total,
/// cursor; else it is a single page. A guess is made only where two facts agree: a next URL becomes a page number (so
/// that the pages can be fetched concurrently) when it differs from the first URL in one number alone and a total says
/// where that ends.
#pragma once

#include "pagination.hpp"

namespace trawl::fetch {

/// Throws PaginationError when there must be more pages but how to ask for them is unclear.
Pagination detect(const PageFacts& first);

}  // namespace trawl::fetch
