/// Puts JSON values into DuckDB's vectors. Private to what turns records into columns.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl::lake {

/// DuckDB's type for a column. The caller destroys it with duckdb_destroy_logical_type.
[[nodiscard]] duckdb_logical_type logical_type(const Type& type);

/// One column, or one place inside a nested column, of the chunk that is being filled.
class Column {
public:
    /// `path` is named in errors.
    explicit Column(const Type& type, std::string path = "");

    /// Points it to a chunk's vector; before the first put of each chunk.
    void attach(duckdb_vector vector);
    /// Throws SchemaError if the value is none of the column's type.
    void put(idx_t row, JsonView value);
    void put_null(idx_t row);
    void put_text(idx_t row, std::string_view text);
    /// Tells DuckDB how long the lists' contents are; after the last put of each chunk.
    void finish();

    /// The same for a whole record, whose fields are the chunk's columns.
    void attach_fields(duckdb_data_chunk chunk);
    void put_fields(idx_t row, JsonView object);
    [[nodiscard]] Column& field(std::size_t index) { return inner_[index]; }

private:
    void map(duckdb_vector vector);
    void forget_lists();
    void put_list(idx_t row, JsonView array);
    void put_member(idx_t row, JsonView member, JsonView object);
    void put_fixed(idx_t row, JsonView value);
    void mark(idx_t row, bool valid);
    template <typename T>
    void store(idx_t row, T value) {
        static_cast<T*>(data_)[row] = value;
    }
    template <typename T>
    void store(idx_t row, const std::optional<T>& read, JsonView value) {
        if (!read) refuse(value);
        store(row, *read);
    }
    [[noreturn]] void refuse(JsonView value) const;

    Storage storage_;
    Type type_;  ///< of a single value; else the kind alone
    std::string path_;
    bool raw_ = false;  ///< text: the JSON text, not the string's
    duckdb_vector vector_ = nullptr;
    void* data_ = nullptr;
    std::uint64_t* validity_ = nullptr;
    std::vector<Column> inner_;  ///< list: one; structure: its fields
    std::vector<std::string> keys_;
    std::unordered_map<std::string, std::size_t> by_key_;
    std::vector<std::uint64_t> seen_;  ///< per field: the last object that had it
    std::uint64_t object_ = 0;
    idx_t length_ = 0;    ///< list: items so far in this chunk
    idx_t capacity_ = 0;  ///< list: items there is room for
};

}  // namespace trawl::lake
