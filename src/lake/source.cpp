/// SELECT over the files of a table.
#include "source.hpp"

#include "schema.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl::lake {

std::string comma_list(const std::vector<std::string>& items) {
    std::string out;
    for (const std::string& item : items) out += trawl::format("{}{}", out.empty() ? "" : ", ", item);
    return out;
}

std::string source_sql(const std::filesystem::path& table, std::string_view schema,
                       const std::vector<std::string>& files, bool with_file_column) {
    JsonReader reader;
    std::vector<SqlColumn> columns = sql_columns(reader.parse(schema));
    if (with_file_column) columns.push_back({std::string(kFileColumn), "VARCHAR"});
    std::vector<std::string> empty;
    std::vector<std::string> names;
    for (const SqlColumn& column : columns) {
        empty.push_back(trawl::format("CAST(NULL AS {}) AS {}", column.type, sql_name(column.name)));
        names.push_back(sql_name(column.name));
    }
    std::string rows = trawl::format("SELECT {} WHERE false", comma_list(empty));
    if (!files.empty()) {
        std::vector<std::string> paths;
        for (const std::string& file : files) paths.push_back(sql_text((table / file).string()));
        rows += trawl::format(
            " UNION ALL BY NAME SELECT * FROM read_parquet([{}], union_by_name = true, hive_partitioning = false{})",
            comma_list(paths), with_file_column ? trawl::format(", filename = {}", sql_text(kFileColumn)) : "");
    }
    return trawl::format("SELECT {} FROM ({})", comma_list(names), rows);
}

}  // namespace trawl::lake
