/// From a spool to Parquet: records become columns by our own hands, inside a DuckDB table function, so that nothing
/// between the source's text and the file guesses a type.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "duck.hpp"
#include "schema.hpp"
#include "spool.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::lake {

/// Writes the spool's records as Parquet (zstd) files of about `target_bytes` each into `directory`, which DuckDB
/// makes. Returns the files with their paths below `directory`, not yet synced. Requires: schema has a column, the
/// spool a line. Throws LakeError with DuckDB's text, for example if the disk is full.
std::vector<DataFile> write_parquet(Duck& duck, const Spool& spool, const Schema& schema,
                                    const std::filesystem::path& directory, std::int64_t target_bytes);

}  // namespace trawl::lake
