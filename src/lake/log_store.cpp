/// The log on a local disk, and publish.
#include "log_store.hpp"

#include "trawl/base/format.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::lake {
namespace {

std::vector<std::int64_t> versions_in(const fs::path& directory) {
    std::vector<std::int64_t> versions;
    for (const std::string& name : list_directory(directory)) {
        if (const auto version = entry_version(name)) versions.push_back(*version);
    }
    return versions;
}

}  // namespace

std::optional<TableSnapshot> LocalLog::latest() {
    const auto versions = versions_in(directory_);
    if (versions.empty()) return std::nullopt;
    Replay replay;
    for (std::int64_t next = 0; const std::int64_t version : versions) {
        if (version != next++) {
            throw LakeError(
                trawl::format("the log {} has no {}: another tool has folded it into a checkpoint file, which trawl "
                              "does not read, or it "
                              "was deleted",
                              directory_.string(), entry_name(next - 1)));
        }
        replay.apply(version, read_file(directory_ / entry_name(version)));
    }
    return replay.take();
}

bool LocalLog::put_if_absent(std::int64_t version, const std::string& entry) {
    return lake::put_if_absent(directory_, entry_name(version), entry);
}

std::int64_t publish(LogStore& log, const Decide& decide) {
    std::int64_t version = 0;
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
        const auto base = log.latest();
        const auto entry = decide(base);
        version = base ? base->version + 1 : 0;
        if (!entry) return version - 1;
        if (log.put_if_absent(version, to_text(*entry))) return version;
    }
    throw CommitConflict(
        trawl::format("version {} of the table was taken by other writers {} times in a row: run again when "
                      "fewer write to it",
                      version, kMaxAttempts));
}

}  // namespace trawl::lake

namespace trawl {

std::optional<std::int64_t> TableSnapshot::rows() const {
    std::int64_t sum = 0;
    for (const auto& [path, file] : files) {
        if (!file.rows) return std::nullopt;
        sum += *file.rows;
    }
    return sum;
}

std::string TableSnapshot::checkpoint(std::string_view application) const {
    const auto found = configuration.find(lake::checkpoint_key(application));
    return found == configuration.end() ? "" : found->second;
}

std::optional<TableSnapshot> read_table(const std::filesystem::path& lake, std::string_view name) {
    return lake::LocalLog(lake / name).latest();
}

}  // namespace trawl
