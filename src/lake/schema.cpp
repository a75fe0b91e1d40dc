/// Making a schema from a type: storage and remarks.
#include "schema.hpp"

#include "declared.hpp"
#include "names.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {

Storage storage_of(const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return Storage::boolean;
        case Kind::int53:
        case Kind::int64:
            return Storage::bigint;
        case Kind::decimal:
            return Storage::decimal;
        case Kind::real:
            return Storage::real;
        case Kind::fixed:
            return Storage::fixed;
        case Kind::date:
            return Storage::date;
        case Kind::timestamp:
            return Storage::timestamp;
        case Kind::list:
            return Storage::list;
        case Kind::structure:
            return type.fields.empty() ? Storage::text : Storage::structure;
        case Kind::null:
        case Kind::string:
        case Kind::json:
            break;
    }
    return Storage::text;
}

namespace {

void remark(const Type& type, const std::string& path, std::vector<std::string>& notes) {
    if (type.kind == Kind::json) {
        notes.push_back(path + ": kept as JSON text, since no one column type holds all its values exactly");
    } else if (type.kind == Kind::null) {
        notes.push_back(path + ": never had a value; a column of NULL text");
    } else if (storage_of(type) == Storage::text && type.kind == Kind::structure) {
        notes.push_back(path + ": only ever the empty object; kept as JSON text");
    } else if (type.kind == Kind::list) {
        remark(type.element.front(), path + "[]", notes);
    }
    for (const Field& field : type.fields) remark(field.type, path + "." + field.column, notes);
}

Schema whole_records() {
    Schema schema;
    schema.columns.fields.push_back({"value", Kind::json, "value"});
    schema.whole_record = true;
    schema.notes.push_back("value: each record is kept whole as JSON text, since records have no keys, or too many");
    return schema;
}

}  // namespace

Schema make_schema(const Type& observed, const Schema* known, const std::vector<DeclaredColumn>& declared) {
    const Type type = known != nullptr ? absorb(known->columns, observed) : observed;
    if ((known != nullptr && known->whole_record) || storage_of(type) != Storage::structure) {
        check_keeps_columns(declared);
        return whole_records();
    }
    Schema schema;
    schema.columns = type;
    schema.notes = give_columns(schema.columns, known != nullptr ? &known->columns : nullptr);
    for (const Field& field : schema.columns.fields) {
        if (!is_declared(field.key, declared)) remark(field.type, field.column, schema.notes);
    }
    return schema;
}

std::string sql_name(std::string_view name) {
    std::string out = "\"";
    for (char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
}

std::string sql_text(std::string_view text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? "''" : std::string(1, c);
    return out + '\'';
}

}  // namespace trawl::lake
