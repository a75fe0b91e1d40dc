// A source as the command line names it.
#include "source_argument.hpp"

#include "trawl/base/base64.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::cli {

bool is_connector(const std::string& source) {
    return source.ends_with(".toml") && !source.starts_with("http://") && !source.starts_with("https://");
}

Task<Connector> connector_of(SourceArguments arguments) {
    if (!is_connector(arguments.source)) co_return connector_for(arguments.source, arguments.url);
    const UrlSettings& given = arguments.url;
    const bool says_more = !given.table.empty() || given.records || given.paginator || !given.primary_key.empty() ||
                           !given.columns.empty() || !given.headers.empty() ||
                           given.write_disposition != WriteDisposition::replace;
    if (says_more)
        throw UsageError(
            format("{} says table, records, paginator, primary key, columns, disposition and headers itself: "
                   "leave the options out and write them there",
                   arguments.source));
    co_return co_await read_connector(arguments.source, arguments.secrets_file);
}

std::vector<std::string> secrets_of(const Connector& connector) {
    std::vector<std::string> secrets = connector.secrets;
    if (!connector.client.login) return secrets;
    // A server may repeat in an error what it was sent: basic authentication is the password in other letters.
    if (const auto* basic = std::get_if<BasicLogin>(&*connector.client.login))
        secrets.push_back(base64(basic->username + ":" + basic->password));
    if (const auto* oauth2 = std::get_if<OAuth2Login>(&*connector.client.login))
        secrets.push_back(base64(oauth2->client_id + ":" + oauth2->client_secret));
    return secrets;
}

}  // namespace trawl::cli
