/// What a resource gets from its defaults, and from a table `endpoint` as dlt has it.
#include <algorithm>

#include "connector_keys.hpp"
#include "connector_parts.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

constexpr std::array<std::string_view, 3> merged_keys = {"params", "json", "headers"};

/// What only a resource can have.
constexpr std::array<std::string_view, 1> own_keys = {"name"};

constexpr std::array<KeyAdvice, 4> resource_advice = {
    {{"auth", "it stands in [client], for all requests"},
     {"data", "a form cannot be sent: 'json' is the body"},
     {"processing_steps", "'filters' say which rows are kept"},
     {"parallelized", "pages are fetched concurrently, as many as the source can serve"}}};

bool contains(std::span<const std::string_view> words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

/// dlt's short form of an endpoint is its path.
TomlValue endpoint_of(const TomlMember& endpoint, ConnectorProblems& problems) {
    TomlValue table;
    if (endpoint.value.is(TomlKind::table)) {
        TableReader(endpoint.value, "endpoint", problems).check_keys(endpoint_keys, resource_advice);
        table = endpoint.value;
        std::erase_if(table.members, [](const TomlMember& member) { return !contains(endpoint_keys, member.name); });
    } else if (endpoint.value.is(TomlKind::string)) {
        table.members.push_back({"path", endpoint.at, endpoint.value});
    } else {
        problems.add(endpoint.value.at, "'endpoint' must be a table or a path");
    }
    return table;
}

TomlValue without_endpoint(const TomlValue& table, ConnectorProblems& problems) {
    const TomlMember* endpoint = table.find("endpoint");
    if (!endpoint) return table;
    TomlValue flat = table;
    std::erase_if(flat.members, [](const TomlMember& member) { return member.name == "endpoint"; });
    for (const TomlMember& member : endpoint_of(*endpoint, problems).members) {
        if (flat.find(member.name))
            problems.add(member.at, format("'{}' stands in the resource and in its endpoint", member.name));
        else
            flat.members.push_back(member);
    }
    return flat;
}

/// `over`'s members, and those of `under` that it has not, in front of them.
void put_under(TomlValue& over, const TomlValue& under) {
    std::vector<TomlMember> members;
    for (const TomlMember& member : under.members)
        if (!over.find(member.name)) members.push_back(member);
    over.members.insert(over.members.begin(), members.begin(), members.end());
}

}  // namespace

TomlValue merged_resource(const TomlValue& resource, const TomlValue& defaults, ConnectorProblems& problems) {
    TomlValue merged = without_endpoint(resource, problems);
    TableReader(merged, "[[resources]]", problems).check_keys(resource_keys, resource_advice);
    for (TomlMember& member : merged.members) {
        const TomlMember* under = contains(merged_keys, member.name) ? defaults.find(member.name) : nullptr;
        if (under && under->value.is(TomlKind::table) && member.value.is(TomlKind::table))
            put_under(member.value, under->value);
    }
    put_under(merged, defaults);
    return merged;
}

TomlValue resource_defaults(const TomlValue& table, ConnectorProblems& problems) {
    TomlValue flat = without_endpoint(table, problems);
    TableReader(flat, "[resource_defaults]", problems).check_keys(resource_keys, resource_advice);
    for (const std::string_view key : own_keys)
        if (const TomlMember* own = flat.find(key))
            problems.add(own->at, format("'{}' is a resource's own and has no default", key));
    std::erase_if(flat.members, [](const TomlMember& member) { return contains(own_keys, member.name); });
    return flat;
}

}  // namespace trawl::fetch
