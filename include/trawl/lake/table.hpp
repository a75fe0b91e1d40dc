/// What a table is at its latest version, read from its log: files, schema, how far each application has got.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/base/error.hpp"

namespace trawl {

struct DataFile {
    std::string path;  ///< relative to the table's directory, as the file system spells it
    std::int64_t size_bytes = 0;
    std::optional<std::int64_t> rows;   ///< if the log says
    std::string written_path = {};      ///< as its entry spells it; empty: no entry has it yet
    std::string partition_values = {};  ///< the entry's, a JSON object; empty: none
};

struct TableSnapshot {
    std::int64_t version = -1;
    std::string id;      ///< the table's, stable over its life
    std::string schema;  ///< Delta's schemaString
    std::int64_t created_ms = 0;
    std::vector<std::string> partition_columns;
    std::map<std::string, std::string> configuration;
    std::map<std::string, DataFile> files;             ///< active ones, by path
    std::map<std::string, std::int64_t> transactions;  ///< application id → the last version it committed
    std::int64_t min_reader = 1;
    std::int64_t min_writer = 2;

    /// The sum over the files, if the log says it for all of them.
    [[nodiscard]] std::optional<std::int64_t> rows() const;
    /// What `application` stored with its last commit; "" if nothing.
    [[nodiscard]] std::string checkpoint(std::string_view application) const;
};

/// Reads the log of `<lake>/<name>`. Nothing if there is no such table. Throws LakeError if the log has a gap or needs
/// a newer reader (deletion vectors, column mapping...), StoreError if it cannot be read.
[[nodiscard]] std::optional<TableSnapshot> read_table(const std::filesystem::path& lake, std::string_view name);

}  // namespace trawl
