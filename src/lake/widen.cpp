/// SQL of widening.
#include "widen.hpp"

#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::lake {
namespace {

std::string part(const std::string& value, const std::string& column) {
    return value.empty() ? sql_name(column) : trawl::format("({}).{}", value, sql_name(column));
}

/// The item of a list within list_transform. One name will do at every depth, since what is made of an inner item never
/// speaks of the outer one; no column can have it, because of the space.
const std::string kItem = "\"trawl item\"";

std::string transformed(const std::string& list, const std::string& body) {
    return trawl::format("list_transform({}, lambda {}: {})", list, kItem, body);
}

std::string unless_null(const std::string& value, const std::string& then) {
    return trawl::format("CASE WHEN {} IS NULL THEN NULL ELSE {} END", value, then);
}

std::string json_object(const Type& from, const std::string& value) {
    std::string members;
    for (const Field& field : from.fields) {
        members += trawl::format(", {} || {}", sql_text(quote_json(field.key) + ":"),
                                 json_text(field.type, part(value, field.column)));
    }
    return trawl::format("'{{' || concat_ws(','{}) || '}}'", members);
}

std::string json_array(const Type& from, const std::string& value) {
    const std::string body = trawl::format("coalesce({}, 'null')", json_text(from.element.front(), kItem));
    return trawl::format("'[' || coalesce(array_to_string({}, ','), '') || ']'", transformed(value, body));
}

/// JSON has no text for infinity and NaN; tables that other tools wrote may hold them.
std::string json_real(const std::string& value) {
    return trawl::format(
        "CASE WHEN {0} IS NULL THEN NULL WHEN isfinite({0}) THEN CAST({0} AS VARCHAR) ELSE error('the table holds the "
        "number ' || CAST({0} AS VARCHAR) || ', for which JSON has no text') END",
        value);
}

/// As ISO 8601 has it: with a T, and a Z where the time is in UTC.
std::string json_timestamp(const std::string& value) {
    return trawl::format("'\"' || replace(CAST({} AT TIME ZONE 'UTC' AS VARCHAR), ' ', 'T') || 'Z\"'", value);
}

std::string converted_struct(const Type& from, const Type& to, const std::string& value) {
    std::string fields;
    for (const Field& field : to.fields) {
        const Field* old = from.find(field.key);
        fields += trawl::format("{}{}: {}", fields.empty() ? "" : ", ", sql_text(field.column),
                                old == nullptr ? trawl::format("CAST(NULL AS {})", sql_type(field.type))
                                               : converted(old->type, field.type, part(value, old->column)));
    }
    return unless_null(value, trawl::format("{{{}}}", fields));
}

std::string_view shown(Kind kind) {
    const bool fits_a_long = kind == Kind::int53 || kind == Kind::int64;
    if (fits_a_long) return "int";
    return kind == Kind::json ? "JSON text" : to_string(kind);
}

void remark(const Type& from, const Type& to, const std::string& path, std::vector<std::string>& notes) {
    if (!is_retyped(from, to)) return;
    if (from.kind == Kind::list && to.kind == Kind::list)
        return remark(from.element.front(), to.element.front(), path + "[]", notes);
    if (from.kind != Kind::structure || to.kind != Kind::structure || from.fields.empty()) {
        notes.push_back(trawl::format("{}: was {}, is {} from now on; old values were rewritten", path,
                                      shown(from.kind), shown(to.kind)));
        return;
    }
    for (const Field& field : from.fields)
        remark(field.type, to.find(field.key)->type, path + "." + field.column, notes);
}

}  // namespace

std::string sql_type(const Type& type) {
    switch (storage_of(type)) {
        case Storage::boolean:
            return "BOOLEAN";
        case Storage::bigint:
            return "BIGINT";
        case Storage::decimal:
            return "DECIMAL(38,0)";
        case Storage::real:
            return "DOUBLE";
        case Storage::fixed:
            return trawl::format("DECIMAL({},{})", type.precision, type.scale);
        case Storage::date:
            return "DATE";
        case Storage::timestamp:
            return "TIMESTAMPTZ";
        case Storage::text:
            return "VARCHAR";
        case Storage::list:
            return sql_type(type.element.front()) + "[]";
        case Storage::structure:
            break;
    }
    std::string fields;
    for (const Field& field : type.fields) {
        fields += trawl::format("{}{} {}", fields.empty() ? "" : ", ", sql_name(field.column), sql_type(field.type));
    }
    return trawl::format("STRUCT({})", fields);
}

