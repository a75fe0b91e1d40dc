/// Of the records with one key the last: which records survive, and the keys as a table that old rows are joined to.
/// Keys are grouped by DuckDB, which spills; beside that there is one bit per record.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "duck.hpp"
#include "key.hpp"
#include "spool.hpp"

namespace trawl::lake {

/// The records that no later record of the same key replaces. Without `rows` all of them do.
struct Survivors {
    std::vector<bool> rows;  ///< by the record's number, from 0
    std::int64_t count = 0;
    [[nodiscard]] bool has(std::int64_t number) const { return rows.empty() || rows[static_cast<std::size_t>(number)]; }
};

/// Groups the spool's records by their keys. Leaves the table kKeysTable behind in `duck`: a row for each key. Throws
/// SchemaError (see key_value).
[[nodiscard]] Survivors find_survivors(Duck& duck, const Spool& spool, const std::vector<KeyPart>& parts);

inline constexpr std::string_view kKeysTable = "\"trawl keys\"";
/// The column of that table with the key's n-th part.
[[nodiscard]] std::string key_column(std::size_t part);

/// Teaches DuckDB the function kCanonicalKeySql(json text, path): what canonical_key gives, NULL in place of "".
void enter_canonical_key(Duck& duck);

}  // namespace trawl::lake
