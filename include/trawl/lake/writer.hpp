/// Records in, one version of a Delta Lake table out. Synchronous: call it from a worker thread, from one at a time.
///
///     TableWriter writer("lake", "issues");
///     writer.append(page_records);            // as often as pages come; nothing is visible yet
///     Committed done = writer.commit(options);
///
/// Rules: the table changes in one step, at the end of commit, or not at all. A writer that is destroyed before that
/// leaves nothing behind. Memory is bounded by the longest record and EngineOptions::memory_limit, whatever the number
/// of rows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/lake/engine.hpp"
#include "trawl/lake/type.hpp"

namespace trawl {

struct WriterOptions {
    WriterOptions() {}
    EngineOptions engine;
    /// Of one Parquet file: readers want files of 128 to 256 MB.
    std::int64_t file_bytes = 192 << 20;
};

/// replace: the table's rows are exactly the appended ones. append: they come on top of what is there.
enum class Disposition { replace, append };

struct CommitOptions {
    CommitOptions() {}
    Disposition disposition = Disposition::replace;
    /// With an application id, a commit whose version is not above the last one of that id does nothing: exactly once.
    std::string application;
    std::int64_t application_version = 0;
    /// Opaque; TableSnapshot::checkpoint(application) gives it back. It is part of the same commit. "" = keep what is
    /// there.
    std::string checkpoint;
};

struct Committed {
    std::int64_t version = 0;  ///< of the table
    std::int64_t rows = 0;     ///< written by this commit
    std::int64_t files = 0;
    std::int64_t bytes = 0;  ///< of the files
    bool already = false;    ///< this application version was committed before; nothing was written now
    std::filesystem::path table;
    std::vector<std::string>
        notes;  ///< what a user should know about the schema: renamed keys, columns of JSON text...
};

class TableWriter {
public:
    /// Makes the lake's directory if there is none. Throws UsageError for a bad table name, StoreError if the directory
    /// cannot be written: before anything is fetched.
    TableWriter(std::filesystem::path lake, std::string name, WriterOptions options = WriterOptions());
    ~TableWriter();
    TableWriter(TableWriter&&) noexcept;
    TableWriter& operator=(TableWriter&&) noexcept;

    /// Complete JSON objects, one a line; blank lines are skipped. A line that is no object (7, [1]) becomes {"value":
    /// 7}. Throws LakeError if a line is not JSON, StoreError if the disk is full: then only destroying the writer
    /// makes sense.
    void append(std::string_view ndjson);

    [[nodiscard]] std::int64_t rows() const;
    [[nodiscard]] std::int64_t bytes() const;  ///< of JSON, uncompressed
    /// The smallest type that holds all records so far.
    [[nodiscard]] Type observed() const;

    /// Writes the files and publishes the version. Once. No rows: the table keeps the schema that it has.
    /// Throws SchemaError (no rows and no table yet; or appended values do not fit a column), CommitConflict,
    /// StoreError, LakeError with DuckDB's text. After a throw the table is as it was.
    Committed commit(const CommitOptions& options = CommitOptions());

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trawl
