/// From a type to a table's schema and back: how each kind is stored, Delta's schema JSON, SQL type names. Pure.
#pragma once

#include <string>
#include <vector>

#include "trawl/http/json_tape.hpp"
#include "trawl/lake/type.hpp"

namespace trawl::lake {

/// What a column physically is. Places without a value, with only {} or of kind json are text.
enum class Storage : std::uint8_t { boolean, bigint, decimal, real, fixed, date, timestamp, text, list, structure };
[[nodiscard]] Storage storage_of(const Type& type);

/// A table's columns. `columns` is a struct whose fields all have their column name. If `whole_record`, there is one
/// column and it holds each record's own JSON text (the records have no keys, or too many).
struct Schema {
    Type columns = Type(Kind::structure);
    bool whole_record = false;
    std::vector<std::string> notes;  ///< what a user should know about it
};

/// The schema for records of type `observed` (a struct, or json if it got too wide); with `known` the schema of the
/// table that is appended to: its columns keep their place and name, and get the type that absorb() gives. There are no
/// remarks on the columns that are `declared`. Throws SchemaError if those would be lost in whole records.
[[nodiscard]] Schema make_schema(const Type& observed, const Schema* known,
                                 const std::vector<DeclaredColumn>& declared = {});

/// Delta's schemaString (Delta protocol, "Schema Serialization Format"). Field metadata: trawl.key = the source's key
/// where it is not the column's name; trawl.kind = json, null or struct where the column is text for that reason;
/// trawl.record = true for the column of whole records.
[[nodiscard]] std::string to_delta(const Schema& schema);

/// The opposite. Throws SchemaError for column types that trawl does not write (maps, integers of 32 bits...).
[[nodiscard]] Schema from_delta(JsonView schema);

/// A column of any Delta table, as DuckDB spells its type. Throws SchemaError if the type is not known.
struct SqlColumn {
    std::string name;
    std::string type;
};
[[nodiscard]] std::vector<SqlColumn> sql_columns(JsonView schema);

/// "a""b" with its quotes.
[[nodiscard]] std::string sql_name(std::string_view name);
/// 'it''s' with its quotes.
[[nodiscard]] std::string sql_text(std::string_view text);

}  // namespace trawl::lake
