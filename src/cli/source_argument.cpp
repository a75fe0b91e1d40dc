// A source as the command line names it.
#include "source_argument.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "output.hpp"
#include "trawl/base/base64.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"

namespace trawl::cli {
namespace {

namespace fs = std::filesystem;

/// Of the connectors in the same folder.
std::string nearest_file(const fs::path& path) {
    std::error_code error;
    std::vector<std::string> files;
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == ".toml") files.push_back((path.parent_path() / at->path().filename()).string());
    }
    std::ranges::sort(files);
    if (std::ranges::find(files, path.string() + ".toml") != files.end())
        return format("; did you mean '{}.toml'?", path.string());
    const std::vector<std::string_view> known(files.begin(), files.end());
    return did_you_mean(path.string(), known);
}

/// A file was meant, and it is not there, or no connector.
void refuse_other_files(const std::string& source) {
    std::error_code error;
    const fs::path path = source;
    const bool is_there = fs::is_regular_file(path, error);
    if (is_there && is_connector(source)) return;
    if (is_there)
        throw UsageError(
            format("{} is a file, and no connector: its name must end in .toml; see trawl help connectors", source));
    const std::string nearest = nearest_file(path);
    if (!nearest.empty()) throw UsageError(format("there is no file {}{}", source, nearest));
    constexpr std::array<std::string_view, 5> kEndings{".tml", ".tom", ".tmol", ".yaml", ".yml"};
    if (std::ranges::find(kEndings, path.extension()) != kEndings.end())
        throw UsageError(
            format("{} is neither a URL (https://host/path) nor a connector's file, whose name must end "
                   "in .toml",
                   source));
}

}  // namespace

bool is_connector(const std::string& source) {
    return source.ends_with(".toml") && !source.starts_with("http://") && !source.starts_with("https://");
}

Task<Connector> connector_of(SourceArguments arguments) {
    if (arguments.source.find_first_of("@?") == std::string::npos && arguments.source.find("://") == std::string::npos)
        refuse_other_files(arguments.source);  // with those, it is a URL, and there may be a secret in it
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

void hide_secrets_of(Connector& connector) {
    connector.on_secret = [](const std::string& token) { hide({token}); };
    std::vector<std::string> secrets = connector.secrets;
    if (!connector.client.login) return hide(secrets);
    // A server may repeat in an error what it was sent: basic authentication is the password in other letters.
    if (const auto* basic = std::get_if<BasicLogin>(&*connector.client.login))
        secrets.push_back(base64(basic->username + ":" + basic->password));
    if (const auto* oauth2 = std::get_if<OAuth2Login>(&*connector.client.login))
        secrets.push_back(base64(oauth2->client_id + ":" + oauth2->client_secret));
    hide(secrets);
}

}  // namespace trawl::cli
