/// The Delta log as text: replaying entries into a snapshot, and writing an entry. Pure; the disk is in log_store.hpp.
/// Source: Delta transaction log protocol, reader version 1, writer version 2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/http/json_tape.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::lake {

/// "00000000000000000012.json"
[[nodiscard]] std::string entry_name(std::int64_t version);
/// The version of a name of that form.
[[nodiscard]] std::optional<std::int64_t> entry_version(std::string_view name);

/// Applies entries in order of version.
class Replay {
public:
    /// One action a line. Throws LakeError if a line is damaged or asks for more than reader version 1.
    void apply(std::int64_t version, std::string_view entry);
    [[nodiscard]] TableSnapshot take() { return std::move(snapshot_); }

private:
    void action(JsonView line);
    void set_metadata(JsonView metadata);
    void set_protocol(JsonView protocol);

    JsonReader reader_;
    JsonReader stats_reader_;  // file statistics are JSON within JSON
    TableSnapshot snapshot_;
};

/// What one commit does.
struct Entry {
    std::int64_t now_ms = 0;
    std::string commit_id;                  ///< tells our own entry from somebody else's
    std::string_view operation = "Append";  ///< Overwrite, Append or Merge; for people and other tools to read
    bool protocol = false;                  ///< the first entry of a table
    std::optional<TableSnapshot> metadata;  ///< id, schema, configuration, created_ms, partition_columns to write
    std::vector<DataFile> add;
    std::vector<DataFile> remove;
    std::string application;  ///< "" = no txn action
    std::int64_t application_version = 0;
};
[[nodiscard]] std::string to_text(const Entry& entry);

/// RFC 3986 percent-encoding of a relative path ('/' stays), as `add.path` wants it, and back.
[[nodiscard]] std::string encode_path(std::string_view path);
[[nodiscard]] std::string decode_path(std::string_view path);

/// Where the configuration keeps `application`'s checkpoint.
[[nodiscard]] std::string checkpoint_key(std::string_view application);

}  // namespace trawl::lake
