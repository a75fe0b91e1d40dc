/// Making a schema from a type: storage, widening of an existing table, remarks.
#include "schema.hpp"

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

[[noreturn]] void refuse(const std::string& path, const Type& known, const Type& incoming) {
    throw SchemaError(
        trawl::format("column {}: the table holds {}, the new rows hold {}, and a Delta column's type cannot change in "
                      "place: replace the "
                      "table, or append to another one",
                      path.empty() ? "(record)" : path, to_string(known), to_string(incoming)));
}

Type fit(const Type& known, const Type& incoming, const std::string& path);

Type fit_structs(const Type& known, const Type& incoming, const std::string& path) {
    Type out = known;
    for (const Field& field : incoming.fields) {
        bool found = false;
        for (Field& mine : out.fields) {
            if (mine.key != field.key) continue;
            mine.type = fit(mine.type, field.type, path.empty() ? mine.column : path + "." + mine.column);
            found = true;
        }
        if (!found) out.fields.push_back({field.key, field.type, {}});
    }
    if (out.fields.size() > kMaxFields) refuse(path, known, incoming);
    return out;
}

/// The type that holds both and is stored as `known` is.
Type fit(const Type& known, const Type& incoming, const std::string& path) {
    if (incoming.kind == Kind::null || known.kind == Kind::json) return known;
    const bool nothing_yet = known.kind == Kind::null;
    if (nothing_yet) return storage_of(incoming) == Storage::text ? incoming : Type(Kind::json);
    const bool only_empty_objects = known.kind == Kind::structure && known.fields.empty();
    if (only_empty_objects) return known == incoming ? known : Type(Kind::json);
    const Kind kind = merge(known.kind, incoming.kind);
    if (kind == Kind::list) return Type::list_of(fit(known.element.front(), incoming.element.front(), path));
    if (kind == Kind::structure) return fit_structs(known, incoming, path);
    if (kind == Kind::json || storage_of(kind) != storage_of(known)) refuse(path, known, incoming);
    return kind;
}

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

Schema make_schema(const Type& observed, const Schema* known) {
    if (known != nullptr && known->whole_record) return whole_records();
    const Type type = known != nullptr ? fit(known->columns, observed, "") : observed;
    if (storage_of(type) != Storage::structure) return whole_records();
    Schema schema;
    schema.columns = type;
    schema.notes = give_columns(schema.columns, known != nullptr ? &known->columns : nullptr);
    for (const Field& field : schema.columns.fields) remark(field.type, field.column, schema.notes);
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
