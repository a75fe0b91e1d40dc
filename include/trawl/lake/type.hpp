/// The type lattice: what a JSON value at one place of a record can be, and the smallest type that holds two of them.
/// Pure: no I/O, no clock.
///
///     null < everything
///     int53 < int32 < decimal(38,0) < json          whole numbers, by size
///     int53 < double                    < json      |v| <= 2^53 is exact in a double, a bigger one is not
///     bool, string, list<T>, struct<...> < json     unlike kinds meet only in json
///
/// Rules: nothing is rounded or re-read as something else. A column of type json holds each value's own JSON text, so
/// that a string stays distinct from a number ("7" and 7). A missing key and null are the same thing.
///
/// date, timestamp and fixed (a decimal with digits behind the point) are no type of any JSON value: a column has one
/// only because somebody said so (DeclaredColumn). They meet nothing but themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trawl {

enum class Kind : std::uint8_t {
    null,
    boolean,
    int53,
    int64,
    decimal,
    real,
    fixed,
    date,
    timestamp,
    string,
    list,
    structure,
    json
};

struct Field;

/// A place's type. Two structs are equal when they have equal fields in any order; the order kept is the order first
/// seen.
struct Type {
    Kind kind = Kind::null;
    std::vector<Type> element;   ///< list: exactly one; else empty
    std::vector<Field> fields;   ///< structure: by key; else empty
    std::uint8_t precision = 0;  ///< fixed: digits in all, 1 to 38; else 0
    std::uint8_t scale = 0;      ///< fixed: those of them behind the point; else 0

    Type();
    Type(Kind alone);  // NOLINT(google-explicit-constructor): a kind alone is a type
    static Type list_of(Type item);
    static Type struct_of(std::vector<Field> fields);
    /// decimal(38,0) is Kind::decimal, which whole numbers have by themselves.
    static Type fixed_of(std::uint8_t precision, std::uint8_t scale);

    [[nodiscard]] const Field* find(std::string_view key) const;
    friend bool operator==(const Type& a, const Type& b);
};

struct Field {
    std::string key;  ///< the key as the source spells it
    Type type;
    std::string column;  ///< the name in the table; empty until names are given (it takes no part in equality)
};

// Here, where Field is complete: clang does not wait for it as g++ does.
inline Type::Type() = default;
inline Type::Type(Kind alone) : kind(alone) {}

/// What somebody says of a column: its values are read as `type`, or are an error. A scalar or json.
struct DeclaredColumn {
    std::string key;  ///< of a record itself, as the source spells it
    Type type;
    bool nullable = true;  ///< false: a record without a value is an error
};

/// A struct that would get more fields than this is data used as keys (an object keyed by ids): it becomes json.
/// A Parquet file pays for every column in every row group; 1,000 is where readers begin to suffer.
inline constexpr std::size_t kMaxFields = 1000;

/// Objects and lists nested deeper than this become json. Readers of nested Parquet recurse: delta-rs refuses a table
/// from 45 levels on, and DuckDB takes twice as long for each level of lists: a second for 22 of them.
inline constexpr int kMaxDepth = 16;

/// The smallest type that holds every value of both: commutative, associative, idempotent; null is its identity and
/// json absorbs everything.
[[nodiscard]] Type merge(const Type& a, const Type& b);

/// The same for kinds alone; list with list stays list, structure with structure stays structure.
[[nodiscard]] Kind merge(Kind a, Kind b);

/// The smallest type that holds all of them: JSON texts, a line each. Throws JsonError for a line that is none.
[[nodiscard]] Type type_of_records(std::string_view ndjson);

/// "struct<id: int53, price: decimal(10,2), tags: list<string>>"
[[nodiscard]] std::string to_string(const Type& type);
[[nodiscard]] std::string_view to_string(Kind kind);

}  // namespace trawl
