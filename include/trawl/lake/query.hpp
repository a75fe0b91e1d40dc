/// Questions to a lake in SQL. Each table is a view of its latest version at the time the lake was opened.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/lake/engine.hpp"
#include "trawl/lake/table.hpp"

namespace trawl {

struct QueryColumn {
    std::string name;
    std::string type;  ///< DuckDB's: "BIGINT", "STRUCT(a VARCHAR)[]"
};

struct QueryResult {
    std::vector<QueryColumn> columns;  ///< none of a statement that answers nothing (SET)
    /// Values as DuckDB prints them; nothing where a value is NULL.
    std::vector<std::vector<std::optional<std::string>>> rows;
};

class Lake {
public:
    /// Finds the tables in `directory` (its folders with a `_delta_log`). A table that cannot be read is left out, and
    /// problems() says why. Throws StoreError if there is no such directory.
    explicit Lake(std::filesystem::path directory, EngineOptions options = EngineOptions());
    ~Lake();
    Lake(Lake&&) noexcept;
    Lake& operator=(Lake&&) noexcept;

    [[nodiscard]] const std::vector<std::string>& tables() const;
    [[nodiscard]] const std::vector<std::string>& problems() const;

    /// Runs one SQL statement, or several of which the last one answers. Throws QueryError with DuckDB's message.
    QueryResult query(std::string_view sql);
    /// The statements of `sql`, one at least: to have the answer of each. Throws QueryError if it does not parse.
    [[nodiscard]] std::vector<std::string> statements(std::string_view sql);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

struct RenderOptions {
    std::size_t max_rows = 40;   ///< the rest is counted below the table; 0 = all
    std::size_t max_width = 60;  ///< of a column, in terminal cells; 0 = no limit
};

/// The result as a table of box-drawing characters, numbers to the right, with a line that counts the rows.
[[nodiscard]] std::string render(const QueryResult& result, const RenderOptions& options = RenderOptions());

}  // namespace trawl
