#include "row_table.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "trawl/base/format.hpp"
#include "trawl/fetch/json_page.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl::cli {
namespace {

using What = JsonNode::What;

template <class Visit>
void for_each_line(std::string_view ndjson, Visit visit) {
    while (!ndjson.empty()) {
        const std::string_view line = ndjson.substr(0, ndjson.find('\n'));
        ndjson.remove_prefix(std::min(ndjson.size(), line.size() + 1));
        visit(line);
    }
}

std::string struct_type(const Type& type) {
    std::string fields;
    for (const Field& field : type.fields)
        fields += format("{}{} {}", fields.empty() ? "" : ", ", field.key, sql_type(field.type));
    return format("STRUCT({})", fields);
}

std::optional<std::string> cell_of(const JsonView& value) {
    if (value.is(What::null)) return std::nullopt;
    return std::string(value.is(What::string) ? value->text : value->raw);
}

}  // namespace

std::string sql_type(const Type& type) {
    switch (type.kind) {
        case Kind::null:
            return "NULL so far";
        case Kind::boolean:
            return "BOOLEAN";
        case Kind::int53:
        case Kind::int64:
            return "BIGINT";
        case Kind::decimal:
            return "DECIMAL(38,0)";
        case Kind::real:
            return "DOUBLE";
        case Kind::fixed:
            return format("DECIMAL({},{})", type.precision, type.scale);
        case Kind::date:
            return "DATE";
        case Kind::timestamp:
            return "TIMESTAMPTZ";
        case Kind::string:
            return "VARCHAR";
        case Kind::list:
            return sql_type(type.element.front()) + "[]";
        case Kind::structure:
            return struct_type(type);
        case Kind::json:
            break;
    }
    return "JSON";
}

QueryResult table_of(std::string_view ndjson) {
    const Type type = type_of_records(ndjson);
    QueryResult result;
    for (const Field& field : type.fields) result.columns.push_back({field.key, sql_type(field.type)});
    JsonReader reader;
    for_each_line(ndjson, [&](std::string_view line) {
        const JsonView row = reader.parse_record(line);
        auto& cells = result.rows.emplace_back();
        for (const QueryColumn& column : result.columns) {
            const auto value = row.find(column.name);
            cells.push_back(value ? cell_of(*value) : std::nullopt);
        }
    });
    return result;
}

bool is_unique(std::string_view ndjson, const std::vector<std::string>& paths) {
    std::vector<JsonPath> keys;
    for (const std::string& path : paths) keys.push_back(JsonPath::parse(path));
    std::set<std::vector<std::string>> seen;
    bool unique = true;
    for_each_line(ndjson, [&](std::string_view line) {
        const JsonPage row = JsonPage::parse(line);
        std::vector<std::string> key;
        for (const JsonPath& path : keys) {
            const auto value = row.scalar(path);
            if (value) key.push_back(value->text);
        }
        unique = unique && key.size() == keys.size() && seen.insert(std::move(key)).second;
    });
    return unique;
}

}  // namespace trawl::cli
