/// Names: which column a key becomes, and which names a table may have. Pure and deterministic: the order in which keys
/// arrived plays no part.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trawl/lake/type.hpp"

namespace trawl::lake {

/// Gives every field of every struct in `type` its column. A key keeps its name unless Delta forbids it: a name without
/// column mapping has none of ` ,;{}()\n\t=` (Delta protocol, "Column Metadata"; also no control characters here), is
/// not empty, and is unique without regard to case. Bad characters become '_', an empty name "_", a repeated name gets
/// _2, _3... Fields that `known` (an existing table's type) has keep the column they have there. Returns one remark for
/// each key that was renamed.
std::vector<std::string> give_columns(Type& type, const Type* known);

/// Letters, digits, '_', '-' and '.', not beginning with '.' or '_'. Throws UsageError that says so.
void check_table_name(std::string_view name);

/// `text` without regard to case: Unicode's simple lower case.
[[nodiscard]] std::string fold_case(std::string_view text);

}  // namespace trawl::lake
