/// OData and GraphQL connections (Relay): pagination that a protocol defines, read off the first page.
#pragma once

#include <optional>
#include <string_view>

#include "trawl/fetch/pagination.hpp"

namespace trawl::fetch {

/// `said` without its preset, as the first page has it: `odata` follows links or counts offsets, `relay` knows its
/// connection. Throws PaginationError where the page does not fit the protocol.
[[nodiscard]] Pagination settled(Pagination said, const PageView& first);

/// OData 4 (JSON Format 4.01, sections 4.5.5 and 4.5.6), OData 3 ("odata.nextLink") and 2 ("d"); none for another page.
[[nodiscard]] std::optional<Pagination> by_odata(const PageView& first);

/// A GraphQL answer with one connection (Relay's Cursor Connections Specification, section 5.1, PageInfo) that has more
/// pages, asked for by a POST; none for another page.
[[nodiscard]] std::optional<Pagination> by_relay(const PageView& first);

}  // namespace trawl::fetch
