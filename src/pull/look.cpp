#include "trawl/pull/look.hpp"

#include <algorithm>
#include <chrono>

#include "row_work.hpp"
#include "source.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"
#include "trawl/loop/task_group.hpp"

namespace trawl {
namespace {

using pulling::Rows;
using pulling::RowWork;
using pulling::Source;

// A byte: pages are asked for one after the other, and none before the one in front of it was taken.
constexpr std::size_t kMemory = 1;

/// A stream of pages that is to be read, and the members that its rows get.
struct Ask {
    FetchOptions options;
    std::string added;

    Ask(FetchOptions what, std::string members) : options(std::move(what)), added(std::move(members)) {}
};

class Looking {
public:
    explicit Looking(LookOptions options)
        : options_(settled(std::move(options))), source_(options_.connector, kMemory, options_.log) {}

    Task<std::vector<ResourceLook>> look() {
        std::vector<ResourceLook> looks;
        for (const Resource* resource : wanted()) {
            looks.emplace_back();
            looks.back().resource = resource->name;
            looks.back().place = source_.place(*resource);
        }
        TaskGroup group;
        for (ResourceLook& one : looks) group.spawn(look_at(find(one.resource), one));
        co_await group.join();
        co_return looks;
    }

    Task<std::string> first_rows(std::string name, std::uint64_t rows) {
        std::vector<const Resource*> chain{&find(name)};
        while (chain.front()->parent) chain.insert(chain.begin(), &find(*chain.front()->parent));
        wanted_ = rows;
        co_await read(chain, 0, Ask(ask_of(*chain.front()), ""));
        co_return std::move(taken_);
    }

private:
    static LookOptions settled(LookOptions options) {
        options.connector.client.limits.max_concurrency = 1;
        if (!options.ca_file.empty()) options.connector.client.ca_file = options.ca_file;
        return options;
    }

    [[nodiscard]] const Resource& find(const std::string& name) const {
        if (const Resource* resource = options_.connector.find(name)) return *resource;
        std::vector<std::string_view> names;
        for (const Resource& resource : options_.connector.resources) names.push_back(resource.name);
        throw UsageError(format("there is no resource {}{}", name, did_you_mean(name, names)));
    }

    [[nodiscard]] std::vector<const Resource*> wanted() const {
        std::vector<const Resource*> resources;
        for (const std::string& name : options_.only) {
            const Resource& resource = find(name);
            if (resource.parent)
                throw UsageError(format("resource {} is asked for with rows of {}: look at its rows with trawl preview",
                                        name, *resource.parent));
            resources.push_back(&resource);
        }
        if (!options_.only.empty()) return resources;
        for (const Resource& resource : options_.connector.resources) {
            if (!resource.parent) resources.push_back(&resource);
        }
        return resources;
    }

    /// Those of a first run.
    [[nodiscard]] static TemplateValues values_of(const Resource& resource) {
        TemplateValues values;
        if (!resource.incremental) return values;
        const IncrementalCursor cursor(*resource.incremental, resource.primary_key);
        values.start_value = cursor.start_value();
        values.end_value = cursor.end_value();
        return values;
    }

    [[nodiscard]] FetchOptions ask_of(const Resource& resource) const {
        FetchOptions ask = source_.bind(resource, values_of(resource));
        ask.primary_key.clear();  // rows that move are for a pull to catch: it takes more requests
        if (!resource.partitions) return ask;
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        const std::vector<Partition> parts = plan_partitions(*resource.partitions, now);
        if (!parts.empty()) pulling::narrow(ask, parts.front().params);
        return ask;
    }

    Task<> look_at(const Resource& resource, ResourceLook& look) {
        try {
            PageStream pages(source_.client(), ask_of(resource), source_.shared(resource, stats_));
            std::optional<Page> page = co_await pages.next();
            look.found = pages.found();
            look.notes = pages.notes();
            if (page) {
                Rows rows = work_on(resource, std::move(*page), "", {});
                look.rows = std::move(rows.ndjson);
                look.count = rows.count;
            }
        } catch (const Error&) {
            look.error = std::current_exception();
        }
    }

    // Without a cursor: what an incremental resource would leave out is shown.
    [[nodiscard]] Rows work_on(const Resource& resource, Page page, const std::string& added,
                               const RowWork::Visit& visit) const {
        RowWork::Sequence none;
        RowWork work(resource, nullptr, options_.connector.file);
        return work.apply(std::move(page.records), page.count, added, visit, none);
    }

    [[nodiscard]] bool has_enough() const noexcept { return count_ >= wanted_; }

    Task<> read(const std::vector<const Resource*>& chain, std::size_t depth, Ask ask) {
        PageStream pages(source_.client(), ask.options, source_.shared(*chain[depth], stats_));
        while (!has_enough()) {
            std::optional<Page> page = co_await pages.next();
            if (!page) break;
            std::vector<Ask> children;
            RowWork::Visit visit;
            if (depth + 1 < chain.size())
                visit = [&](const JsonView& row) { children.push_back(child_of(*chain[depth + 1], row)); };
            const Rows rows = work_on(*chain[depth], std::move(*page), ask.added, visit);
            if (!visit) take(rows.ndjson);
            for (std::size_t i = 0; i < children.size() && !has_enough(); ++i)
                co_await read(chain, depth + 1, std::move(children[i]));
        }
    }

    [[nodiscard]] Ask child_of(const Resource& child, const JsonView& row) const {
        TemplateValues values = values_of(child);
        values.row = row;
        FetchOptions options = source_.bind(child, values);
        options.primary_key.clear();
        return {std::move(options), pulling::members_from_parent(child, values)};
    }

    void take(std::string_view ndjson) {
        for (; !ndjson.empty() && !has_enough(); ++count_) {
            const std::string_view line = ndjson.substr(0, ndjson.find('\n') + 1);
            taken_ += line;
            ndjson.remove_prefix(line.size());
        }
    }

    LookOptions options_;
    Source source_;
    FetchStats stats_;
    std::uint64_t wanted_ = 0, count_ = 0;
    std::string taken_;
};

}  // namespace

Task<std::vector<ResourceLook>> look(LookOptions options) {
    Looking looking(std::move(options));
    co_return co_await looking.look();
}

Task<std::string> first_rows(LookOptions options, std::string resource, std::uint64_t rows) {
    Looking looking(std::move(options));
    co_return co_await looking.first_rows(std::move(resource), rows);
}

}  // namespace trawl
