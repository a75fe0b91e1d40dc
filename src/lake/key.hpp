/// Primary keys: where a key's parts lie in a record and in a table, and when two of them are the same. Pure.
///
/// Rules: keys are compared as the table stores them: by value within a column's type (7 and 7.0 are one key in a
/// column of numbers), and by kind and value within JSON text (7 and 7.0 are one key there too, "7" is another).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl::lake {

/// One part of a key in one schema.
struct KeyPart {
    std::string path;                  ///< as the caller wrote it: "id", "owner.id"
    std::vector<std::string> keys;     ///< the source's keys on the way to it, as far as there are columns
    std::vector<std::string> columns;  ///< the table's names of those
    std::string rest;                  ///< of the path, within the JSON text of the last column
    Type type;                         ///< of the last column
    /// It is compared by canonical_key, since the column holds JSON text.
    [[nodiscard]] bool in_json() const { return type.kind == Kind::json; }
};

/// Finds each path in the schema, by the source's keys or else by the names of columns; a key may hold dots itself.
/// Throws SchemaError if a path leads nowhere, or to a list or an object, UsageError if there is one twice.
[[nodiscard]] std::vector<KeyPart> key_parts(const Schema& schema, const std::vector<std::string>& paths);

/// SQL over the table's columns for the part's value; JSON text goes through the function kCanonicalKeySql.
[[nodiscard]] std::string key_sql(const KeyPart& part);
inline constexpr std::string_view kCanonicalKeySql = "trawl_key";

/// The part's value in a record. Throws SchemaError, which quotes the record with its number (from 1), if it is
/// missing, null, or no single value.
[[nodiscard]] JsonView key_value(const KeyPart& part, JsonView record, std::int64_t number);

/// What is at a path in JSON; a view to its null or nothing if there is nothing.
[[nodiscard]] std::optional<JsonView> find_path(JsonView value, std::string_view path);

/// A text that is equal for equal values of JSON: numbers by value, strings unescaped. "" for null, lists and objects.
[[nodiscard]] std::string canonical_key(JsonView value);

}  // namespace trawl::lake
