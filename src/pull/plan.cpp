#include "trawl/pull/plan.hpp"

#include <algorithm>
#include <chrono>
#include <random>

#include "source.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_tape.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl {
namespace {

constexpr const char* kAdvice = "give what trawl plan printed, a line for each partition";

/// Two plans never share one: 64 bits by chance.
std::string make_plan_id() {
    std::random_device random;
    return format("{:08x}{:08x}", random(), random());
}

/// The resource, or one that hangs on it.
bool is_of_tree(const Connector& connector, const Resource& resource, const std::string& root) {
    const Resource* at = &resource;
    while (at != nullptr && at->name != root) at = at->parent ? connector.find(*at->parent) : nullptr;
    return at != nullptr;
}

const Resource* incremental_of(const Connector& connector, const std::string& root) {
    for (const Resource& resource : connector.resources) {
        if (resource.incremental && is_of_tree(connector, resource, root)) return &resource;
    }
    return nullptr;
}

/// Rows of pages [begin, end).
std::optional<std::uint64_t> rows_of(const PagesFound& found, std::uint64_t begin, std::uint64_t end) {
    if (!found.rows) return std::nullopt;
    return std::min(end * found.page_size, *found.rows) - std::min(begin * found.page_size, *found.rows);
}

class Planning {
public:
    explicit Planning(PlanOptions options) : options_(std::move(options)), id_(make_plan_id()) {}

    Task<PullPlan> run() {
        std::vector<std::string> to_look_at;
        for (const std::string& name : roots()) {
            const Resource& root = root_of(name);
            if (const Resource* incremental = incremental_of(options_.connector, name)) {
                plan_.notes.push_back(
                    format("resource {} is incremental: how far it got is for one pull to know; use "
                           "trawl pull --resource {}",
                           incremental->name, name));
            } else if (root.partitions) {
                split_windows(root);
            } else {
                to_look_at.push_back(name);
            }
        }
        if (!to_look_at.empty()) co_await look_at(std::move(to_look_at));
        co_return std::move(plan_);
    }

private:
    [[nodiscard]] const Resource& root_of(const std::string& name) const {
        const Resource* resource = options_.connector.find(name);
        if (resource == nullptr) throw UsageError(format("there is no resource {}; see trawl check", name));
        if (resource->parent)
            throw UsageError(format("resource {} goes with the pages of {}: plan that one", name, *resource->parent));
        return *resource;
    }

    [[nodiscard]] std::vector<std::string> roots() const {
        if (!options_.only.empty()) return options_.only;
        std::vector<std::string> names;
        for (const Resource& resource : options_.connector.resources) {
            if (!resource.parent) names.push_back(resource.name);
        }
        return names;
    }

    Task<> look_at(std::vector<std::string> names) {
        LookOptions options = options_;
        options.only = std::move(names);
        const std::vector<ResourceLook> looks = co_await look(std::move(options));
        for (const ResourceLook& one : looks) {
            if (one.error) std::rethrow_exception(one.error);
            split_pages(one);
        }
    }

    PullPartition& add(const std::string& resource, const std::string& place) {
        PullPartition& partition = plan_.partitions.emplace_back();
        partition.plan = id_;
        partition.id = format("{}-{}", resource, ++count_);
        partition.resource = resource;
        partition.place = place;
        return partition;
    }

    void split_windows(const Resource& resource) {
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        const std::vector<Partition> windows = plan_partitions(*resource.partitions, now);
        const std::string place = pulling::place_of(options_.connector, resource);
        const std::uint64_t parts = std::min<std::uint64_t>(options_.parts, windows.size());
        for (std::uint64_t part = 0; part < parts; ++part) {
            PullPartition& partition = add(resource.name, place);
            for (std::uint64_t i = part * windows.size() / parts; i < (part + 1) * windows.size() / parts; ++i)
                partition.windows.push_back(windows[i].params);
        }
    }

    void split_pages(const ResourceLook& look) {
        const std::uint64_t pages = look.found && look.found->any_order ? look.found->pages.value_or(1) : 1;
        const bool overlaps = look.found && look.found->pagination.overlap > 0;
        const std::uint64_t parts = overlaps ? 1 : std::min(options_.parts, pages);
        for (std::uint64_t part = 0; part < parts; ++part) {
            PullPartition& partition = add(look.resource, look.place);
            if (parts == 1) continue;
            const std::uint64_t begin = part * pages / parts, end = (part + 1) * pages / parts;
            partition.paginator = spell_range(*look.found, begin, end).str();
            partition.records = look.found->records.str();
            partition.rows = rows_of(*look.found, begin, end);
        }
    }

