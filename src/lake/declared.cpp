/// Declared types beside those that values have.
#include "declared.hpp"

#include <algorithm>
#include <set>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

bool is_declarable(const Type& type) {
    constexpr std::uint8_t digits_max = 38;  // Delta's and Parquet's
    if (type.kind == Kind::fixed)
        return type.precision >= 1 && type.precision <= digits_max && type.scale <= type.precision;
    return type.kind != Kind::null && type.kind != Kind::int53 && type.kind != Kind::list &&
           type.kind != Kind::structure;
}

/// As whoever declares types calls it.
std::string name_of(const Type& type) {
    switch (type.kind) {
        case Kind::int53:
        case Kind::int64:
            return "bigint";
        case Kind::decimal:
            return "decimal(38,0)";
        case Kind::string:
            return "text";
        case Kind::json:
            return "JSON text";
        case Kind::list:
            return "a list";
        case Kind::structure:
            return "an object";
        default:
            return to_string(type);
    }
}

bool leads_into_object(const Type& type, std::string_view path) {
    for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
        const Field* field = type.find(path.substr(0, dot));
        if (field == nullptr) continue;
        const Type& inner = field->type.kind == Kind::list ? field->type.element.front() : field->type;
        if (inner.kind == Kind::structure || inner.kind == Kind::json) return true;
    }
    return false;
}

}  // namespace

void check_declarable(const std::vector<DeclaredColumn>& declared) {
    std::set<std::string_view> seen;
    for (const DeclaredColumn& column : declared) {
        if (!seen.insert(column.key).second)
            throw UsageError(trawl::format("the column {} is declared twice", column.key));
        if (!is_declarable(column.type))
            throw UsageError(trawl::format("the column {} cannot be declared {}", column.key, name_of(column.type)));
    }
}

bool is_declared(std::string_view key, const std::vector<DeclaredColumn>& declared) {
    return std::any_of(declared.begin(), declared.end(),
                       [&](const DeclaredColumn& column) { return column.key == key; });
}

bool is_declared_only(Kind kind) { return kind == Kind::fixed || kind == Kind::date || kind == Kind::timestamp; }

Type absorb(const Type& table, const Type& observed) {
    if (is_declared_only(table.kind)) return table;
    if (table.kind == Kind::list && observed.kind == Kind::list)
        return Type::list_of(absorb(table.element.front(), observed.element.front()));
    if (table.kind != Kind::structure || observed.kind != Kind::structure) return merge(table, observed);
    Type out = merge(table, observed);  // the fields and their order
    for (Field& field : out.fields) {
        const Field* mine = table.find(field.key);
        const Field* other = observed.find(field.key);
        if (mine != nullptr && other != nullptr) field.type = absorb(mine->type, other->type);
    }
    return out;
}

void check_declared(const Type& columns, const std::vector<DeclaredColumn>& declared) {
    for (const DeclaredColumn& column : declared) {
        const Field* field = columns.find(column.key);
        if (field == nullptr || absorb(field->type, column.type) == column.type) continue;
        throw SchemaError(trawl::format(
            "its column {0} is {1}, and is declared {2} now: values that are there are not read anew; declare it {1}, "
            "leave the declaration out, or replace the table (write disposition replace)",
            field->column, name_of(field->type), name_of(column.type)));
    }
}

void check_keeps_columns(const std::vector<DeclaredColumn>& declared) {
    if (declared.empty()) return;
    throw SchemaError(
        trawl::format("records are kept whole, in one column, since they have no keys, or too many: the column {} "
                      "cannot be declared; leave the declaration out, and cast where the table is read",
                      declared.front().key));
}

void check_own_keys(const Type& observed, const std::vector<DeclaredColumn>& unseen) {
    for (const DeclaredColumn& column : unseen) {
        if (!leads_into_object(observed, column.key)) continue;
        throw SchemaError(
            trawl::format("the column {} is inside an object or a list: only keys of the row itself can be declared; "
                          "leave it out, and cast it where the table is read",
                          column.key));
    }
}

}  // namespace trawl::lake
