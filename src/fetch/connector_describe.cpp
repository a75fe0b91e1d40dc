/// A connector in words.
#include <algorithm>

#include "connector_keys.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/connector.hpp"

namespace trawl {
namespace {

std::string login_name(const Login& login) { return std::string(fetch::auth_types[login.index()]); }

/// A template with its placeholders, as it was written; values that are bound are nobody's secret.
std::string request_line(const Resource& resource) {
    std::string line = format("{} {}", resource.method, resource.path.str());
    char before = line.find('?') == std::string::npos ? '?' : '&';
    for (const auto& [name, value] : resource.params) {
        line += before + name + "=" + value.str();
        before = '&';
    }
    return line;
}

std::string resource_line(const Resource& resource) {
    std::string line = format("resource {}: {}", resource.name, request_line(resource));
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

void hide(std::string& text, const std::string& secret) {
    constexpr std::string_view mask = "***";
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + mask.size()))
        text.replace(at, secret.size(), mask);
}

}  // namespace

std::string describe(const Connector& connector) {
    const ConnectorClient& client = connector.client;
    std::string text = format("source {}", client.base_url.empty() ? "of whole URLs" : client.base_url);
    if (client.login) text += format(", auth {}", login_name(*client.login));
    for (const auto& [name, value] : client.headers) text += format(", header {}", name);
    text += '\n';
    for (const Resource& resource : connector.resources) text += resource_line(resource) + '\n';
    // The longest first: one secret may be a part of another.
    std::vector<std::string> secrets = connector.secrets;
    std::ranges::sort(secrets, std::ranges::greater(), &std::string::size);
    for (const std::string& secret : secrets) hide(text, secret);
    return text;
}

}  // namespace trawl
