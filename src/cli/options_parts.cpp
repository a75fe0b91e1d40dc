// Options that several verbs have.
#include "options_parts.hpp"

#include <charconv>

#include "other_words.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

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

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

std::function<std::string(const std::string&)> whole_number(std::uint64_t least, std::uint64_t most) {
    return [least, most](const std::string& text) -> std::string {
        std::uint64_t number = 0;
        const char* end = text.data() + text.size();
        const auto read = std::from_chars(text.data(), end, number);
        if (read.ec == std::errc{} && read.ptr == end && number >= least && number <= most) return "";
        return format("'{}' is no whole number from {} to {}", text, least, most);
    };
}

CLI::ValidationError no_choice(const char* name, const std::string& word, const std::vector<std::string>& words) {
    const std::vector<std::string_view> known(words.begin(), words.end());
    return CLI::ValidationError(name, format("'{}' is none of {}{}", word, listed(words), meant(word, known)));
}

void add_log_level(CLI::App* app, LogLevel& level) {
    CLI::Option* const option = add_choice<LogLevel>(
        app, "--log-level", level,
        "What is told: error, warning, info (the default), or debug: a line on stderr for each request, "
        "retry, change of a limit, and commit",
        "WORD",
        {{"error", LogLevel::error},
         {"warning", LogLevel::warning},
         {"info", LogLevel::info},
         {"debug", LogLevel::debug}});
    const auto be_quiet = [&level] { level = LogLevel::error; };
    app->add_flag_callback("--quiet", be_quiet, "The same as --log-level error")->excludes(option);
}

void require_connector(const SourceArguments& source, const std::vector<std::string>& only, bool full_refresh) {
    if (is_connector(source.source)) return;
    std::string_view name;
    if (full_refresh) name = "--full-refresh";
    if (source.secrets_file) name = "--secrets";
    if (!only.empty()) name = "--resource";
    if (!name.empty())
        throw UsageError(format("{} is for a connector's file (NAME.toml): leave it out with a URL", name));
}

void add_headers(CLI::App* app, std::vector<std::pair<std::string, std::string>>& headers) {
    const auto take = [&headers](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) headers.push_back(split_header(text));
    };
    app->add_option_function<std::vector<std::string>>(
           "-H,--header", take, "'Name: value', sent with every request to the URL's host; may be given again")
        ->type_name("TEXT")
        ->expected(1)
        ->take_all();
}

void add_concurrency(CLI::App* app, std::optional<std::size_t>& concurrency) {
    app->add_option("--concurrency", concurrency, "Requests at once to a host, at most (default: found out)")
        ->type_name("N")
        ->check(whole_number(1, kConcurrencyMax));
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
