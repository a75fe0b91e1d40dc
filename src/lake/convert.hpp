/// From a spool to Parquet: records become columns by our own hands, inside a DuckDB table function, so that nothing
/// between the source's text and the file guesses a type.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dedupe.hpp"
#include "duck.hpp"
#include "schema.hpp"
#include "spool.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::lake {

/// What is held in memory until it is written.
struct RowGroup {
    std::int64_t rows = 0;  // no more than a third of DuckDB's own size are taken
    /// Of a text column's dictionary, at most. Some of it is taken for each column before one knows what it needs.
    std::int64_t dictionary_bytes = 16 << 20;
};

/// Writes what `select` gives, in its order, as Parquet (zstd) files into `directory`, which DuckDB makes: each of
/// about `file_bytes`, and of 64 row groups at most. Returns the files with their paths below `directory`, not yet
/// synced. Throws LakeError with DuckDB's text, StoreError if the disk is full.
std::vector<DataFile> write_parquet(Duck& duck, const std::string& select, RowGroup group,
                                    const std::filesystem::path& directory, std::int64_t file_bytes);

/// The same with the spool's records that survive. Throws SchemaError, which names the record, for a value that its
/// column does not take. Requires: schema has a column, the spool a line.
std::vector<DataFile> write_records(Duck& duck, const Spool& spool, const Survivors& survivors, const Schema& schema,
                                    const std::filesystem::path& directory, std::int64_t file_bytes);

[[nodiscard]] std::int64_t rows_in(const std::vector<DataFile>& files);

}  // namespace trawl::lake
