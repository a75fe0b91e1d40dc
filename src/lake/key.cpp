/// Finding and comparing parts of keys.
#include "key.hpp"

#include <algorithm>
#include <set>

#include "number.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {

using What = JsonNode::What;

namespace {

/// The struct's field of that name: the source's key first, then the column.
const Field* field_named(const Type& type, std::string_view name) {
    if (const Field* found = type.find(name)) return found;
    const auto same = [&](const Field& field) { return field.column == name; };
    const auto found = std::find_if(type.fields.begin(), type.fields.end(), same);
    return found == type.fields.end() ? nullptr : &*found;
}

/// Tries `path` as one name, then as a name, a dot and the rest, for each dot in it. False if it leads nowhere.
bool walk(const Type& type, std::string_view path, KeyPart& part) {
    for (std::size_t end = path.size(); end != std::string_view::npos && end > 0; end = path.rfind('.', end - 1)) {
        const Field* field = field_named(type, path.substr(0, end));
        if (field == nullptr) continue;
        KeyPart longer = part;
        longer.keys.push_back(field->key);
        longer.columns.push_back(field->column);
        longer.type = field->type;
        const std::string_view rest = end == path.size() ? "" : path.substr(end + 1);
        const bool is_there = rest.empty() || walk(field->type, rest, longer);
        if (!is_there && field->type.kind == Kind::json) longer.rest = rest;
        if (!is_there && longer.rest.empty()) continue;
        part = std::move(longer);
        return true;
    }
    return false;
}

KeyPart find_part(const Schema& schema, const std::string& path) {
    KeyPart part;
    part.path = path;
    if (schema.whole_record) {
        const Field& only = schema.columns.fields.front();
        part.columns = {only.column};
        part.rest = path;
        part.type = Kind::json;
        return part;
    }
    if (!walk(schema.columns, path, part)) {
        throw SchemaError(
            trawl::format("there is no \"{}\" in the records, which is to be the primary key: name a key "
                          "that every record has",
                          path));
    }
    const Kind kind = part.type.kind;
    if (kind != Kind::list && kind != Kind::structure) return part;
    throw SchemaError(trawl::format("\"{}\" holds a {}, which cannot be a primary key: name a key with single values",
                                    path, kind == Kind::list ? "list" : "whole object"));
}

}  // namespace

std::vector<KeyPart> key_parts(const Schema& schema, const std::vector<std::string>& paths) {
    std::vector<KeyPart> parts;
    std::set<std::string> seen;
    for (const std::string& path : paths) {
        if (!seen.insert(path).second) throw UsageError(trawl::format("the primary key names \"{}\" twice", path));
        parts.push_back(find_part(schema, path));
    }
    return parts;
}

std::string key_sql(const KeyPart& part) {
    std::string value = sql_name(part.columns.front());
    for (std::size_t i = 1; i < part.columns.size(); ++i) {
        value = trawl::format("({}).{}", value, sql_name(part.columns[i]));
    }
    return part.in_json() ? trawl::format("{}({}, {})", kCanonicalKeySql, value, sql_text(part.rest)) : value;
}

std::optional<JsonView> find_path(JsonView value, std::string_view path) {
    if (path.empty()) return value;
    for (std::size_t end = path.size(); end != std::string_view::npos && end > 0; end = path.rfind('.', end - 1)) {
        const auto member = value.find(path.substr(0, end));
        if (!member) continue;
        const auto found = find_path(*member, end == path.size() ? "" : path.substr(end + 1));
        if (found) return found;
    }
    return std::nullopt;
}

JsonView key_value(const KeyPart& part, JsonView record, std::int64_t number) {
    std::optional<JsonView> value = record;
    for (const std::string& key : part.keys) {
        if (value) value = value->find(key);
    }
    if (value) value = find_path(*value, part.rest);
    const bool single = value && !value->is(What::null) && !value->is(What::array) && !value->is(What::object);
    if (single) return *value;
    constexpr std::size_t shown = 80;  // one line of a terminal
    throw SchemaError(trawl::format(
        "record {} has {} as its primary key \"{}\": every record needs one; it begins with {}", number,
        value && !value->is(What::null) ? "no single value" : "nothing", part.path, record->raw.substr(0, shown)));
}

std::string canonical_key(JsonView value) {
    switch (value->what) {
        case What::boolean:
            return std::string(value->text);
        case What::number:
            return canonical_number(value->text);
        case What::string:
            return trawl::format("\"{}", value->text);
        case What::null:
        case What::array:
        case What::object:
            break;
    }
    return "";
}

}  // namespace trawl::lake
