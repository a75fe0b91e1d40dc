/// Merging and printing of types.
#include "trawl/lake/type.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "trawl/base/format.hpp"

namespace trawl {

Type Type::list_of(Type item) {
    Type type(Kind::list);
    type.element.push_back(std::move(item));
    return type;
}

Type Type::struct_of(std::vector<Field> fields) {
    Type type(Kind::structure);
    type.fields = std::move(fields);
    return type;
}

Type Type::fixed_of(std::uint8_t precision, std::uint8_t scale) {
    if (precision == 38 && scale == 0) return Kind::decimal;
    Type type(Kind::fixed);
    type.precision = precision;
    type.scale = scale;
    return type;
}

const Field* Type::find(std::string_view key) const {
    auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.key == key; });
    return found == fields.end() ? nullptr : &*found;
}

bool operator==(const Type& a, const Type& b) {
    if (a.kind != b.kind || a.fields.size() != b.fields.size()) return false;
    if (a.precision != b.precision || a.scale != b.scale) return false;
    if (!std::equal(a.element.begin(), a.element.end(), b.element.begin(), b.element.end())) return false;
    return std::all_of(a.fields.begin(), a.fields.end(), [&](const Field& field) {
        const Field* other = b.find(field.key);
        return other != nullptr && field.type == other->type;
    });
}

Kind merge(Kind a, Kind b) {
    if (a == b) return a;
    if (a > b) std::swap(a, b);
    if (a == Kind::null) return b;
    const bool whole = a >= Kind::int53 && b <= Kind::decimal;
    if (whole) return b;
    if (a == Kind::int53 && b == Kind::real) return b;
    return Kind::json;
}

namespace {

Type merge_structs(const Type& a, const Type& b) {
    Type out = a;
    for (const Field& field : b.fields) {
        auto same = [&](const Field& mine) { return mine.key == field.key; };
        auto found = std::find_if(out.fields.begin(), out.fields.end(), same);
        if (found == out.fields.end()) {
            out.fields.push_back(field);
        } else {
            found->type = merge(found->type, field.type);
        }
    }
    return out.fields.size() > kMaxFields ? Type(Kind::json) : out;
}

}  // namespace

Type merge(const Type& a, const Type& b) {
    if (a.kind == Kind::null) return b;
    if (b.kind == Kind::null) return a;
    const Kind kind = merge(a.kind, b.kind);
    if (kind == Kind::fixed) return a == b ? a : Type(Kind::json);
    if (kind == Kind::list) return Type::list_of(merge(a.element.front(), b.element.front()));
    if (kind == Kind::structure) return merge_structs(a, b);
    return kind;
}

std::string_view to_string(Kind kind) {
    static constexpr std::array<std::string_view, 13> names = {"null",   "bool",   "int53", "int64",     "decimal",
                                                               "double", "fixed",  "date",  "timestamp", "string",
                                                               "list",   "struct", "json"};
    return names[static_cast<std::size_t>(kind)];
}

std::string to_string(const Type& type) {
    if (type.kind == Kind::fixed) return trawl::format("decimal({},{})", type.precision, type.scale);
    std::string text(to_string(type.kind));
    if (type.kind == Kind::list) return text + "<" + to_string(type.element.front()) + ">";
    if (type.kind != Kind::structure) return text;
    text += "<";
    for (const Field& field : type.fields) {
        if (text.back() != '<') text += ", ";
        text += field.key + ": " + to_string(field.type);
    }
    return text + ">";
}

}  // namespace trawl
