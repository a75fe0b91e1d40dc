/// Records as rows, and the COPY that drains them.
#include "convert.hpp"

#include <algorithm>

#include "columns.hpp"
#include "spool_scan.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

/// A chunk ends at this many bytes of JSON even if it has fewer rows than DuckDB's vectors: records may be megabytes
/// each.
constexpr std::size_t kChunkBytes = 8 << 20;
/// A row group is held in memory until it is written: about this much JSON each (with 128 MB, a commit of rows of 200
/// KB took twice the memory), and a third of DuckDB's own rows at most: the files are as large and as fast to scan, a
/// row is found faster, and a commit takes some 15 MB less.
constexpr std::int64_t kRowGroupBytes = 32 << 20;
constexpr std::int64_t kRowGroupRows = 40'960;
/// Of each row group something is kept until its file is whole: places and statistics of its columns, and filters of
/// their values. With 2.6 million rows in a file that stays small, however many rows are committed.
constexpr std::int64_t kRowGroupsPerFile = 64;

/// The records that survive, as rows of the schema.
class RecordScan : public SpoolScan {
public:
    RecordScan(const Spool& spool, const Schema& schema, const Survivors& survivors)
        : SpoolScan(spool), schema_(schema), survivors_(survivors), record_(schema.columns) {}

    [[nodiscard]] std::vector<ScanColumn> columns() const override {
        std::vector<ScanColumn> out;
        for (const Field& field : schema_.columns.fields) out.push_back({field.column, field.type});
        return out;
    }

    void fill(duckdb_data_chunk chunk) override {
        record_.attach_fields(chunk);
        idx_t row = 0;
        std::size_t bytes = 0;
        std::string_view line;
        std::int64_t number = 0;
        while (row < duckdb_vector_size() && bytes < kChunkBytes && next(line, number)) {
            if (!survivors_.has(number)) continue;
            put(row, json_.parse_record(line), number);
            bytes += line.size();
            ++row;
        }
        record_.finish();
        duckdb_data_chunk_set_size(chunk, row);
    }

private:
    void put(idx_t row, JsonView record, std::int64_t number) {
        if (schema_.whole_record) return record_.field(0).put_text(row, record->raw);
        try {
            record_.put_fields(row, record);
        } catch (const SchemaError& error) {
            throw SchemaError(trawl::format("record {}: {}", number + 1, error.what()));
        }
    }

    const Schema& schema_;
    const Survivors& survivors_;
    JsonReader json_;
    Column record_;
};

/// The files' own footers say how many rows they have: it also shows that they can be read back.
std::vector<DataFile> written_files(Duck& duck, const std::filesystem::path& directory) {
    std::vector<DataFile> files;
    for (const std::string& name : list_directory(directory)) {
        const auto path = directory / name;
        const Rows rows = duck.run("SELECT num_rows FROM parquet_file_metadata(" + sql_text(path.string()) + ")");
        const std::int64_t count = std::stoll(rows.rows.at(0).at(0).value());
        if (count > 0) files.push_back({name, static_cast<std::int64_t>(fs::file_size(path)), count});
    }
    return files;
}

/// DuckDB reports a full or broken disk as an "IO Error", which is no fault of the records.
[[noreturn]] void rethrow(const QueryError& error, const std::filesystem::path& directory) {
    const std::string text = trawl::format("cannot write Parquet files in {}: {}", directory.string(), error.what());
    if (text.find(": IO Error:") == std::string::npos) throw LakeError(text);
    throw StoreError(trawl::format("{}; free some space or choose another disk: nothing was committed", text));
}

std::string copy_sql(const std::string& select, RowGroup group, const std::filesystem::path& directory,
                     std::int64_t file_bytes) {
    return trawl::format(
        "COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {}, STRING_DICTIONARY_PAGE_SIZE_LIMIT {}, "
        "ROW_GROUPS_PER_FILE {}, FILE_SIZE_BYTES {}, FILENAME_PATTERN 'part-{{uuid}}')",
        select, sql_text(directory.string()), std::clamp<std::int64_t>(group.rows, 1, kRowGroupRows),
        group.dictionary_bytes, kRowGroupsPerFile, file_bytes);
}

/// Of records that have so many bytes each. A dictionary that takes more than an eighth of the JSON is of texts that
/// come again a few times only, and saves little.
RowGroup row_group_of(std::int64_t record_bytes) {
    constexpr std::int64_t least = 320 << 10;
    const std::int64_t rows = std::clamp<std::int64_t>(kRowGroupBytes / record_bytes, 1, kRowGroupRows);
    return {rows, std::max(rows * record_bytes / 8, least)};
}

/// On several threads row groups would come out in another order than they went in. Nor are several of use: they hand
/// the one stream of rows from one to the other, each with memory of its own.
void run_on_one_thread(Duck& duck, const std::string& sql) {
    const Rows threads = duck.run("SELECT current_setting('threads')");
    duck.run("SET threads = 1");
    duck.run(sql);
    duck.run(trawl::format("SET threads = {}", threads.rows.at(0).at(0).value()));
}

}  // namespace

std::int64_t rows_in(const std::vector<DataFile>& files) {
    std::int64_t rows = 0;
    for (const DataFile& file : files) rows += file.rows.value_or(0);
    return rows;
}

std::vector<DataFile> write_parquet(Duck& duck, const std::string& select, RowGroup group,
                                    const std::filesystem::path& directory, std::int64_t file_bytes) {
    try {
        run_on_one_thread(duck, copy_sql(select, group, directory, file_bytes));
    } catch (const QueryError& error) {
        rethrow(error, directory);
    }
    return written_files(duck, directory);
}

std::vector<DataFile> write_records(Duck& duck, const Spool& spool, const Survivors& survivors, const Schema& schema,
                                    const std::filesystem::path& directory, std::int64_t file_bytes) {
    RecordScan scan(spool, schema, survivors);
    scan.enter(duck, "trawl_spool");
    const RowGroup group = row_group_of(std::max<std::int64_t>(spool.bytes() / spool.lines(), 1));
    std::vector<DataFile> files;
    try {
        files = write_parquet(duck, "SELECT * FROM trawl_spool()", group, directory, file_bytes);
    } catch (const LakeError&) {
        scan.rethrow();
        throw;
    }
    const std::int64_t rows = rows_in(files);
    if (rows == survivors.count) return files;
    throw LakeError(
        trawl::format("{} records went in, {} rows came out: nothing was committed", survivors.count, rows));
}

}  // namespace trawl::lake
