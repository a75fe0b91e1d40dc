#include "resource_run.hpp"

#include <algorithm>
#include <chrono>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"
#include "trawl/lake/table.hpp"
#include "trawl/loop/thread.hpp"

namespace trawl::pulling {
namespace {

// Parents' rows that wait for their turn: a page or two of them, so that streams that end find the next at once.
constexpr std::size_t kWaitingMax = 200;

// Streams side by side. Each has a page in memory at least; more than the requests that most sources serve at once.
constexpr std::size_t kStreamsMax = 256;

// The same note of each of a thousand children's streams would bury the others.
constexpr std::size_t kNotesMax = 20;

std::chrono::sys_seconds wall_clock() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// The state in which the last run left an incremental resource; empty before the first.
std::string last_state(const PullOptions& options, const Resource& resource) {
    if (options.full_refresh) return {};
    const auto table = read_table(options.lake, resource.table);
    if (!table) return {};
    const std::string checkpoint = table->checkpoint("trawl:" + resource.table);
    if (checkpoint.empty()) return {};
    JsonReader reader;
    const auto state = reader.parse(checkpoint).find("incremental");
    return state ? std::string((*state)->raw) : "";
}

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

}  // namespace

ResourceRun::ResourceRun(Source& source, const Resource& resource, const PullOptions& options, PullProgress& progress)
    : source_(source),
      resource_(resource),
      options_(options),
      progress_(progress),
      cursor_(make_cursor(options, resource)),
      rows_(resource, cursor_ ? &*cursor_ : nullptr, options.connector.file),
      asks_(kWaitingMax),
      streams_(kStreamsMax) {
    if (resource.selected) sink_.emplace(options.lake, resource.table);
}

std::optional<IncrementalCursor> ResourceRun::make_cursor(const PullOptions& options, const Resource& resource) {
    if (!resource.incremental) return std::nullopt;
    return IncrementalCursor(*resource.incremental, resource.primary_key, last_state(options, resource));
}

TemplateValues ResourceRun::values() const {
    TemplateValues values;
    if (cursor_) values.start_value = cursor_->start_value();
    if (cursor_) values.end_value = cursor_->end_value();
    return values;
}

Task<> ResourceRun::ask_for_all() {
    const FetchOptions whole = source_.bind(resource_, values());
    if (!resource_.partitions) {
        co_await asks_.put(Ask(whole, ""));
    } else {
        for (const Partition& part : plan_partitions(*resource_.partitions, wall_clock())) {
            FetchOptions options = whole;
            Url url = Url::parse(options.url);
            for (const auto& [name, value] : part.params) url = url.with_query(name, value);
            options.url = url.str();
            co_await asks_.put(Ask(std::move(options), ""));
        }
    }
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
    PageStream pages(source_.client(), ask.options, source_.shared(progress_));
    while (true) {
        std::optional<Page> page = co_await pages.next();
        if (!page) break;
        const bool is_last = co_await hand_on(std::move(*page), ask);
        if (is_last) break;
    }
    take_notes(pages);
    --at_work_;
    idle_.set();
}

Task<bool> ResourceRun::hand_on(Page page, const Ask& ask) {
    progress_.phase = PullProgress::Phase::pages;
    progress_.pages += 1;
    progress_.bytes += page.bytes;
    pages_ += 1;
    std::vector<std::vector<Ask>> asks(children_.size());
    RowWork::Visit visit;
    if (!children_.empty()) visit = [&](const JsonView& row) { ask_children(row, asks); };
    if (cursor_) cursor_->begin_sequence();  // pages of several streams alternate
    Rows rows = rows_.apply(std::move(page.records), page.count, ask.added, visit);
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
        const bool is_known = std::find(notes_.begin(), notes_.end(), note) != notes_.end();
        if (!is_known && notes_.size() < kNotesMax) notes_.push_back(note);
    }
}

CommitOptions ResourceRun::commit_options() const {
    CommitOptions commit;
    commit.disposition = disposition_of(resource_.write_disposition);
    commit.primary_key = resource_.primary_key;
    claim(commit, options_.lake, resource_.table);
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
    if (!sink_) co_return summary;
    if (sink_->is_empty() && !read_table(options_.lake, resource_.table)) {
        summary.notes.emplace_back("note: the source has no rows, so nothing tells the columns: no table was made");
        co_return summary;
    }
    CommitOptions how = commit_options();
    const Committed result = co_await sink_->commit(std::move(how));
    if (result.already)
        throw CommitConflict(
            format("another pull committed to {} while this one was writing; run it again", summary.path.string()));
    summary.version = result.version;
    summary.rows = static_cast<std::uint64_t>(result.rows);
    if (result.superseded > 0)
        summary.notes.push_back(format("note: {} came more than once and {} there once (by {})",
                                       result.superseded == 1 ? "1 row" : format("{} rows", result.superseded),
                                       result.superseded == 1 ? "is" : "are", resource_.primary_key.front()));
    summary.notes.insert(summary.notes.end(), result.notes.begin(), result.notes.end());
    co_return summary;
}

}  // namespace trawl::pulling
