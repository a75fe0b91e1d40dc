/// A connector in words.
#include <algorithm>

#include "connector_keys.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/connector.hpp"
#include "trawl/fetch/hidden_secrets.hpp"

namespace trawl {
namespace {

std::string login_name(const Login& login) { return std::string(fetch::auth_types[login.index()]); }

/// A template with its placeholders, as it was written; values that are bound are nobody's secret. A value that is one
/// as a whole is hidden however short it is.
std::string request_line(const Resource& resource, const std::vector<std::string>& secrets) {
    std::string line = format("{} {}", resource.method, resource.path.str());
    char before = line.find('?') == std::string::npos ? '?' : '&';
    for (const auto& [name, value] : resource.params) {
        const bool is_secret = std::ranges::find(secrets, value.str()) != secrets.end();
        line += before + name + "=" + (is_secret ? "***" : value.str());
        before = '&';
    }
    return line;
}

std::string resource_line(const Resource& resource, const std::vector<std::string>& secrets) {
    std::string line = format("resource {}: {}", resource.name, request_line(resource, secrets));
    if (resource.parent) line += format(", for each row of {}", *resource.parent);
    if (resource.paginator) line += format(", paginator {}", resource.paginator->type);
    if (resource.data_selector) line += format(", records {}", resource.data_selector->str());
    if (resource.incremental) line += format(", incremental by {}", resource.incremental->cursor_path.str());
    if (resource.partitions) line += format(", partitions by {}", fetch::partition_types[resource.partitions->index()]);
    if (!resource.filters.empty()) line += format(", {} filters", resource.filters.size());
    if (!resource.selected) return line + ", not stored";
    return line + format(", {} {}", fetch::write_dispositions[static_cast<std::size_t>(resource.write_disposition)],
                         resource.table);
}

}  // namespace

std::string describe(const Connector& connector) {
    const ConnectorClient& client = connector.client;
    std::string text = format("source {}", client.base_url.empty() ? "of whole URLs" : client.base_url);
    if (client.login) text += format(", auth {}", login_name(*client.login));
    for (const auto& [name, value] : client.headers) text += format(", header {}", name);
    text += '\n';
    for (const Resource& resource : connector.resources) text += resource_line(resource, connector.secrets) + '\n';
    return HiddenSecrets(connector.secrets).hide(text);
}

}  // namespace trawl
