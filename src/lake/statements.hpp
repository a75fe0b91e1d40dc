/// The statements of an SQL text, for which DuckDB's C API has no call: it tells how many there are, not where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trawl::lake {

/// `sql` cut at its semicolons, but for those within texts, names and comments; what is only blank or a comment is no
/// statement.
[[nodiscard]] std::vector<std::string> split_statements(std::string_view sql);

}  // namespace trawl::lake
