/// Connector files: from the text to the struct, and what they say in words.
#include "trawl/fetch/connector.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "connector_keys.hpp"
#include "connector_parts.hpp"
#include "expand_secrets.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/net/file.hpp"

namespace trawl {

using fetch::ConnectorProblems;
using fetch::TableReader;
using fetch::TomlKind;
using fetch::TomlMember;
using fetch::TomlValue;

namespace {

/// A key may have two names, of which a file uses one.
const TomlMember* either(const TableReader& reader, std::string_view name, std::string_view other) {
    const TomlMember* first = reader.find(name);
    const TomlMember* second = reader.find(other);
    if (first && second)
        reader.problem(std::max(first->at, second->at),
                       format("'{}' and '{}' are the same: one of them is enough", name, other));
    return first ? first : second;
}

TomlValue table_or_empty(const TableReader& reader, const TomlMember* member) {
    if (member && member->value.is(TomlKind::table)) return member->value;
    if (member) reader.must_be(*member, "a table");
    return {};
}

/// A resource may be its name alone, as in dlt.
TomlValue named(const TomlValue& name) {
    TomlValue table;
    table.at = name.at;
    table.members.push_back({"name", name.at, name});
    return table;
}

std::vector<fetch::ReadResource> read_resources(const TableReader& reader, const TomlMember* list) {
    std::vector<fetch::ReadResource> read;
    ConnectorProblems& problems = reader.problems();
    const TomlValue defaults =
        fetch::resource_defaults(table_or_empty(reader, reader.find("resource_defaults")), problems);
    if (!list || (list->value.is(TomlKind::array) && list->value.items.empty())) {
        problems.add({1, 1}, "there is no resource: write [[resources]] and its name and path");
        return read;
    }
    if (!list->value.is(TomlKind::array)) reader.must_be(*list, "an array of tables, written [[resources]]");
    for (const TomlValue& item : list->value.items) {
        if (!item.is(TomlKind::table) && !item.is(TomlKind::string)) {
            problems.add(item.at, format("a resource must be a table or a name, not {}", kind_name(item)));
            continue;
        }
        const TomlValue merged =
            fetch::merged_resource(item.is(TomlKind::table) ? item : named(item), defaults, problems);
        read.push_back(fetch::read_resource(merged, problems));
    }
    return read;
}

}  // namespace

std::string PaginatorSpec::str() const {
    std::string text = type;
    for (const Option& option : options)
        text += (&option == options.data() ? ":" : ",") + option.name + "=" + option.text;
    return text;
}

std::vector<Placeholder> Resource::placeholders() const {
    std::vector<Placeholder> all = path.placeholders();
    const auto append = [&all](const std::vector<Placeholder>& more) {
        all.insert(all.end(), more.begin(), more.end());
    };
    for (const auto& [key, value] : params) append(value.placeholders());
    for (const auto& [key, value] : headers) append(value.placeholders());
    if (json) append(json->placeholders());
    return all;
}

const Resource* Connector::find(std::string_view name) const {
    const auto found = std::ranges::find(resources, name, &Resource::name);
    return found == resources.end() ? nullptr : &*found;
}

std::string join_url(std::string_view base_url, std::string_view path) {
    if (path.starts_with("http://") || path.starts_with("https://")) return std::string(path);
    if (path.empty()) return std::string(base_url);
    while (base_url.ends_with('/')) base_url.remove_suffix(1);
    while (path.starts_with('/')) path.remove_prefix(1);
    return format("{}/{}", base_url, path);
}

Connector parse_connector(std::string_view text, const std::string& file, const Secrets& secrets) {
    TomlValue root = fetch::read_toml(text, file, true);
    ConnectorProblems problems(file);
    Connector connector;
    connector.file = file;
    fetch::expand_secrets(root, secrets, connector.secrets, problems);
    const TableReader reader(root, "a connector", problems);
    reader.check_keys(fetch::file_keys);
    const TomlMember* client = either(reader, "client", "source");
    connector.client = fetch::read_client(table_or_empty(reader, client), connector.secrets, problems);
    auto read = read_resources(reader, either(reader, "resources", "resource"));
    const bool has_base = client && (!client->value.is(TomlKind::table) || client->value.find("base_url"));
    connector.resources = fetch::settle_resources(std::move(read), has_base, problems);
    problems.throw_if_any();
    return connector;
}

namespace {

Task<std::string> connector_text(std::string path) {
    try {
        co_return co_await read_file(path);
    } catch (const FileError& error) {
        if (error.code() != ENOENT) throw;
        throw UsageError(format("there is no file {}; check the path", path));
    }
}

}  // namespace

Task<Connector> read_connector(std::string path, std::optional<std::string> secrets_file) {
    const bool is_named = secrets_file.has_value();
    const std::filesystem::path beside = std::filesystem::path(path).parent_path() / "secrets.toml";
    const std::string secrets_path = secrets_file.value_or(beside.string());
    Secrets secrets = Secrets::from_environment();
    const std::string text = co_await connector_text(path);
    try {
        const std::string toml = co_await read_file(secrets_path);
        secrets.read(toml, secrets_path);
    } catch (const FileError& error) {
        if (is_named || error.code() != ENOENT) throw;
        secrets.looked_for(secrets_path);
    }
    co_return parse_connector(text, path, secrets);
}

}  // namespace trawl
