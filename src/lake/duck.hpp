/// An in-memory DuckDB with one connection: no extension is ever looked for, nothing but given files is touched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/lake/engine.hpp"

struct _duckdb_connection;  // what duckdb.h's duckdb_connection points to

namespace trawl::lake {

/// Rows as text, nothing where a value is NULL.
struct Rows {
    bool are_an_answer = false;  // of a question or a COPY: SET and the like have none
    std::vector<std::string> names;
    std::vector<std::vector<std::optional<std::string>>> rows;
};

class Duck {
public:
    /// `temporary`: where it may spill; made when needed. Throws LakeError.
    Duck(const EngineOptions& options, const std::filesystem::path& temporary);
    ~Duck();
    Duck(const Duck&) = delete;
    Duck& operator=(const Duck&) = delete;

    /// Runs one or more statements. Values come out as text only if they are plain (no lists, no structs): cast in the
    /// SQL. Throws QueryError with DuckDB's own message.
    Rows run(const std::string& sql);

    /// Runs one SELECT of whole numbers (BIGINT) in one column and hands over one after the other, without ever holding
    /// all of them. Throws QueryError.
    void each_number(const std::string& sql, const std::function<void(std::int64_t)>& take);

    /// How many statements `sql` has. Throws QueryError if it does not parse, or has none.
    [[nodiscard]] std::size_t count_statements(const std::string& sql);

    /// True if `sql` is exactly one SELECT (or FROM, WITH, VALUES...). Throws QueryError if it does not parse.
    bool is_one_select(const std::string& sql);

    [[nodiscard]] _duckdb_connection* connection();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trawl::lake
