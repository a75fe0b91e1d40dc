/// What a commit makes of a table's columns, decided before anything is written.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "duck.hpp"
#include "key.hpp"
#include "schema.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::lake {

struct Plan {
    std::optional<Schema> known;       ///< the columns that the table has, if its rows stay
    std::string known_text;            ///< Delta's schemaString of those
    Schema schema;                     ///< the columns from now on
    std::string schema_text;           ///< Delta's schemaString of those; known_text if nothing changes
    std::vector<std::string> retyped;  ///< columns whose old values have to be rewritten
    std::vector<KeyPart> key;
    bool looked_at_values = false;  ///< it holds only for the files that it was made for
    std::vector<std::string> notes;
};

/// `base`: the table whose rows stay, or null. `duck` reads old values if a number's size decides about a type.
/// `observed` has the `declared` columns too. Throws SchemaError for a table with types that trawl does not write, for
/// a column that is declared and has another type there, or for a key that is none.
[[nodiscard]] Plan make_plan(const TableSnapshot* base, const Type& observed,
                             const std::vector<DeclaredColumn>& declared, const std::vector<std::string>& primary_key,
                             const std::filesystem::path& table, Duck& duck);

/// Delta's `schema` of a table that loses all of its rows: with the types of the declared columns, and with those that
/// it lacks. The same text if nothing changes. Throws SchemaError for types that trawl does not write.
[[nodiscard]] std::string emptied_schema(const std::string& schema, const std::vector<DeclaredColumn>& declared);

}  // namespace trawl::lake
