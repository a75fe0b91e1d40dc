#include "resource_run.hpp"

#include <algorithm>
#include <chrono>

#include "other_source.hpp"
#include "partition_run.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"
#include "trawl/lake/table.hpp"
#include "trawl/loop/thread.hpp"

namespace trawl::pulling {
namespace {

// Parents' rows that wait for their turn: a page or two of them, so that streams that end find the next at once.
constexpr std::size_t kWaitingMax = 200;

// Streams side by side: more than the requests that most sources serve at once.
constexpr std::size_t kStreamsMax = 256;

// The same note of each of a thousand children's streams would bury the others.
constexpr std::size_t kNotesMax = 20;

// Of what was found, how many rows the page had (in parentheses) is each stream's own.
std::string_view gist_of(std::string_view note) {
    return note.starts_with("note: ") ? note : note.substr(0, note.find(" ("));
}

std::chrono::sys_seconds wall_clock() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

void append_notes(TableSummary& summary, const std::vector<std::string>& notes) {
    summary.notes.insert(summary.notes.end(), notes.begin(), notes.end());
}

/// Of a window: where it begins.
std::string name_of(const PullPartition::Params& window) { return window.empty() ? "" : window.front().second; }

Disposition disposition_of(WriteDisposition disposition) {
    switch (disposition) {
        case WriteDisposition::append:
            return Disposition::append;
        case WriteDisposition::merge:
            return Disposition::merge;
        case WriteDisposition::replace:
            break;
    }
    return Disposition::replace;
}

Type type_of(const ColumnHint& column) {
    switch (column.type) {
        case ColumnType::text:
            return Kind::string;
        case ColumnType::boolean:
            return Kind::boolean;
        case ColumnType::bigint:
            return Kind::int64;
        case ColumnType::real:
            return Kind::real;
        case ColumnType::timestamp:
            return Kind::timestamp;
        case ColumnType::date:
            return Kind::date;
        case ColumnType::json:
            return Kind::json;
        case ColumnType::decimal:
            break;
    }
    return Type::fixed_of(column.precision, column.scale);
}

std::vector<DeclaredColumn> declared_columns(const Resource& resource) {
    std::vector<DeclaredColumn> declared;
    for (const ColumnHint& column : resource.columns)
        declared.push_back({column.name, type_of(column), column.nullable});
    return declared;
}

}  // namespace

ResourceRun::ResourceRun(Source& source, const Resource& resource, const PullOptions& options, PullProgress& progress)
    : source_(source),
      resource_(resource),
      options_(options),
      progress_(progress),
      last_run_(resource.incremental ? read_last_run(options, resource) : LastRun()),
      begins_anew_(begins_anew(options, resource)),
      cursor_(make_cursor()),
      rows_(resource, cursor_ ? &*cursor_ : nullptr, options.connector.file),
      asks_(kWaitingMax),
      streams_(kStreamsMax) {
    if (options.is_name_found) refuse_other_source(options, resource, source.place(resource));
    if (resource.selected) sink_.emplace(options.lake, resource.table, declared_columns(resource));
}

std::optional<IncrementalCursor> ResourceRun::make_cursor() const {
    if (!resource_.incremental) return std::nullopt;
    const std::string state = options_.full_refresh ? "" : last_run_.cursor;
    // A row that is merged may come again as it is now: only one that is the same is known by its text.
    const bool merges = resource_.write_disposition == WriteDisposition::merge;
    const std::vector<std::string> key = merges ? std::vector<std::string>() : resource_.primary_key;
    try {
        return IncrementalCursor(*resource_.incremental, key, state);
    } catch (const UsageError& error) {
        throw UsageError(format("resource {}: {}", resource_.name, error.what()));
    }
}

TemplateValues ResourceRun::values() const {
    TemplateValues values;
    if (cursor_) values.start_value = cursor_->start_value();
    if (cursor_) values.end_value = cursor_->end_value();
    return values;
}

std::vector<Ask> ResourceRun::all_asks() const {
    FetchOptions whole = source_.bind(resource_, values());
    std::vector<Ask> asks;
    if (options_.partition) {
        const auto& windows = options_.partition->windows;
        for (FetchOptions& options : asks_of(*options_.partition, std::move(whole)))
            asks.emplace_back(std::move(options), "");
        const bool are_windows = resource_.partitions && windows.size() == asks.size();
        for (std::size_t i = 0; are_windows && i < windows.size(); ++i) asks[i].partition = name_of(windows[i]);
        return asks;
    }
    if (!resource_.partitions) {
        asks.emplace_back(std::move(whole), "");
        return asks;
    }
    for (const Partition& part : plan_partitions(*resource_.partitions, wall_clock())) {
        Ask& ask = asks.emplace_back(whole, "");
        narrow(ask.options, part.params);
        ask.partition = part.name;
    }
    return asks;
}

Task<> ResourceRun::ask_for_all() {
    std::vector<Ask> asks = all_asks();
    for (Ask& ask : asks) co_await asks_.put(std::move(ask));
    asks_.shutdown();
}

Task<> ResourceRun::run(TaskGroup& group) {
    while (true) {
        Semaphore::Permit place = co_await streams_.acquire();
        std::optional<Ask> ask = co_await next_ask();
        if (!ask) break;
        ++at_work_;
        group.spawn(stream(std::move(*ask), std::move(place)));
    }
    while (at_work_ > 0) {
        idle_.clear();
        co_await idle_.wait();
    }
    for (ResourceRun* child : children_) child->asks_.shutdown();
}

Task<std::optional<Ask>> ResourceRun::next_ask() {
    try {
        co_return co_await asks_.get();
    } catch (const QueueShutDown&) {
        co_return std::nullopt;
    }
}

Task<> ResourceRun::stream(Ask ask, Semaphore::Permit place) {
    const Semaphore::Permit held = std::move(place);
    PageStream pages(source_.client(), ask.options, source_.shared(resource_, progress_, &order_));
    while (true) {
        std::optional<Page> page = co_await pages.next();
        if (!page) break;
        const bool is_last = co_await hand_on(std::move(*page), ask);
        if (is_last) break;
    }
    take_notes(pages);
    if (!ask.partition.empty()) partition_rows_.check(*resource_.partitions, ask.partition);
    --at_work_;
    idle_.set();
}

Task<bool> ResourceRun::hand_on(Page page, Ask& ask) {
    progress_.phase = PullProgress::Phase::pages;
    progress_.pages += 1;
    progress_.bytes += page.bytes;
    pages_ += 1;
    came_ += page.count;
    compare_partitions(page, ask.partition);
    std::vector<std::vector<Ask>> asks(children_.size());
    RowWork::Visit visit;
    if (!children_.empty())
        visit = [&](const JsonView& row) {
            if (!has_asked(row)) ask_children(row, asks);
        };
    Rows rows = rows_.apply(std::move(page.records), page.count, ask.added, visit, ask.sequence);
    refuse_doubles();
    if (sink_) {
        progress_.rows += rows.count;
        given_ += rows.count;
        co_await sink_->add(std::move(rows.ndjson));
    }
    for (std::size_t i = 0; i < children_.size(); ++i) {
        for (Ask& child : asks[i]) co_await children_[i]->asks_.put(std::move(child));
    }
    co_return rows.is_last;
}

void ResourceRun::compare_partitions(const Page& page, const std::string& partition) {
    if (partition.empty() || !resource_.primary_key.empty()) return;
    if (page.index == 0) partition_starts_.add(*resource_.partitions, partition, page);
    // A row may well be of two values. Windows of times or numbers have none in common.
    if (!std::holds_alternative<ValuePartitions>(*resource_.partitions)) partition_rows_.add(partition, page.records);
}

void ResourceRun::refuse_doubles() const {
    if (!cursor_ || cursor_->taken_again() == 0 || resource_.write_disposition != WriteDisposition::append) return;
    throw FetchError(
        format("resource {}: more than {} rows of the runs before have the last value {}, so those that come with it "
               "now cannot be told from them, and would be appended twice: take 'merge' and a 'primary_key'",
               resource_.name, IncrementalCursor::remembered_max, cursor_->last_value()));
}

// A row that comes on two pages, since it moved, is in the table once, and so are its children's.
bool ResourceRun::has_asked(const JsonView& row) {
    if (resource_.primary_key.empty()) return false;
    TemplateValues values;
    values.row = row;
    std::string key;
    for (const std::string& field : resource_.primary_key) {
        JsonTemplate part;
        part.append_string(format("{{resources.{}.{}}}", resource_.name, field));
        key += part.bind(values) + "\n";
    }
    return !asked_.insert(std::hash<std::string>{}(key)).second;
}

void ResourceRun::ask_children(const JsonView& row, std::vector<std::vector<Ask>>& asks) const {
    for (std::size_t i = 0; i < children_.size(); ++i) {
        const ResourceRun& child = *children_[i];
        TemplateValues values = child.values();
        values.row = row;
        asks[i].emplace_back(source_.bind(child.resource_, values), members_from_parent(child.resource_, values));
    }
}

// A retrieval of a thousand streams says what one of them says.
void ResourceRun::take_notes(const PageStream& pages) {
    for (const std::string& note : pages.notes()) {
        const auto says_the_same = [&note](const std::string& other) { return gist_of(other) == gist_of(note); };
        const bool is_known = std::ranges::any_of(notes_, says_the_same);
        if (!is_known && notes_.size() < kNotesMax) notes_.push_back(note);
    }
}

CommitOptions ResourceRun::commit_options() const {
    CommitOptions commit;
    commit.disposition = begins_anew_ ? Disposition::replace : disposition_of(resource_.write_disposition);
    commit.primary_key = resource_.primary_key;
    if (options_.partition) {
        claim_partition(commit, *options_.partition, resource_.table);
        return commit;
    }
    commit.application = application_of(resource_);
    // What is new was asked for by the state of that very commit. What does not depend on a state goes on top of any.
    if (cursor_) commit.application_version = last_run_.version + 1;
    const std::string state = cursor_ ? cursor_->state() : "";
    const std::string incremental = state.empty() ? "" : format(R"(,"incremental":{})", state);
    commit.checkpoint = format(R"({{"source":{},"pages":{},"rows":{}{}}})", quote_json(source_.place(resource_)),
                               pages_, given_, incremental);
    return commit;
}

Task<TableSummary> ResourceRun::commit() {
    TableSummary summary;
    summary.resource = resource_.name;
    summary.table = resource_.table;
    summary.path = options_.lake / resource_.table;
    summary.pages = pages_;
    summary.rows = given_;
    summary.notes = notes_;
    if (partition_rows_.have_common())
        summary.notes.emplace_back(
            "note: some rows came in two partitions, word for word, and are there twice: a source that takes the end "
            "of a window for a part of it needs end_inclusive, or give a primary_key");
    if (cursor_) append_notes(summary, cursor_->notes(resource_.write_disposition == WriteDisposition::append));
    if (!sink_) co_return summary;
    if (sink_->is_empty() && resource_.columns.empty() && !read_table(options_.lake, resource_.table)) {
        summary.notes.emplace_back("note: the source has no rows, so nothing tells the columns: no table was made");
        co_return summary;
    }
    CommitOptions how = commit_options();
    const Committed result = co_await sink_->commit(std::move(how));
    summary.version = result.version;
    if (result.already && options_.partition) {
        summary.rows = 0;
        summary.notes = {"note: this partition had been committed before, and was not again"};
        co_return summary;
    }
    if (result.already)
        throw CommitConflict(
            format("another pull committed to {} while this one was writing; run it again", summary.path.string()));
    summary.rows = static_cast<std::uint64_t>(result.rows);
    if (result.superseded > 0)
        summary.notes.push_back(format("note: {} came more than once and {} there once (by {})",
                                       result.superseded == 1 ? "1 row" : format("{} rows", result.superseded),
                                       result.superseded == 1 ? "is" : "are", resource_.primary_key.front()));
    append_notes(summary, result.notes);
    co_return summary;
}

}  // namespace trawl::pulling
