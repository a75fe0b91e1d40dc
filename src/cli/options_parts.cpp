// Options that several verbs have.
#include "options_parts.hpp"

#include "trawl/base/error.hpp"

namespace trawl::cli {
namespace {

// More than this is no setting, but a mistake.
constexpr std::size_t kConcurrencyMax = 10'000;

// "Authorization: Bearer x". The value may be a secret: it is not repeated.
std::pair<std::string, std::string> split_header(const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0) {
        throw UsageError("--header has no colon: write --header 'NAME: VALUE'");
    }
    return {text.substr(0, colon), text.substr(text.find_first_not_of(" \t", colon + 1) == std::string::npos
                                                   ? text.size()
                                                   : text.find_first_not_of(" \t", colon + 1))};
}

}  // namespace

void add_headers(CLI::App* app, std::vector<std::pair<std::string, std::string>>& headers) {
    const auto take = [&headers](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) headers.push_back(split_header(text));
    };
    app->add_option_function<std::vector<std::string>>(
           "--header", take, "'Name: value', sent with every request to the URL's host; may be given again")
        ->type_name("TEXT")
        ->expected(1)
        ->take_all();
}

void add_concurrency(CLI::App* app, std::optional<std::size_t>& concurrency) {
    app->add_option("--concurrency", concurrency, "Requests at once to a host, at most (default: found out)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, kConcurrencyMax).description(""));
}

void add_ca_file(CLI::App* app, std::string& ca_file) {
    app->add_option("--ca-file", ca_file, "Certificates (PEM) to trust besides the system's");
}

void add_resources(CLI::App* app, std::vector<std::string>& only, const char* what) {
    app->add_option("--resource", only, what)->type_name("NAME")->expected(1)->take_all();
}

void add_primary_key(CLI::App* app, std::vector<std::string>& primary_key) {
    app->add_option("--primary-key", primary_key,
                    "A field that names a row; with it, rows that move while they are read are caught. May be given "
                    "again for a key of several")
        ->type_name("PATH")
        ->expected(1)
        ->take_all();
}

void add_source(CLI::App* app, SourceArguments& source) {
    app->add_option("SOURCE", source.source, "The first page (https://host/path), or a connector's file (NAME.toml)")
        ->required();
    app->add_option("--records", source.url.records, "Where the records are in a page: $.items (default: found)");
    app->add_option("--paginator", source.url.paginator,
                    "How pages follow each other (default: found); see trawl help paginators");
    add_headers(app, source.url.headers);
    app->add_option("--secrets", source.secrets_file,
                    "The file with the ${NAME} of a connector (default: secrets.toml beside it)")
        ->type_name("FILE");
    add_ca_file(app, source.ca_file);
}

}  // namespace trawl::cli
