/// DuckDB's C API behind Duck.
#include "duck.hpp"

#include <duckdb.h>

#include <type_traits>
#include <utility>

#include "schema.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {

static_assert(std::is_same_v<duckdb_connection, _duckdb_connection*>);

namespace {

struct Config {
    duckdb_config handle = nullptr;
    Config() { duckdb_create_config(&handle); }
    ~Config() { duckdb_destroy_config(&handle); }
    Config(const Config&) = delete;
    Config& operator=(const Config&) = delete;
    void set(const char* name, const std::string& value) {
        if (duckdb_set_config(handle, name, value.c_str()) == DuckDBSuccess) return;
        throw UsageError(trawl::format("DuckDB does not take '{}' for its setting {}", value, name));
    }
};

struct Result {
    duckdb_result handle{};
    Result() = default;
    ~Result() { duckdb_destroy_result(&handle); }
    Result(const Result&) = delete;
    Result& operator=(const Result&) = delete;
};

struct Statements {
    duckdb_extracted_statements handle = nullptr;
    ~Statements() { duckdb_destroy_extracted(&handle); }
};

/// Throws QueryError if it does not parse, or has none.
idx_t extract(duckdb_connection connection, const std::string& sql, Statements& statements) {
    const idx_t count = duckdb_extract_statements(connection, sql.c_str(), &statements.handle);
    if (count > 0) return count;
    const char* text = duckdb_extract_statements_error(statements.handle);
    throw QueryError(text == nullptr || *text == '\0' ? "there is no statement in the query" : text);
}

struct Prepared {
    duckdb_prepared_statement handle = nullptr;
    ~Prepared() { duckdb_destroy_prepare(&handle); }
};

/// COPY tells how many rows it wrote. So do statements that change tables, which are steps on the way to a question.
bool is_answer(duckdb_result result) {
    return duckdb_result_return_type(result) == DUCKDB_RESULT_TYPE_QUERY_RESULT ||
           duckdb_result_statement_type(result) == DUCKDB_STATEMENT_TYPE_COPY;
}

std::optional<std::string> value_text(duckdb_result* result, idx_t column, idx_t row) {
    if (duckdb_value_is_null(result, column, row)) return std::nullopt;
    duckdb_string text = duckdb_value_string(result, column, row);
    std::string out(text.data == nullptr ? "" : text.data, text.data == nullptr ? 0 : text.size);
    duckdb_free(text.data);
    return out;
}

void read_any(duckdb_result& result, Rows& out) {
    const idx_t rows = duckdb_row_count(&result);
    for (idx_t row = 0; row < rows; ++row) {
        auto& values = out.rows.emplace_back();
        for (idx_t column = 0; column < out.names.size(); ++column) values.push_back(value_text(&result, column, row));
    }
}

struct Chunk {
    duckdb_data_chunk handle;
    explicit Chunk(duckdb_result& result) : handle(duckdb_fetch_chunk(result)) {}
    ~Chunk() { duckdb_destroy_data_chunk(&handle); }
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;
};

/// Text columns by chunks: the older calls above end a string at its first zero byte.
void read_text(duckdb_result& result, Rows& out) {
    for (Chunk chunk(result); chunk.handle != nullptr;) {
        const std::size_t begin = out.rows.size();
        const idx_t rows = duckdb_data_chunk_get_size(chunk.handle);
        out.rows.resize(begin + rows, std::vector<std::optional<std::string>>(out.names.size()));
        for (idx_t column = 0; column < out.names.size(); ++column) {
            duckdb_vector vector = duckdb_data_chunk_get_vector(chunk.handle, column);
            auto* strings = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
            std::uint64_t* validity = duckdb_vector_get_validity(vector);
            for (idx_t row = 0; row < rows; ++row) {
                if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) continue;
                out.rows[begin + row][column].emplace(duckdb_string_t_data(&strings[row]),
                                                      duckdb_string_t_length(strings[row]));
            }
        }
        Chunk next(result);
        std::swap(chunk.handle, next.handle);
    }
}

}  // namespace

struct Duck::Impl {
    duckdb_database database = nullptr;
    duckdb_connection connection = nullptr;
    ~Impl() {
        duckdb_disconnect(&connection);
        duckdb_close(&database);
    }
};

Duck::Duck(const EngineOptions& options, const std::filesystem::path& temporary) : impl_(std::make_unique<Impl>()) {
    Config config;
    config.set("threads", std::to_string(options.threads));
    config.set("memory_limit", options.memory_limit);
    config.set("temp_directory", temporary.string());
    config.set("autoinstall_known_extensions", "false");
    config.set("autoload_known_extensions", "false");
    char* error = nullptr;
    if (duckdb_open_ext(nullptr, &impl_->database, config.handle, &error) != DuckDBSuccess) {
        const std::string text = error == nullptr ? "no reason given" : error;
        duckdb_free(error);
        throw LakeError("DuckDB does not start: " + text);
    }
    if (duckdb_connect(impl_->database, &impl_->connection) != DuckDBSuccess)
        throw LakeError("DuckDB does not connect");
    run("SET TimeZone = 'UTC'");  // timestamps read the same on every machine
}

Duck::~Duck() = default;

_duckdb_connection* Duck::connection() { return impl_->connection; }

Rows Duck::run(const std::string& sql) {
    Result result;
    if (duckdb_query(impl_->connection, sql.c_str(), &result.handle) != DuckDBSuccess) {
        const char* text = duckdb_result_error(&result.handle);
        throw QueryError(text == nullptr ? "DuckDB gave no reason" : text);
    }
    Rows out;
    out.are_an_answer = is_answer(result.handle);
    bool all_text = true;
    const idx_t columns = duckdb_column_count(&result.handle);
    for (idx_t column = 0; column < columns; ++column) {
        out.names.emplace_back(duckdb_column_name(&result.handle, column));
        all_text = all_text && duckdb_column_type(&result.handle, column) == DUCKDB_TYPE_VARCHAR;
    }
    all_text ? read_text(result.handle, out) : read_any(result.handle, out);
    return out;
}

void Duck::each_number(const std::string& sql, const std::function<void(std::int64_t)>& take) {
    Prepared prepared;
    if (duckdb_prepare(impl_->connection, sql.c_str(), &prepared.handle) != DuckDBSuccess)
        throw QueryError(duckdb_prepare_error(prepared.handle));
    Result result;
    const auto state = duckdb_execute_prepared_streaming(prepared.handle, &result.handle);
    while (state == DuckDBSuccess) {
        const Chunk chunk(result.handle);
        if (chunk.handle == nullptr) break;
        const auto* numbers =
            static_cast<const std::int64_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk.handle, 0)));
        const idx_t rows = duckdb_data_chunk_get_size(chunk.handle);
        for (idx_t row = 0; row < rows; ++row) take(numbers[row]);
    }
    const char* error = duckdb_result_error(&result.handle);  // also of what failed while chunks were fetched
    if (error != nullptr && *error != '\0') throw QueryError(error);
}

std::size_t Duck::count_statements(const std::string& sql) {
    Statements statements;
    return extract(impl_->connection, sql, statements);
}

bool Duck::is_one_select(const std::string& sql) {
    Statements statements;
    if (extract(impl_->connection, sql, statements) != 1) return false;
    Prepared prepared;
    const auto state = duckdb_prepare_extracted_statement(impl_->connection, statements.handle, 0, &prepared.handle);
    if (state != DuckDBSuccess) throw QueryError(duckdb_prepare_error(prepared.handle));
    return duckdb_prepared_statement_type(prepared.handle) == DUCKDB_STATEMENT_TYPE_SELECT;
}

}  // namespace trawl::lake
