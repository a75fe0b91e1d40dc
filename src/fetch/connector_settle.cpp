/// What can only be checked when all resources are known: who is whose child, and what does not go together.
#include <algorithm>
#include <map>

#include "connector_parts.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"

namespace trawl::fetch {
namespace {

bool is_url(const Resource& resource) {
    const auto bound = resource.path.is_plain() ? resource.path.bind({}) : std::nullopt;
    return bound && (bound->starts_with("http://") || bound->starts_with("https://"));
}

class Settling {
public:
    Settling(std::vector<ReadResource>& read, bool has_base, ConnectorProblems& problems)
        : read_(read), has_base_(has_base), problems_(problems) {
        for (const ReadResource& each : read_) names_.push_back(each.resource.name);
    }

    void check() {
        check_names();
        for (ReadResource& each : read_) {
            find_parent(each);
            check_incremental_uses(each);
            check_together(each.resource);
        }
        for (const ReadResource& each : read_) check_circle(each.resource);
        for (const ReadResource& each : read_) check_replaces(each.resource);
    }

private:
    ReadResource* find(std::string_view name) {
        const auto found = std::ranges::find(names_, name);
        return found == names_.end() ? nullptr : &read_[static_cast<std::size_t>(found - names_.begin())];
    }

    void check_names() {
        std::map<std::string, const Resource*> names, tables;
        for (const ReadResource& each : read_) {
            const Resource& resource = each.resource;
            if (resource.name.empty()) continue;
            const auto [first, is_new] = names.try_emplace(resource.name, &resource);
            if (!is_new)
                problems_.add(resource.at, format("there is a resource '{}' already, in line {}", resource.name,
                                                  first->second->at.line));
            const auto [other, is_own] = tables.try_emplace(resource.table, &resource);
            const bool replaces = resource.write_disposition == WriteDisposition::replace ||
                                  other->second->write_disposition == WriteDisposition::replace;
            if (is_new && !is_own && replaces)
                problems_.add(resource.at, format("the resources '{}' and '{}' would replace each other in the table "
                                                  "'{}': give one of them another table, or append or merge both",
                                                  other->second->name, resource.name, resource.table));
        }
    }

    void find_parent(ReadResource& each) {
        for (const PlaceholderUse& use : each.uses) {
            if (use.placeholder.kind != Placeholder::Kind::parent_field) continue;
            const std::string& name = use.placeholder.resource;
            if (!find(name)) {
                problems_.add(use.at, format("{{{}}}: there is no resource '{}'{}", use.placeholder.str(), name,
                                             did_you_mean(name, names_)));
                continue;
            }
            std::optional<std::string>& parent = each.resource.parent;
            if (parent && *parent != name)
                problems_.add(use.at, format("{{{}}}: '{}' has the parent '{}' already, and can have one only",
                                             use.placeholder.str(), each.resource.name, *parent));
            if (!parent) parent = name;
        }
        if (!each.resource.include_from_parent.empty() && !each.resource.parent)
            problems_.add(each.resource.at, format("'{}' has include_from_parent and no parent: no placeholder such as "
                                                   "{{resources.parent.field}} names one",
                                                   each.resource.name));
    }

    void check_incremental_uses(const ReadResource& each) {
        const auto& incremental = each.resource.incremental;
        for (const PlaceholderUse& use : each.uses) {
            if (use.placeholder.kind == Placeholder::Kind::parent_field) continue;
            const bool is_start = use.placeholder.kind == Placeholder::Kind::start_value;
            const std::string name = use.placeholder.str();
            if (!incremental)
                problems_.add(use.at, format("{{{}}}: '{}' is not incremental; say so with incremental = {{ "
                                             "cursor_path = ... }}",
                                             name, each.resource.name));
            else if (!use.may_be_left_out && !(is_start ? incremental->initial_value : incremental->end_value))
                problems_.add(use.at, format("{{{}}} needs {}: only a query parameter is left out when there is no "
                                             "value",
                                             name, is_start ? "'initial_value' for the first run" : "'end_value'"));
        }
    }

    void check_together(const Resource& resource) {
        const auto tell = [&](std::string_view what) {
            problems_.add(resource.at, format("'{}' {}", resource.name, what));
        };
        if (resource.write_disposition == WriteDisposition::merge && resource.primary_key.empty())
            tell("has write_disposition 'merge' and needs 'primary_key': which rows are the same?");
        if (resource.write_disposition == WriteDisposition::replace && resource.incremental)
            tell("is incremental and would replace its table by what is new: take 'merge' or 'append'");
        const bool has_lag = resource.incremental &&
                             (resource.incremental->lag != 0 || resource.incremental->lag_time != Duration::zero());
        if (resource.write_disposition == WriteDisposition::append && has_lag)
            tell("has a lag, which takes rows again, and would append them twice: take 'merge' and a 'primary_key'");
        if (!has_base_ && !is_url(resource)) tell("has a path and no 'base_url' in [client] that it could be below");
    }

    /// Told once for each circle, at the member of it that stands first.
    void check_circle(const Resource& start) {
        std::string way = start.name;
        const Resource* at = &start;
        for (std::size_t steps = 0; at->parent && steps < read_.size(); ++steps) {
            at = &find(*at->parent)->resource;
            way += " -> " + at->name;
            if (at->at < start.at) return;
            if (at == &start) return problems_.add(start.at, format("the resources are each other's parents: {}", way));
        }
    }

    /// A run of an incremental parent sees what is new, and replaces all that hangs on what was there before.
    void check_replaces(const Resource& resource) {
        if (resource.write_disposition != WriteDisposition::replace || !resource.selected) return;
        const Resource* above = &resource;
        for (std::size_t steps = 0; above->parent && steps < read_.size(); ++steps) {
            above = &find(*above->parent)->resource;
            if (!above->incremental || !above->selected) continue;
            return problems_.add(resource.at,
                                 format("'{}' would replace its table: its parent '{}' is incremental, so a run sees "
                                        "only what belongs to new rows of '{}'; take 'merge' or 'append'",
                                        resource.name, above->name, above->name));
        }
    }

    std::vector<ReadResource>& read_;
    bool has_base_;
    ConnectorProblems& problems_;
    std::vector<std::string_view> names_;
};

bool has(const std::vector<Resource>& resources, std::string_view name) {
    return std::ranges::find(resources, name, &Resource::name) != resources.end();
}

}  // namespace

std::vector<Resource> settle_resources(std::vector<ReadResource> read, bool has_base, ConnectorProblems& problems) {
    Settling(read, has_base, problems).check();
    std::vector<Resource> settled;
    if (!problems.empty()) return settled;
    // Each round takes at least one, since there is no circle.
    while (settled.size() < read.size())
        for (ReadResource& each : read) {
            const Resource& resource = each.resource;
            if (has(settled, resource.name) || (resource.parent && !has(settled, *resource.parent))) continue;
            settled.push_back(each.resource);
        }
    return settled;
}

}  // namespace trawl::fetch
