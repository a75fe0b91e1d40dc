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

/// `base`: the table whose rows stay, or null. `duck` reads old values if a number's size decides about a type. Throws
/// SchemaError for a table with types that trawl does not write, or for a key that is none.
[[nodiscard]] Plan make_plan(const TableSnapshot* base, const Type& observed,
                             const std::vector<std::string>& primary_key, const std::filesystem::path& table,
                             Duck& duck);

}  // namespace trawl::lake
