/// A table's files as one SQL source: what questions and rewriting read. Pure: text in, text out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trawl::lake {

/// The column that names the file of a row, if it is asked for; no column of a table can have a space in its name.
inline constexpr std::string_view kFileColumn = "trawl file";

/// Every text of `items`, with ", " between them.
[[nodiscard]] std::string comma_list(const std::vector<std::string>& items);

/// SELECT over the files in `table` (paths relative to it) with the columns of Delta's `schema`. Files that were
/// written before a column or a struct's field was added lack it: an empty SELECT brings the whole schema, the files
/// are joined to it by name. Throws SchemaError for a type that is not known.
[[nodiscard]] std::string source_sql(const std::filesystem::path& table, std::string_view schema,
                                     const std::vector<std::string>& files, bool with_file_column);

}  // namespace trawl::lake
