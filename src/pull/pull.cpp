#include "trawl/pull/pull.hpp"

#include <algorithm>
#include <list>
#include <map>

#include "resource_run.hpp"
#include "source.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"

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
        : options_(settled(std::move(options))), progress_(progress), source_(options_.connector, options_.memory_max) {
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
        summary_.elapsed = Clock::now() - begin;
        summary_.progress = progress_;
        take_trace();
        co_return std::move(summary_);
    }

private:
    // What the command line says counts before what the connector says.
    static PullOptions settled(PullOptions options) {
        ConnectorClient& client = options.connector.client;
        if (options.concurrency) client.limits.max_concurrency = *options.concurrency;
        if (!options.ca_file.empty()) client.ca_file = options.ca_file;
        return options;
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

    // Hints that nothing follows would be taken for types.
    void check_columns() const {
        for (const Resource& resource : options_.connector.resources) {
            if (!resource.columns.empty())
                throw UsageError(
                    format("resource {}: the types of its columns cannot be set yet; leave `columns` out, "
                           "and cast where the table is read",
                           resource.name));
        }
    }

    void plant() {
        check_names();
        check_columns();
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
            co_await fetch(tree);
            summary_.fetching = std::max(summary_.fetching, Duration(Clock::now() - begin));
            co_await commit(tree);
        } catch (const Error&) {
            error = std::current_exception();
        }
        if (error) fail(tree, error);
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
        for (ResourceRun& run : tree.runs) {
            TableSummary table = co_await run.commit();
            if (table.version) progress_.committed.push_back(table.resource);
            if (run.resource().selected) summary_.tables.push_back(std::move(table));
        }
    }

    void fail(const Tree& tree, std::exception_ptr error) {
        if (!summary_.error) summary_.error = error;
        for (const ResourceRun& run : tree.runs) {
            const bool is_committed =
                std::any_of(summary_.tables.begin(), summary_.tables.end(),
                            [&](const TableSummary& table) { return table.resource == run.resource().name; });
            if (!is_committed) summary_.failed.push_back(run.resource().name);
        }
    }

    void take_trace() {
        for (const auto& [origin, gate] : source_.gates().all()) {
            if (gate->limiter().trace().size() > summary_.trace.size()) summary_.trace = gate->limiter().trace();
        }
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
