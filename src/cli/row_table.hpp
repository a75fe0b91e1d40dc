/// Rows that were not stored, in the words of tables: as a result to be printed, and the types of their columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trawl/lake/query.hpp"
#include "trawl/lake/type.hpp"

namespace trawl::cli {

/// What the column would be in SQL: "BIGINT", "STRUCT(a VARCHAR)[]"; "NULL so far" where no value tells.
[[nodiscard]] std::string sql_type(const Type& type);

/// A column for each key of the rows (JSON texts, a line each), in the order in which they come; a row that is no
/// object is in the column `value`. Objects and lists are shown as their JSON.
[[nodiscard]] QueryResult table_of(std::string_view ndjson);

/// The value at `path` ("id", "owner.id") of each row names no other one, and none lacks it.
[[nodiscard]] bool is_unique(std::string_view ndjson, const std::vector<std::string>& paths);

}  // namespace trawl::cli
