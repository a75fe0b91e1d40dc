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
#include <optional>
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
    /// Of one Parquet file: readers want files of 128 to 256 MB. One of 2.6 million rows is whole all the same: what
    /// has to be kept until then takes memory.
    std::int64_t file_bytes = 192 << 20;
    /// Columns whose type is known beforehand. They are in the table also if no record has them.
    std::vector<DeclaredColumn> columns;
};

/// What becomes of the rows that the table has:
/// replace: they go; the table's rows are exactly the appended ones.
/// append:  they stay, and the appended ones come on top.
/// merge:   those whose primary key is among the appended ones go, all others stay. Only files with such rows are
///          written anew. A table that does not exist yet is made.
enum class Disposition { replace, append, merge };

struct CommitOptions {
    CommitOptions() {}
    Disposition disposition = Disposition::replace;
    /// Paths to the values that name a row: the source's keys (or columns), "owner.id" inside an object. Of the
    /// appended records with the same key the last one counts; the others are left out, whatever the disposition. Those
    /// that remain keep their order. Values are the same if the column holds them as the same: 7 and 7.0 are, 7 and "7"
    /// are not. merge needs it.
    std::vector<std::string> primary_key;
    /// With an application id, a commit whose version is not above the last one of that id does nothing: exactly once.
    /// Without a version it is the next one of that id, whoever committed in between.
    std::string application;
    std::optional<std::int64_t> application_version;
    /// Opaque; TableSnapshot::checkpoint(application) gives it back. It is part of the same commit. "" = keep what is
    /// there.
    std::string checkpoint;
};

struct Committed {
    std::int64_t version = 0;     ///< of the table
    std::int64_t rows = 0;        ///< appended ones that this commit wrote
    std::int64_t superseded = 0;  ///< appended ones that it left out: a later one had the same primary key
    std::int64_t replaced = 0;    ///< rows of the table that merge took out for them
    std::int64_t rewritten = 0;   ///< files of the table that were written anew: for merge, or for a wider type
    std::int64_t files = 0;       ///< written
    std::int64_t bytes = 0;       ///< of those files
    bool already = false;         ///< this application version was committed before; nothing was written now
    std::filesystem::path table;
    std::vector<std::string>
        notes;  ///< what a user should know about the schema: renamed keys, columns of JSON text...
};

class TableWriter {
public:
    /// Makes the lake's directory if there is none. Throws UsageError for a bad table name or for columns that cannot
    /// be declared, StoreError if the directory cannot be written: before anything is fetched.
    TableWriter(const std::filesystem::path& lake, const std::string& name, WriterOptions options = WriterOptions());
    ~TableWriter();
    TableWriter(TableWriter&&) noexcept;
    TableWriter& operator=(TableWriter&&) noexcept;

    /// Complete JSON objects, one a line; blank lines are skipped. A line that is no object (7, [1]) becomes {"value":
    /// 7}. Throws LakeError if a line is not JSON, SchemaError if a declared column does not take its value (names the
    /// record by its number, from 1), StoreError if the disk is full: then only destroying the writer makes sense.
    void append(std::string_view ndjson);

    [[nodiscard]] std::int64_t rows() const;
    [[nodiscard]] std::int64_t bytes() const;  ///< of JSON, uncompressed
    /// The smallest type that holds all records so far.
    [[nodiscard]] Type observed() const;

    /// Writes the files and publishes the version. Once. Whoever publishes in between wins: the commit is brought up to
    /// date with what they wrote, and tried again. Columns only widen under append and merge: new ones are NULL in old
    /// rows, and where a value needs a wider type the files that hold the column are rewritten (notes say so).
    /// A date, timestamp or decimal column of the table stays what it is: new values are read as it, or are an error.
    /// No rows: the table keeps its schema, and gets the declared columns that it lacks; append and merge then only
    /// store the checkpoint and the application's version, and publish nothing if there is nothing to say. Throws
    /// UsageError (merge without a primary key), SchemaError (no rows, no declared column and no table yet; a record
    /// without its primary key; a value that its column does not take; a column that is declared and has another type
    /// in the table; a table whose types trawl does not write), CommitConflict after 20 lost rounds, StoreError,
    /// LakeError with DuckDB's text. After a throw the table is as it was.
    Committed commit(const CommitOptions& options = CommitOptions());

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trawl
