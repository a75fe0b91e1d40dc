/// Delta's schema JSON: written from our types, read into our types, read into SQL's.
#include <cstdio>

#include "names.hpp"
#include "schema.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::lake {
namespace {

using What = JsonNode::What;

std::string struct_to_delta(const Type& type, bool whole_record);

std::string type_to_delta(const Type& type) {
    switch (storage_of(type)) {
        case Storage::boolean:
            return R"("boolean")";
        case Storage::bigint:
            return R"("long")";
        case Storage::decimal:
            return "\"decimal(38,0)\"";
        case Storage::real:
            return R"("double")";
        case Storage::fixed:
            return trawl::format("\"decimal({},{})\"", type.precision, type.scale);
        case Storage::date:
            return R"("date")";
        case Storage::timestamp:
            return R"("timestamp")";
        case Storage::text:
            return R"("string")";
        case Storage::structure:
            return struct_to_delta(type, false);
        case Storage::list:
            break;
    }
    return trawl::format(R"({{"type":"array","elementType":{},"containsNull":true}})",
                         type_to_delta(type.element.front()));
}

const Type& innermost(const Type& type) { return type.kind == Kind::list ? innermost(type.element.front()) : type; }

std::string metadata(const Field& field, bool whole_record) {
    const Type& inner = innermost(field.type);
    std::string out;
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!out.empty()) out += ',';
        out += trawl::format("\"trawl.{}\":{}", key, value);
    };
    if (field.key != field.column) add("key", quote_json(field.key));
    if (storage_of(inner) == Storage::text && inner.kind != Kind::string)
        add("kind", quote_json(to_string(inner.kind)));
    if (whole_record) add("record", "true");
    return out;
}

std::string struct_to_delta(const Type& type, bool whole_record) {
    std::string fields;
    for (const Field& field : type.fields) {
        if (!fields.empty()) fields += ',';
        fields += trawl::format(R"({{"name":{},"type":{},"nullable":true,"metadata":{{{}}}}})",
                                quote_json(field.column), type_to_delta(field.type), metadata(field, whole_record));
    }
    return trawl::format(R"({{"type":"struct","fields":[{}]}})", fields);
}

JsonView member(JsonView object, std::string_view key) {
    if (auto found = object.find(key)) return *found;
    throw SchemaError(
        trawl::format("the table's schema has a part without \"{}\": {}", key, object->raw.substr(0, 80)));
}

Kind text_kind(std::string_view kind) {
    if (kind == "json") return Kind::json;
    if (kind == "null") return Kind::null;
    return kind == "struct" ? Kind::structure : Kind::string;
}

Type struct_from_delta(JsonView type);

/// "decimal(10,2)"; nothing if it is no decimal.
std::optional<Type> decimal_from_delta(std::string_view name) {
    int precision = 0;
    int scale = 0;
    char end = 0;
    const bool is_decimal = std::sscanf(std::string(name).c_str(), "decimal(%2d,%2d%c", &precision, &scale, &end) == 3;
    if (!is_decimal || end != ')' || precision < 1 || scale < 0) return std::nullopt;
    return Type::fixed_of(static_cast<std::uint8_t>(precision), static_cast<std::uint8_t>(scale));
}

Type type_from_delta(JsonView type, std::string_view kind) {
    if (type.is(What::object)) {
        const std::string name = type.text("type");
        if (name == "struct") return struct_from_delta(type);
        if (name == "array") return Type::list_of(type_from_delta(member(type, "elementType"), kind));
    }
    const std::string_view name = type->text;
    if (name == "string") return text_kind(kind);
    if (name == "boolean") return Kind::boolean;
    if (name == "long") return Kind::int64;
    if (name == "double") return Kind::real;
    if (name == "date") return Kind::date;
    if (name == "timestamp") return Kind::timestamp;
    if (const auto decimal = decimal_from_delta(name)) return *decimal;
    throw SchemaError(trawl::format("the table has a column of type {}, to which trawl cannot append", type->raw));
}

Type struct_from_delta(JsonView type) {
    std::vector<Field> fields;
    const JsonView list = member(type, "fields");
    for (auto field = list.first(); field != list.last(); field = field.next()) {
        const std::string column = field.text("name");
        const auto extra = field.find("metadata");
        const std::string kind = extra ? extra->text("trawl.kind") : "";
        const std::string key = extra && extra->find("trawl.key") ? extra->text("trawl.key") : column;
        fields.push_back({key, type_from_delta(member(field, "type"), kind), column});
    }
    return Type::struct_of(std::move(fields));
}

std::string primitive_sql(std::string_view name) {
    static constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"string", "VARCHAR"}, {"long", "BIGINT"}, {"integer", "INTEGER"},       {"short", "SMALLINT"},
        {"byte", "TINYINT"},   {"float", "FLOAT"}, {"double", "DOUBLE"},         {"boolean", "BOOLEAN"},
        {"binary", "BLOB"},    {"date", "DATE"},   {"timestamp", "TIMESTAMPTZ"}, {"timestamp_ntz", "TIMESTAMP"}};
    for (const auto& [delta, sql] : names) {
        if (name == delta) return std::string(sql);
    }
    if (name.starts_with("decimal(") && name.find_first_not_of("decimal(0123456789, )") == std::string_view::npos) {
        return std::string(name);
    }
    throw SchemaError(trawl::format("the table has a column of type {}, which trawl does not know", name));
}

std::string sql_type(JsonView type) {
    if (!type.is(What::object)) return primitive_sql(type->text);
    const std::string name = type.text("type");
    if (name == "array") return sql_type(member(type, "elementType")) + "[]";
    if (name == "map") {
        return trawl::format("MAP({}, {})", sql_type(member(type, "keyType")), sql_type(member(type, "valueType")));
    }
    std::string fields;
    const JsonView list = member(type, "fields");
    for (auto field = list.first(); field != list.last(); field = field.next()) {
        if (!fields.empty()) fields += ", ";
        fields += sql_name(field.text("name")) + " " + sql_type(member(field, "type"));
    }
    return trawl::format("STRUCT({})", fields);
}

}  // namespace

std::string to_delta(const Schema& schema) { return struct_to_delta(schema.columns, schema.whole_record); }

Schema from_delta(JsonView schema) {
    Schema out;
    out.columns = struct_from_delta(schema);
    const JsonView list = member(schema, "fields");
    for (auto field = list.first(); field != list.last(); field = field.next()) {
        const auto extra = field.find("metadata");
        if (extra && extra->find("trawl.record")) out.whole_record = true;
    }
    return out;
}

std::vector<SqlColumn> sql_columns(JsonView schema) {
    std::vector<SqlColumn> columns;
    const JsonView list = member(schema, "fields");
    for (auto field = list.first(); field != list.last(); field = field.next()) {
        columns.push_back({field.text("name"), sql_type(member(field, "type"))});
    }
    return columns;
}

}  // namespace trawl::lake
