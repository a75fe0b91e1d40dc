/// Columns whose types somebody declared: what may be declared, and how it goes together with a table that is there.
/// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trawl/lake/type.hpp"

namespace trawl::lake {

/// Throws UsageError for a column that is there twice, and for a type that cannot be declared.
void check_declarable(const std::vector<DeclaredColumn>& declared);

[[nodiscard]] bool is_declared(std::string_view key, const std::vector<DeclaredColumn>& declared);

/// True for the types that no JSON value has by itself.
[[nodiscard]] bool is_declared_only(Kind kind);

/// The type of a table's column from now on: merge(), but that a type which somebody declared (date, timestamp, fixed)
/// stays. New values are read as it, or are an error when they are written.
[[nodiscard]] Type absorb(const Type& table, const Type& observed);

/// Throws SchemaError if the table `columns` has a declared column with values of another type, unless those become the
/// declared one exactly (whole numbers a double, anything JSON text).
void check_declared(const Type& columns, const std::vector<DeclaredColumn>& declared);

/// Throws SchemaError if any is declared: records are kept whole, in one column.
void check_keeps_columns(const std::vector<DeclaredColumn>& declared);

/// Throws SchemaError if one of `unseen`, which no record has as a key, leads into an object: "owner.created".
void check_own_keys(const Type& observed, const std::vector<DeclaredColumn>& unseen);

}  // namespace trawl::lake
