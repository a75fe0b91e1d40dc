/// The table function over the spool, and the COPY that drains it.
#include "convert.hpp"

#include <algorithm>
#include <exception>

#include "columns.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

/// A chunk ends at this many bytes of JSON even if it has fewer rows than DuckDB's vectors: records may be megabytes
/// each.
constexpr std::size_t kChunkBytes = 8 << 20;
/// A row group is held in memory until it is written: about this much JSON each, and DuckDB's own size at most.
constexpr std::int64_t kRowGroupBytes = 128 << 20;
constexpr std::int64_t kRowGroupRows = 122'880;

/// What the table function's callbacks share. One thread reads the spool, so that rows keep their order.
struct Scan {
    Scan(const Spool& spool, const Schema& given) : schema(given), reader(spool), record(given.columns) {}

    const Schema& schema;
    SpoolReader reader;
    JsonReader json;
    Column record;

    static Scan& of(void* info) { return *static_cast<Scan*>(info); }
    void fill(duckdb_data_chunk chunk);
};

void bind(duckdb_bind_info info) {
    const Scan& scan = Scan::of(duckdb_bind_get_extra_info(info));
    for (const Field& field : scan.schema.columns.fields) {
        duckdb_logical_type type = logical_type(field.type);
        duckdb_bind_add_result_column(info, field.column.c_str(), type);
        duckdb_destroy_logical_type(&type);
    }
}

void init(duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); }

void produce(duckdb_function_info info, duckdb_data_chunk chunk) {
    try {
        Scan::of(duckdb_function_get_extra_info(info)).fill(chunk);
    } catch (const std::exception& error) {  // must not cross C frames
        duckdb_function_set_error(info, error.what());
    }
}

void Scan::fill(duckdb_data_chunk chunk) {
    record.attach_fields(chunk);
    idx_t row = 0;
    std::size_t bytes = 0;
    std::string_view line;
    while (row < duckdb_vector_size() && bytes < kChunkBytes && reader.next(line)) {
        const JsonView value = json.parse_record(line);
        schema.whole_record ? record.field(0).put_text(row, value->raw) : record.put_fields(row, value);
        bytes += line.size();
        ++row;
    }
    record.finish();
    duckdb_data_chunk_set_size(chunk, row);
}

void register_scan(Duck& duck, Scan& scan) {
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, "trawl_spool");
    duckdb_table_function_set_extra_info(function, &scan, nullptr);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, init);
    duckdb_table_function_set_function(function, produce);
    const auto state = duckdb_register_table_function(duck.connection(), function);
    duckdb_destroy_table_function(&function);
    if (state != DuckDBSuccess) throw LakeError("DuckDB does not take the table function for the records");
}

/// The files' own footers say how many rows they have: it also shows that they can be read back.
std::vector<DataFile> written_files(Duck& duck, const std::filesystem::path& directory) {
    std::vector<DataFile> files;
    for (const std::string& name : list_directory(directory)) {
        const auto path = directory / name;
        const Rows rows = duck.run("SELECT num_rows FROM parquet_file_metadata(" + sql_text(path.string()) + ")");
        files.push_back(
            {name, static_cast<std::int64_t>(fs::file_size(path)), std::stoll(rows.rows.at(0).at(0).value())});
    }
    return files;
}

/// DuckDB reports a full or broken disk as an "IO Error", which is no fault of the records.
[[noreturn]] void rethrow(const QueryError& error, const std::filesystem::path& directory) {
    const std::string text = trawl::format("cannot write Parquet files in {}: {}", directory.string(), error.what());
    if (text.find(": IO Error:") == std::string::npos) throw LakeError(text);
    throw StoreError(trawl::format("{}; free some space or choose another disk: nothing was committed", text));
}

}  // namespace

std::vector<DataFile> write_parquet(Duck& duck, const Spool& spool, const Schema& schema,
                                    const std::filesystem::path& directory, std::int64_t target_bytes) {
    Scan scan(spool, schema);
    register_scan(duck, scan);
    const std::int64_t line_bytes = std::max<std::int64_t>(spool.bytes() / spool.lines(), 1);
    const std::int64_t group_rows = std::clamp<std::int64_t>(kRowGroupBytes / line_bytes, 1, kRowGroupRows);
    try {
        duck.run(
            trawl::format("COPY (SELECT * FROM trawl_spool()) TO {} (FORMAT parquet, COMPRESSION zstd, "
                          "ROW_GROUP_SIZE {}, FILE_SIZE_BYTES {}, FILENAME_PATTERN 'part-{{uuid}}')",
                          sql_text(directory.string()), group_rows, target_bytes));
    } catch (const QueryError& error) {
        rethrow(error, directory);
    }
    std::vector<DataFile> files = written_files(duck, directory);
    std::int64_t rows = 0;
    for (const DataFile& file : files) rows += file.rows.value_or(0);
    if (rows == spool.lines()) return files;
    throw LakeError(trawl::format("{} records went in, {} rows came out: nothing was committed", spool.lines(), rows));
}

}  // namespace trawl::lake