    PlanOptions options_;
    std::string id_;
    std::uint64_t count_ = 0;
    PullPlan plan_;
};

std::string text_or_null(const std::optional<std::string>& text) { return text ? quote_json(*text) : "null"; }

std::string window_text(const PullPartition::Params& params) {
    std::string text;
    for (const auto& [name, value] : params)
        text += format("{}{}:{}", text.empty() ? "" : ",", quote_json(name), quote_json(value));
    return "{" + text + "}";
}

std::optional<std::string> optional_text(const JsonView& object, std::string_view key) {
    const auto member = object.find(key);
    if (!member || member->is(JsonNode::What::null)) return std::nullopt;
    if (!member->is(JsonNode::What::string))
        throw UsageError(format("the partition's `{}` is no text; {}", key, kAdvice));
    return std::string((*member)->text);
}

/// Nothing where it is null or not there.
std::optional<std::uint64_t> optional_count(const JsonView& object, std::string_view key) {
    const auto member = object.find(key);
    if (!member || member->is(JsonNode::What::null)) return std::nullopt;
    const auto count = object.whole(key);
    if (!count || *count < 0) throw UsageError(format("the partition's `{}` is no number; {}", key, kAdvice));
    return static_cast<std::uint64_t>(*count);
}

std::string text_of(const JsonView& object, std::string_view key) {
    auto text = optional_text(object, key);
    if (!text || text->empty()) throw UsageError(format("the partition has no text `{}`; {}", key, kAdvice));
    return std::move(*text);
}

PullPartition::Params params_of(const JsonView& window) {
    PullPartition::Params params;
    if (!window.is(JsonNode::What::object))
        throw UsageError(format("a window of the partition is no object; {}", kAdvice));
    for (auto member = window.first(); member != window.last(); member = member.next()) {
        if (!member.is(JsonNode::What::string))
            throw UsageError(format("a parameter of a window of the partition is no text; {}", kAdvice));
        params.emplace_back(std::string(member->key), std::string(member->text));
    }
    return params;
}

/// What is left out would be a partition of everything.
std::vector<PullPartition::Params> windows_of(const JsonView& object) {
    std::vector<PullPartition::Params> all;
    const auto windows = object.find("windows");
    if (!windows || windows->is(JsonNode::What::null)) return all;
    if (!windows->is(JsonNode::What::array))
        throw UsageError(format("the partition's `windows` are no array; {}", kAdvice));
    for (auto window = windows->first(); window != windows->last(); window = window.next())
        all.push_back(params_of(window));
    return all;
}

}  // namespace

Task<PullPlan> plan(PlanOptions options) {
    Planning planning(std::move(options));
    co_return co_await planning.run();
}

std::string to_json(const PullPartition& partition) {
    std::string windows;
    for (const PullPartition::Params& params : partition.windows)
        windows += (windows.empty() ? "" : ",") + window_text(params);
    return format(
        R"({{"plan":{},"id":{},"resource":{},"place":{},"paginator":{},"records":{},"windows":[{}],"rows":{}}})",
        quote_json(partition.plan), quote_json(partition.id), quote_json(partition.resource),
        quote_json(partition.place), text_or_null(partition.paginator), text_or_null(partition.records), windows,
        partition.rows ? std::to_string(*partition.rows) : "null");
}

PullPartition parse_partition(std::string_view json) {
    JsonReader reader;
    try {
        const JsonView object = reader.parse(json);
        if (!object.is(JsonNode::What::object))
            throw UsageError(format("the partition is no JSON object; {}", kAdvice));
        PullPartition partition;
        partition.plan = text_of(object, "plan");
        partition.id = text_of(object, "id");
        partition.resource = text_of(object, "resource");
        partition.place = text_of(object, "place");
        partition.paginator = optional_text(object, "paginator");
        partition.records = optional_text(object, "records");
        partition.rows = optional_count(object, "rows");
        partition.windows = windows_of(object);
        return partition;
    } catch (const JsonError& error) {
        throw UsageError(format("the partition is no JSON ({}); {}", error.what(), kAdvice));
    }
}

}  // namespace trawl
