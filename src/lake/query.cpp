/// Lake: one DuckDB view per table.
#include "trawl/lake/query.hpp"

#include <system_error>

#include "duck.hpp"
#include "log_store.hpp"
#include "schema.hpp"
#include "source.hpp"
#include "statements.hpp"
#include "trawl/base/format.hpp"

namespace trawl {

namespace fs = std::filesystem;

namespace {

std::string view_sql(const fs::path& directory, std::string_view name, const TableSnapshot& table) {
    std::vector<std::string> files;
    for (const auto& [path, file] : table.files) files.push_back(path);
    return trawl::format("CREATE VIEW {} AS {}", lake::sql_name(name),
                         lake::source_sql(directory / name, table.schema, files, false));
}

}  // namespace

struct Lake::Impl {
    Impl(fs::path given, const EngineOptions& options)
        : directory(std::move(given)), spill(directory / (".trawl-spill-" + lake::make_uuid())), duck(options, spill) {}
    ~Impl() {
        std::error_code ignored;
        fs::remove_all(spill, ignored);
    }

    void open(const std::string& name) {
        try {
            const auto table = read_table(directory, name);
            if (!table) return;
            if (!table->partition_columns.empty()) throw LakeError("it is partitioned, which trawl does not read");
            duck.run(view_sql(directory, name, *table));
            tables.push_back(name);
        } catch (const LakeError& error) {
            problems.push_back(trawl::format("table {} is left out: {}", name, error.what()));
        }
    }

    fs::path directory;
    fs::path spill;
    lake::Duck duck;
    std::vector<std::string> tables;
    std::vector<std::string> problems;
};

Lake::Lake(fs::path directory, EngineOptions options) {
    std::error_code error;
    if (!fs::is_directory(directory, error)) {
        throw StoreError(trawl::format(
            "there is no lake in {}: pull something into it first, or name another directory", directory.string()));
    }
    impl_ = std::make_unique<Impl>(std::move(directory), options);
    for (const std::string& name : lake::list_directory(impl_->directory)) {
        if (fs::is_directory(impl_->directory / name / "_delta_log", error)) impl_->open(name);
    }
}

Lake::~Lake() = default;
Lake::Lake(Lake&&) noexcept = default;
Lake& Lake::operator=(Lake&&) noexcept = default;

const std::vector<std::string>& Lake::tables() const { return impl_->tables; }
const std::vector<std::string>& Lake::problems() const { return impl_->problems; }

namespace {

constexpr std::string_view kQueryView = "\"trawl query\"";

/// Removes the view again, so that SHOW TABLES names tables only.
struct ViewGone {
    lake::Duck& duck;
    ~ViewGone() {
        try {
            duck.run(trawl::format("DROP VIEW IF EXISTS {}", kQueryView));
        } catch (const QueryError&) {  // the next query replaces it
        }
    }
};

/// Through a view, every value can be cast to text by DuckDB itself, however nested it is. False if `sql` is no
/// statement that can be a view (SHOW, EXPLAIN, PIVOT).
bool make_view(lake::Duck& duck, const std::string& sql) {
    if (!duck.is_one_select(sql)) return false;
    try {
        duck.run(trawl::format("CREATE OR REPLACE TEMP VIEW {} AS {}", kQueryView, sql));
        return true;
    } catch (const QueryError&) {
        return false;  // if it is wrong in itself, running it as it is says so in its own words
    }
}

QueryResult ask(lake::Duck& duck, const std::string& text) {
    QueryResult out;
    if (make_view(duck, text)) {
        const ViewGone cleanup{duck};
        for (const auto& column : duck.run(trawl::format("DESCRIBE {}", kQueryView)).rows) {
            out.columns.push_back({column.at(0).value_or(""), column.at(1).value_or("")});
        }
        out.rows = duck.run(trawl::format("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {}", kQueryView)).rows;
        return out;
    }
    lake::Rows rows = duck.run(text);
    if (!rows.are_an_answer) return out;
    for (const std::string& name : rows.names) out.columns.push_back({name, "VARCHAR"});
    out.rows = std::move(rows.rows);
    return out;
}

/// Whether DuckDB finds in the pieces what it finds in the whole: which is more than one in a PIVOT.
bool is_right_cut(lake::Duck& duck, const std::vector<std::string>& pieces, std::size_t count) {
    std::size_t found = 0;
    try {
        for (const std::string& piece : pieces) found += duck.count_statements(piece);
    } catch (const QueryError&) {  // the whole parses: what is wrong is the cut
        return false;
    }
    return found == count;
}

}  // namespace

QueryResult Lake::query(std::string_view sql) {
    QueryResult last;
    for (const std::string& statement : statements(sql)) last = ask(impl_->duck, statement);
    return last;
}

std::vector<std::string> Lake::statements(std::string_view sql) {
    const std::string text(sql);
    const std::size_t count = impl_->duck.count_statements(text);
    if (count == 1) return {text};
    std::vector<std::string> pieces = lake::split_statements(text);
    if (!is_right_cut(impl_->duck, pieces, count))
        throw QueryError(trawl::format("the query's {} statements cannot be told apart: run them one by one", count));
    return pieces;
}

}  // namespace trawl