bool is_retyped(const Type& from, const Type& to) {
    if (storage_of(from) != storage_of(to)) return true;
    if (from.kind == Kind::string) return to.kind == Kind::json;
    if (from.kind == Kind::fixed) return from != to;
    if (from.kind == Kind::list) return is_retyped(from.element.front(), to.element.front());
    for (const Field& field : from.fields) {
        const Field* wanted = to.find(field.key);
        if (wanted != nullptr && is_retyped(field.type, wanted->type)) return true;
    }
    return false;
}

std::string json_text(const Type& from, const std::string& value) {
    switch (from.kind) {
        case Kind::boolean:
        case Kind::int53:
        case Kind::int64:
        case Kind::decimal:
            return trawl::format("CAST({} AS VARCHAR)", value);
        case Kind::fixed:  // DuckDB writes .5 where no digit is in front of the point
            return trawl::format(R"(regexp_replace(CAST({} AS VARCHAR), '^(-?)[.]', '\1' || '0.'))", value);
        case Kind::date:
            return trawl::format("'\"' || CAST({} AS VARCHAR) || '\"'", value);
        case Kind::timestamp:
            return json_timestamp(value);
        case Kind::real:
            return json_real(value);
        case Kind::string:
            return trawl::format("CAST(to_json({}) AS VARCHAR)", value);
        case Kind::list:
            return unless_null(value, json_array(from, value));
        case Kind::structure:
            if (!from.fields.empty()) return unless_null(value, json_object(from, value));
            break;
        case Kind::null:
        case Kind::json:
            break;
    }
    return value;
}

std::string json_record(const Schema& schema) {
    if (schema.whole_record) return sql_name(schema.columns.fields.front().column);
    return json_object(schema.columns, "");
}

std::string converted(const Type& from, const Type& to, const std::string& value) {
    if (from == to || from.kind == Kind::json) return value;
    if (from.kind == Kind::null) return trawl::format("CAST(NULL AS {})", sql_type(to));
    if (to.kind == Kind::json) return json_text(from, value);
    if (to.kind == Kind::structure && storage_of(to) == Storage::structure) return converted_struct(from, to, value);
    if (to.kind != Kind::list) return trawl::format("CAST({} AS {})", value, sql_type(to));
    return transformed(value, converted(from.element.front(), to.element.front(), kItem));
}

std::vector<Doubt> doubts(Type& known, const Type& incoming, const std::string& value) {
    if (known.kind == Kind::int64 && incoming.kind == Kind::real) {
        return {{&known, trawl::format("{} NOT BETWEEN -9007199254740992 AND 9007199254740992", value)}};
    }
    std::vector<Doubt> out;
    if (known.kind == Kind::list && incoming.kind == Kind::list) {
        for (Doubt& inner : doubts(known.element.front(), incoming.element.front(), kItem)) {
            const std::string each = transformed(value, inner.too_big);
            out.push_back({inner.leaf, trawl::format("list_bool_or({})", each)});
        }
    }
    if (known.kind != Kind::structure) return out;
    for (Field& field : known.fields) {
        const Field* other = incoming.find(field.key);
        if (other == nullptr) continue;
        for (Doubt& inner : doubts(field.type, other->type, part(value, field.column))) out.push_back(std::move(inner));
    }
    return out;
}

std::string converted_columns(const Schema& known, const Schema& wanted) {
    if (wanted.whole_record && !known.whole_record) {
        return trawl::format("{} AS {}", json_record(known), sql_name(wanted.columns.fields.front().column));
    }
    std::string out;
    for (const Field& field : wanted.columns.fields) {
        const Field* old = known.columns.find(field.key);
        out += trawl::format("{}{} AS {}", out.empty() ? "" : ", ",
                             old == nullptr ? trawl::format("CAST(NULL AS {})", sql_type(field.type))
                                            : converted(old->type, field.type, sql_name(old->column)),
                             sql_name(field.column));
    }
    return out;
}

std::vector<std::string> retyped_columns(const Schema& known, const Schema& wanted) {
    std::vector<std::string> out;
    const bool all = wanted.whole_record && !known.whole_record;
    for (const Field& field : known.columns.fields) {
        const Field* now = wanted.columns.find(field.key);
        if (all || (now != nullptr && is_retyped(field.type, now->type))) out.push_back(field.column);
    }
    return out;
}

std::vector<std::string> retyping_notes(const Schema& known, const Schema& wanted) {
    std::vector<std::string> notes;
    if (wanted.whole_record) return notes;
    for (const Field& field : known.columns.fields) {
        const Field* now = wanted.columns.find(field.key);
        if (now != nullptr) remark(field.type, now->type, field.column, notes);
    }
    return notes;
}

}  // namespace trawl::lake
