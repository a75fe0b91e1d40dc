/// ResourceRun: one resource of a pull: what it is to ask for comes in, the pages' rows go to its table and to its
/// children.
///
/// Rules: as many streams of pages side by side as there are, up to a bound; the gates of the origins decide how many
/// requests those send. It ends when nothing more will come in and all streams have ended; its children then, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "last_run.hpp"
#include "partition_rows.hpp"
#include "partition_starts.hpp"
#include "row_work.hpp"
#include "source.hpp"
#include "table_sink.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/pull/pull.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/queue.hpp"
#include "trawl/sync/semaphore.hpp"

namespace trawl::pulling {

/// One stream of pages to be fetched.
struct Ask {
    FetchOptions options;
    std::string added;  // members for each row, from the parent's
    RowWork::Sequence sequence;
    std::string partition;  // its name; empty: there are none

    Ask(FetchOptions what, std::string members) : options(std::move(what)), added(std::move(members)) {}
};

class ResourceRun {
public:
    /// All references must outlive it. Blocks on the disk for a moment. Throws UsageError, StoreError.
    ResourceRun(Source& source, const Resource& resource, const PullOptions& options, PullProgress& progress);
    ResourceRun(const ResourceRun&) = delete;
    ResourceRun& operator=(const ResourceRun&) = delete;

    void add_child(ResourceRun& child) { children_.push_back(&child); }

    /// Asks for all that a resource without a parent has: each partition, or the whole. Suspends while there is no
    /// room.
    Task<> ask_for_all();

    /// Fetches all that is asked for; ends when nothing more will be. Streams run in `group`, whose task outlives this.
    Task<> run(TaskGroup& group);

    /// Makes the table's rows visible. Once, behind run().
    Task<TableSummary> commit();

    /// Rows that came, before filters.
    [[nodiscard]] std::uint64_t came() const noexcept { return came_; }
    [[nodiscard]] const Resource& resource() const noexcept { return resource_; }

private:
    [[nodiscard]] std::optional<IncrementalCursor> make_cursor() const;
    [[nodiscard]] TemplateValues values() const;
    [[nodiscard]] std::vector<Ask> all_asks() const;
    Task<std::optional<Ask>> next_ask();
    Task<> stream(Ask ask, Semaphore::Permit place);
    Task<bool> hand_on(Page page, Ask& ask);
    /// Of a partition's page: whether its rows are those of another one.
    void compare_partitions(const Page& page, const std::string& partition);
    void refuse_doubles() const;
    /// Of the parts of the primary key: whether a row with the same has asked its children before.
    [[nodiscard]] bool has_asked(const JsonView& row);
    void ask_children(const JsonView& row, std::vector<std::vector<Ask>>& asks) const;
    [[nodiscard]] CommitOptions commit_options() const;
    void take_notes(const PageStream& pages);

    Source& source_;
    const Resource& resource_;
    const PullOptions& options_;
    PullProgress& progress_;
    LastRun last_run_;
    bool begins_anew_;
    std::optional<IncrementalCursor> cursor_;
    RowWork rows_;
    PartitionStarts partition_starts_;
    PartitionRows partition_rows_;
    std::optional<TableSink> sink_;  // none of a resource that is not selected
    std::vector<ResourceRun*> children_;
    std::unordered_set<std::size_t> asked_;  // hashes of the keys of rows that asked children
    Queue<Ask> asks_;
    Semaphore streams_;
    StreamOrder order_;  // of those at work
    std::size_t at_work_ = 0;
    Event idle_;
    std::uint64_t pages_ = 0, came_ = 0, given_ = 0;
    std::vector<std::string> notes_;
};

}  // namespace trawl::pulling
