/// TableSink: a resource's rows on their way into a table. The lake's calls block on the disk, so they run on a thread,
/// one at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "trawl/coro/task.hpp"
#include "trawl/lake/writer.hpp"
#include "trawl/sync/lock.hpp"

namespace trawl::pulling {

class TableSink {
public:
    /// Blocks on the disk for a moment. Throws UsageError, StoreError.
    TableSink(std::filesystem::path lake, std::string table, std::vector<DeclaredColumn> columns = {});

    /// Suspends while the disk takes what came before: a slow disk slows the source down. Throws StoreError, LakeError,
    /// SchemaError if a declared column does not take its value.
    Task<> add(std::string ndjson);

    /// Publishes what was added. Throws what TableWriter::commit() throws.
    Task<Committed> commit(CommitOptions options);

    [[nodiscard]] bool is_empty() const noexcept { return is_empty_; }

private:
    Task<> flush();

    std::shared_ptr<TableWriter> writer_;  // shared with the thread: an abandoned call still has it
    std::string batch_;
    bool is_empty_ = true;
    Lock at_work_;  // streams of one resource add to it side by side
};

}  // namespace trawl::pulling
