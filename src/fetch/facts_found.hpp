/// What is kept of the first page for whoever asks what was found.
#pragma once

#include "trawl/fetch/pages_found.hpp"
#include "trawl/fetch/paginate.hpp"

namespace trawl::fetch {

/// Requires: `paginator` has accepted `first`.
[[nodiscard]] PagesFound what_was_found(const Paginator& paginator, const PageView& first);

}  // namespace trawl::fetch
