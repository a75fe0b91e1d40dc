/// What becomes of a table's old values when new rows need a wider type: which columns change, and SQL that reads the
/// old values as the new type, exactly. Pure: text in, text out.
///
/// A table's types never depend on how its rows were spread over commits: appending gives the types that writing all of
/// the rows at once gives (JSON text of old numbers is spelled anew: 1 that lay in a double is "1.0").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema.hpp"

namespace trawl::lake {

/// DuckDB's name of the type that a column of this type has: STRUCT("a" BIGINT)[].
[[nodiscard]] std::string sql_type(const Type& type);

/// True if a file's values of type `from` cannot be read as `to`. New fields in a struct are no such change: a field
/// that a file lacks is NULL.
[[nodiscard]] bool is_retyped(const Type& from, const Type& to);

/// SQL for the values of the expression `value`, which has type `from`, as type `to`. Requires: to == merge(from, to).
[[nodiscard]] std::string converted(const Type& from, const Type& to, const std::string& value);

/// SQL for the JSON text of `value`. Struct fields that are NULL are left out, as a missing key and null are the same.
[[nodiscard]] std::string json_text(const Type& from, const std::string& value);

/// The same for whole rows of a table.
[[nodiscard]] std::string json_record(const Schema& schema);

/// A column of whole numbers counts as int64 when its schema is read back, but if all its values are within 2^53 a
/// double holds them too. Only the values can tell.
struct Doubt {
    Type* leaf;           ///< in the type that was asked about; int64
    std::string too_big;  ///< SQL over a row: true if it has a number beyond 2^53 there
};

/// The whole numbers in `known` that meet fractions in `incoming`. `value` is the SQL of what has type `known`; for the
/// columns themselves call it with "".
[[nodiscard]] std::vector<Doubt> doubts(Type& known, const Type& incoming, const std::string& value);

/// One select item per column of `wanted`, from a source with the columns of `known`.
[[nodiscard]] std::string converted_columns(const Schema& known, const Schema& wanted);

/// The columns of `known` whose values have to be rewritten; all of them if records are kept whole from now on.
[[nodiscard]] std::vector<std::string> retyped_columns(const Schema& known, const Schema& wanted);

/// One remark for each place that changes its type: "a.b: was long, is double from now on".
[[nodiscard]] std::vector<std::string> retyping_notes(const Schema& known, const Schema& wanted);

}  // namespace trawl::lake
