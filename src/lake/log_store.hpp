/// Where a table's log is kept, and the publishing of an entry: optimistic, put-if-absent, rebased on conflict.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "log.hpp"
#include "store.hpp"

namespace trawl::lake {

/// The log of one table. An object store implements the same two calls.
class LogStore {
public:
    virtual ~LogStore() = default;
    /// The latest snapshot; nothing if the table does not exist.
    virtual std::optional<TableSnapshot> latest() = 0;
    /// False if that version is already there.
    virtual bool put_if_absent(std::int64_t version, const std::string& entry) = 0;
};

class LocalLog : public LogStore {
public:
    explicit LocalLog(fs::path table) : directory_(std::move(table) / "_delta_log") {}
    std::optional<TableSnapshot> latest() override;
    bool put_if_absent(std::int64_t version, const std::string& entry) override;

private:
    fs::path directory_;
};

/// Others can win this many times in a row before publish gives up; each lost round costs one replay.
inline constexpr int kMaxAttempts = 20;

/// Decides on the latest snapshot what to write, and writes it as the next version; somebody else first → decides
/// again. `decide` returns nothing if there is nothing left to do. Returns the version published, or the snapshot's if
/// nothing was. Throws CommitConflict after kMaxAttempts, and what `decide` throws.
using Decide = std::function<std::optional<Entry>(const std::optional<TableSnapshot>&)>;
std::int64_t publish(LogStore& log, const Decide& decide);

}  // namespace trawl::lake
