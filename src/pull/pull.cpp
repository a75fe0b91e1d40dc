#include "trawl/pull/pull.hpp"

#include <algorithm>
#include <functional>
#include <list>
#include <map>

#include "partition_run.hpp"
#include "resource_run.hpp"
#include "source.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"
#include "trawl/lake/table.hpp"

namespace trawl {
namespace {

using pulling::ResourceRun;
using pulling::Source;

/// A resource without a parent, and all that hang on it: they fail together.
struct Tree {
    std::list<ResourceRun> runs;  // parents first
};

class Pull {
public:
    Pull(PullOptions options, PullProgress& progress)
        : options_(settled(std::move(options))),
          progress_(progress),
          source_(options_.connector, options_.memory_max, options_.log) {
        plant();
    }

    Task<PullSummary> run() {
        const TimePoint begin = Clock::now();
        {
            TaskGroup group(OnError::kCollect);
            for (Tree& tree : trees_) group.spawn(pull_tree(tree, begin));
            co_await group.join();
        }
        progress_.phase = PullProgress::Phase::done;
        summary_.begin = begin;
        summary_.elapsed = Clock::now() - begin;
        summary_.progress = progress_;
        put_tables_in_order();
        take_traces();
        co_return std::move(summary_);
    }

private:
    // What the command line says counts before what the connector says.
    static PullOptions settled(PullOptions options) {
        ConnectorClient& client = options.connector.client;
        if (options.concurrency) client.limits.max_concurrency = *options.concurrency;
        if (!options.ca_file.empty()) client.ca_file = options.ca_file;
        return pulling::with_partition(std::move(options));
    }

    [[nodiscard]] bool is_wanted(const Resource& resource) const {
        if (options_.only.empty()) return true;
        return std::any_of(options_.only.begin(), options_.only.end(),
                           [&](const std::string& name) { return is_or_hangs_on(name, resource.name); });
    }

    // `name` is `above`, or hangs on it.
    [[nodiscard]] bool is_or_hangs_on(const std::string& name, const std::string& above) const {
        const Resource* resource = options_.connector.find(name);
        while (resource != nullptr && resource->name != above)
            resource = resource->parent ? options_.connector.find(*resource->parent) : nullptr;
        return resource != nullptr;
    }

    void check_names() const {
        std::vector<std::string_view> names;
        for (const Resource& resource : options_.connector.resources) names.push_back(resource.name);
        for (const std::string& name : options_.only) {
            if (options_.connector.find(name) == nullptr)
                throw UsageError(format("there is no resource {}{}", name, did_you_mean(name, names)));
        }
    }

    void plant() {
        check_names();
        std::map<std::string, std::pair<Tree*, ResourceRun*>> places;
        for (const Resource& resource : options_.connector.resources) {
            if (!is_wanted(resource)) continue;
            const auto above = resource.parent ? places.find(*resource.parent) : places.end();
            Tree& tree = above != places.end() ? *above->second.first : trees_.emplace_back();
            ResourceRun& run = tree.runs.emplace_back(source_, resource, options_, progress_);
            if (above != places.end()) above->second.second->add_child(run);
            places[resource.name] = {&tree, &run};
        }
    }

    Task<> pull_tree(Tree& tree, TimePoint begin) {
        std::exception_ptr error;
        try {
            if (options_.partition && is_there(tree)) co_return tell_it_was_there(tree);
            co_await fetch(tree);
            if (options_.partition) pulling::check_planned(*options_.partition, tree.runs.front().came());
            summary_.fetching = std::max(summary_.fetching, Duration(Clock::now() - begin));
            co_await commit(tree);
        } catch (const Error&) {
            error = std::current_exception();
        }
        if (error) fail(tree, error);
    }

    /// All of the partition was committed before.
    [[nodiscard]] bool is_there(const Tree& tree) const {
        return std::all_of(tree.runs.begin(), tree.runs.end(), [&](const ResourceRun& run) {
            const Resource& resource = run.resource();
            return !resource.selected || pulling::is_committed(*options_.partition, options_.lake, resource.table);
        });
    }

    void tell_it_was_there(const Tree& tree) {
        for (const ResourceRun& run : tree.runs) {
            if (!run.resource().selected) continue;
            TableSummary& table = summary_.tables.emplace_back();
            table.resource = run.resource().name;
            table.table = run.resource().table;
            table.path = options_.lake / table.table;
            table.version = read_table(options_.lake, table.table)->version;
            table.notes = {"note: this partition had been committed before: nothing was asked for"};
        }
    }

    static Task<> fetch(Tree& tree) {
        TaskGroup group;
        for (ResourceRun& run : tree.runs) group.spawn(run.run(group), run.resource().name);
        group.spawn(tree.runs.front().ask_for_all());
        co_await group.join();
    }

    /// Counts a commit while it lives.
    class UnderWay {
    public:
        explicit UnderWay(PullProgress& progress) : progress_(progress) {
            progress.phase = PullProgress::Phase::commit;
            ++progress.commits_under_way;
        }
        UnderWay(const UnderWay&) = delete;
        UnderWay& operator=(const UnderWay&) = delete;
        ~UnderWay() { --progress_.commits_under_way; }

    private:
        PullProgress& progress_;
    };

    Task<> commit(Tree& tree) {
        const UnderWay counted(progress_);
        // Children first: a parent's state says that its rows, and what hangs on them, are there.
        for (auto run = tree.runs.rbegin(); run != tree.runs.rend(); ++run) {
            const TimePoint begin = Clock::now();
            TableSummary table = co_await run->commit();
            tell(table, Clock::now() - begin);
            if (table.version) progress_.committed.push_back(table.resource);
            if (run->resource().selected) summary_.tables.push_back(std::move(table));
        }
    }

    void tell(const TableSummary& table, Duration took) const {
        if (!options_.log || !table.version) return;
        LogLine line("commit");
        line.add("resource", table.resource).add("table", table.path.string()).add("version", *table.version);
        options_.log(line.add("rows", table.rows).add("pages", table.pages).add("ms", took).text());
    }

    void fail(const Tree& tree, std::exception_ptr error) {
        if (options_.log)
            options_.log(LogLine("failed")
                             .add("resource", tree.runs.front().resource().name)
                             .add("error", message_of(error))
                             .text());
        summary_.failures.push_back({tree.runs.front().resource().name, error});
        for (const ResourceRun& run : tree.runs) {
            const bool is_committed =
                std::any_of(summary_.tables.begin(), summary_.tables.end(),
                            [&](const TableSummary& table) { return table.resource == run.resource().name; });
            if (!is_committed) summary_.failed.push_back(run.resource().name);
        }
    }

    // As in the connector: parents first.
    void put_tables_in_order() {
        const auto place = [&](const TableSummary& table) { return options_.connector.find(table.resource); };
        std::ranges::sort(summary_.tables, std::less<>(), place);
    }

    void take_traces() {
        for (const auto& [origin, gate] : source_.gates().all())
            summary_.traces.push_back({origin, gate->limiter().trace()});
    }

    PullOptions options_;
    PullProgress& progress_;
    Source source_;
    std::list<Tree> trees_;
    PullSummary summary_;
};

}  // namespace

Task<PullSummary> pull(PullOptions options, PullProgress& progress) {
    Pull whole(std::move(options), progress);
    co_return co_await whole.run();
}

}  // namespace trawl
