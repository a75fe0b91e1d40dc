/// Any text as a connector's file. What is refused names a place and no secret; what is read can be used.
#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "trawl/base/error.hpp"
#include "trawl/fetch/connector.hpp"

namespace trawl {
namespace {

// Unlike anything that a message says by itself.
constexpr std::string_view kSecret = "Zq7#{wX}";
constexpr std::string_view kRow = R"({"id":7,"name":"a/b","at":"2024-02-29T12:00:00Z","list":[1,{"x":null}]})";

Secrets secrets() {
    return Secrets([](const std::string& name) -> std::optional<std::string> {
        if (name != "S") return std::nullopt;
        return std::string(kSecret);
    });
}

bool tells_secret(std::string_view text) { return text.find(kSecret) != std::string_view::npos; }

void bind(const Resource& resource, const TemplateValues& values) {
    try {
        (void)resource.path.bind(values);
        for (const auto& [name, value] : resource.params) (void)value.bind(values);
        for (const auto& [name, value] : resource.headers) (void)value.bind(values);
        if (resource.json) (void)JsonReader().parse(resource.json->bind(values));
    } catch (const FetchError&) {  // ignored: the row lacks a field
    }
}

void check_partitions(const Partitioning& partitioning) {
    try {
        const auto partitions = plan_partitions(partitioning, std::chrono::sys_days(std::chrono::January / 1 / 2025));
        fuzz::require(partitions.size() <= kPartitionsMax);
    } catch (const UsageError&) {  // ignored: too many up to that moment
    }
}

void check_cursor(const Resource& resource, JsonView row) {
    try {
        IncrementalCursor cursor(*resource.incremental, resource.primary_key);
        (void)cursor.observe(row);
        const std::string state = cursor.state();
        if (state.empty()) return;
        IncrementalCursor next(*resource.incremental, resource.primary_key, state);
        fuzz::require(next.state() == state);
    } catch (const FetchError&) {  // ignored: the row has no such value, or its lag none
    }
}

void check(const Resource& resource) {
    JsonReader reader;
    TemplateValues values;
    values.row = reader.parse_record(kRow);
    values.start_value = JsonScalar{JsonScalar::Kind::string, "2024"};
    values.end_value = values.start_value;
    bind(resource, values);
    (void)keeps(resource.filters, *values.row);
    if (resource.data_selector)
        fuzz::require(JsonPath::parse(resource.data_selector->str()) == *resource.data_selector);
    if (resource.partitions) check_partitions(*resource.partitions);
    if (resource.incremental) check_cursor(resource, *values.row);
}

void check(std::string_view text) {
    const Connector connector = parse_connector(text, "c.toml", secrets());
    fuzz::require(!connector.resources.empty());
    const std::string words = describe(connector);
    fuzz::require(!tells_secret(words));
    fuzz::require(describe(parse_connector(text, "c.toml", secrets())) == words);
    for (const Resource& resource : connector.resources) {
        fuzz::require(!resource.name.empty() && (!resource.parent || connector.find(*resource.parent) < &resource));
        check(resource);
    }
}

void check_refusal(const ConnectorError& error) {
    fuzz::require(!error.problems().empty());
    for (const std::string& problem : error.problems())
        fuzz::require(problem.starts_with("c.toml:") && !tells_secret(problem));
}

}  // namespace
}  // namespace trawl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = trawl::fuzz::text_of(data, size);
    if (trawl::tells_secret(text)) return 0;  // then it is none
    try {
        trawl::check(text);
    } catch (const trawl::ConnectorError& error) {
        trawl::check_refusal(error);
    }
    return 0;
}
