/// RowPrints: whether two pages have the same rows, also where a field of them changes with every answer.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace trawl::fetch {

/// The fields of a page that tell its rows apart, as keys do: every row has one, and no two the same. Each with a hash
/// of its values in the page's order.
using RowPrints = std::map<std::string, std::size_t>;

/// Of one record a line. Pages of a single row have none: all its fields would tell it apart.
[[nodiscard]] RowPrints row_prints(std::string_view ndjson);

/// What `page` has in common with `other`, two pages of different rows, says nothing: a row's place on its page.
void drop_common(RowPrints& page, const RowPrints& other);

/// A field that tells rows apart is the same on both.
[[nodiscard]] bool has_common(const RowPrints& page, const RowPrints& other);

/// Most of the fields that tell rows apart on both are the same: it is one page, some fields of which change with every
/// answer. A row's place on its page alone does not make it so.
[[nodiscard]] bool has_mostly_common(const RowPrints& page, const RowPrints& other);

}  // namespace trawl::fetch
