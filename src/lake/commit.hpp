/// One commit: what it writes depends on the table's latest version, and is brought up to date, or begun anew, each
/// time that somebody else publishes in between.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log_store.hpp"
#include "records.hpp"
#include "rewrite.hpp"
#include "staging.hpp"
#include "trawl/lake/writer.hpp"

namespace trawl::lake {

class Commit {
public:
    /// All arguments outlive it. Throws UsageError if they contradict each other.
    Commit(fs::path table, const WriterOptions& options, const CommitOptions& wanted, Records& records);
    ~Commit();
    Commit(const Commit&) = delete;
    Commit& operator=(const Commit&) = delete;

    /// Once. See TableWriter::commit.
    Committed run(LogStore& log);

private:
    using Base = std::optional<TableSnapshot>;
    struct Work;

    [[nodiscard]] std::optional<Entry> decide(const Base& latest);
    [[nodiscard]] bool tells_columns(const Base& latest) const;
    [[nodiscard]] std::optional<Entry> without_records(const Base& latest) const;
    [[nodiscard]] std::optional<Entry> with_records(const Base& latest);
    [[noreturn]] void explain(const QueryError& error, const Base& latest) const;
    [[nodiscard]] bool is_stale(const Base& latest) const;
    void begin(const Base& latest);
    void plan_and_write(const TableSnapshot* base);
    void discard();
    [[nodiscard]] Entry make_entry(const Base& latest, const std::string& schema) const;
    [[nodiscard]] bool maybe_published() const;
    void report(Committed& out) const;

    fs::path table_;
    const WriterOptions& options_;
    const CommitOptions& wanted_;
    Records& records_;
    std::string id_;  ///< tells our entry from somebody else's
    bool already_ = false;
    // In the order in which they have to be made; the last one goes first.
    MadeDirectories made_;
    std::unique_ptr<Staging> staging_;
    std::unique_ptr<Work> work_;
};

}  // namespace trawl::lake
