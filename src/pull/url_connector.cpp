// The connector that a URL is.
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/pull/pull.hpp"

namespace trawl {

Connector connector_for(const std::string& url, const UrlSettings& settings) {
    for (const std::string& key : settings.primary_key)
        if (key.empty()) throw UsageError("--primary-key names no field: name one, such as id, or leave it out");
    Resource resource;
    resource.name = settings.table.empty() ? table_name_for(url) : settings.table;
    resource.table = resource.name;
    // A parsed URL has no braces: they are percent-encoded.
    resource.path = Template::parse(Url::parse(url).str(), Template::Use::text);
    if (settings.records) resource.data_selector = JsonPath::parse(*settings.records);
    if (settings.paginator)
        resource.paginator.emplace().type = *settings.paginator;  // with its options, as it is written
    resource.primary_key = settings.primary_key;
    resource.columns = settings.columns;
    resource.write_disposition = settings.write_disposition;
    Connector connector;
    connector.client.headers = settings.headers;
    connector.resources.push_back(std::move(resource));
    for (const auto& [name, value] : settings.headers) connector.secrets.push_back(value);
    return connector;
}

}  // namespace trawl
