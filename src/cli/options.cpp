// The one file that names CLI11.
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string_view>
#include <vector>

#include "exit_code.hpp"
#include "paginators_help.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"

namespace trawl::cli {
namespace {

constexpr const char* kAbout =
    "trawl retrieves data concurrently: paginated HTTP/JSON APIs in, a Delta Lake table out.\n"
    "\n"
    "  trawl pull https://api.example.com/items               pagination, records and speed are found\n"
    "  trawl pull issues.toml --to lake/                      what a connector's file says\n"
    "  trawl sql \"select count(*) from items\" --lake lake     ask the lake\n"
    "  trawl get -i urls.txt --to files/                      a list of URLs into files\n"
    "  trawl ps 4711                                          what a pull that runs is doing\n"
    "  trawl help paginators                                  when the pagination is not found\n";

// More than this is no setting, but a mistake.
constexpr std::size_t kConcurrencyMax = 10'000;

struct Values {
    PullCommand pull;
    GetCommand get;
    SqlCommand sql;
    PsCommand ps;
    std::vector<std::string> headers;
    std::string topic;
};

void add_concurrency(CLI::App* app, std::optional<std::size_t>& concurrency) {
    app->add_option("--concurrency", concurrency, "Requests at once to a host, at most (default: found out)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, kConcurrencyMax).description(""));
}

void add_headers(CLI::App* app, std::vector<std::string>& headers) {
    app->add_option("--header", headers, "'Name: value', sent with every request to the URL's host; may be given again")
        ->type_name("TEXT")
        ->expected(1)
        ->take_all();
}

const std::map<std::string, WriteDisposition>& dispositions() {
    static const std::map<std::string, WriteDisposition> words{{"replace", WriteDisposition::replace},
                                                               {"append", WriteDisposition::append},
                                                               {"merge", WriteDisposition::merge}};
    return words;
}

/// What names a source, and what a URL does not say itself.
void add_source(CLI::App* app, SourceArguments& source, std::vector<std::string>& headers) {
    app->add_option("SOURCE", source.source, "The first page (https://host/path), or a connector's file (NAME.toml)")
        ->required();
    app->add_option("--records", source.url.records, "Where the records are in a page: $.items (default: found)");
    app->add_option("--paginator", source.url.paginator,
                    "How pages follow each other (default: found); see trawl help paginators");
    app->add_option("--primary-key", source.url.primary_key,
                    "A field that names a row; with it, rows that move while they are read are caught. May be given "
                    "again for a key of several")
        ->type_name("PATH")
        ->expected(1)
        ->take_all();
    add_headers(app, headers);
    app->add_option("--secrets", source.secrets_file,
                    "The file with the ${NAME} of a connector (default: secrets.toml beside it)")
        ->type_name("FILE");
    add_concurrency(app, source.concurrency);
    app->add_option("--ca-file", source.ca_file, "Certificates (PEM) to trust besides the system's");
}

CLI::App* add_pull(CLI::App& app, PullCommand& command, std::vector<std::string>& headers) {
    CLI::App* pull = app.add_subcommand("pull", "Pull all that a source has into tables");
    add_source(pull, command.source, headers);
    pull->add_option("--to", command.lake, "The lake's directory; created when it is missing")->capture_default_str();
    pull->add_option("--name", command.source.url.table, "The table's name (default: from the URL's path)");
    pull->add_option("--write-disposition", command.source.url.write_disposition,
                     "What becomes of the rows that the table has: replace (the default), append, or merge by primary "
                     "key")
        ->type_name("WORD")
        ->transform(CLI::CheckedTransformer(dispositions()).description(""));
    pull->add_option("--resource", command.only,
                     "Of a connector's resources only this one, with its parents; may be "
                     "given again")
        ->type_name("NAME")
        ->expected(1)
        ->take_all();
    pull->add_flag("--full-refresh", command.full_refresh,
                   "Incremental resources begin anew, and replace their tables");
    pull->add_option("--memory", command.memory_mb, "Megabytes that pages may take while they wait")
        ->type_name("MB")
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 20).description(""));
    const std::map<std::string, ProgressStyle> styles{
        {"auto", ProgressStyle::automatic}, {"json", ProgressStyle::json}, {"none", ProgressStyle::none}};
    pull->add_option("--progress", command.progress, "auto (the default), json (a line a second on stderr), or none")
        ->type_name("STYLE")
        ->transform(CLI::CheckedTransformer(styles).description(""));
    pull->add_flag("--quiet", command.quiet, "Print nothing but errors");
    return pull;
}

CLI::App* add_get(CLI::App& app, GetCommand& command, std::vector<std::string>& headers) {
    CLI::App* get = app.add_subcommand("get", "Fetch a list of URLs, each into a file");
    get->add_option("URL", command.urls, "What to fetch");
    get->add_option("-i,--input", command.list, "A file of URLs, a line each; - is standard input")->type_name("FILE");
    get->add_option("--to", command.to, "The files' directory; created when it is missing")->capture_default_str();
    get->add_flag("--skip-existing", command.skip_existing, "Leave out what is there already");
    add_headers(get, headers);
    add_concurrency(get, command.concurrency);
    get->add_option("--ca-file", command.ca_file, "Certificates (PEM) to trust besides the system's");
    get->add_flag("--quiet", command.quiet, "Print nothing but errors");
    return get;
}

CLI::App* add_sql(CLI::App& app, SqlCommand& command) {
    CLI::App* sql = app.add_subcommand("sql", "Run SQL over the lake's tables and print the answer");
    sql->add_option("QUERY", command.query, "DuckDB's SQL; each table of the lake is a view")->required();
    sql->add_option("--lake", command.lake, "The lake's directory")->capture_default_str();
    const std::map<std::string, SqlCommand::Format> formats{{"table", SqlCommand::Format::table},
                                                            {"csv", SqlCommand::Format::csv}};
    sql->add_option("--format", command.format, "table (the default; cut after 40 rows on a terminal) or csv")
        ->type_name("FORMAT")
        ->transform(CLI::CheckedTransformer(formats));
    return sql;
}

CLI::App* add_ps(CLI::App& app, PsCommand& command) {
    CLI::App* ps = app.add_subcommand("ps", "Show what the tasks of a running pull do, and where each waits");
    ps->add_option("PID", command.process, "The process: a trawl pull of the same user")
        ->required()
        ->check(CLI::Range(1, std::numeric_limits<pid_t>::max()).description(""));
    return ps;
}

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

Command settled(PullCommand command, const std::vector<std::string>& headers) {
    if (command.lake.empty()) throw UsageError("--to is empty: give the lake's directory");
    for (const std::string& header : headers) command.source.url.headers.push_back(split_header(header));
    const bool merges = command.source.url.write_disposition == WriteDisposition::merge;
    if (merges && command.source.url.primary_key.empty() && !is_connector(command.source.source))
        throw UsageError("--write-disposition merge needs --primary-key: what tells which rows are the same");
    return command;
}

Command settled(GetCommand command, const std::vector<std::string>& headers) {
    if (command.urls.empty() == command.list.empty())
        throw UsageError("name the URLs, or a file of them with -i; see trawl help get");
    for (const std::string& header : headers) command.headers.push_back(split_header(header));
    return command;
}

std::string help_on(const std::string& topic, const CLI::App& app) {
    if (topic.empty()) return app.help();
    if (topic == "exit-codes") return exit_codes_help();
    if (topic == "paginators") return paginators_help();
    constexpr std::array<std::string_view, 6> kTopics{"exit-codes", "paginators", "pull", "get", "sql", "ps"};
    if (std::find(kTopics.begin(), kTopics.end(), topic) != kTopics.end()) return app.get_subcommand(topic)->help();
    throw UsageError(format("there is no help on '{}'{}; use exit-codes, paginators, pull, get, sql or ps", topic,
                            did_you_mean(topic, kTopics)));
}

// CLI11 names what it did not expect in reverse; the first word is the one that was mistyped.
std::string unexpected(const std::vector<std::string>& words) {
    constexpr std::array<std::string_view, 27> kKnown{"pull",
                                                      "get",
                                                      "sql",
                                                      "ps",
                                                      "help",
                                                      "--to",
                                                      "--name",
                                                      "--records",
                                                      "--paginator",
                                                      "--ca-file",
                                                      "--concurrency",
                                                      "--header",
                                                      "--lake",
                                                      "--format",
                                                      "--version",
                                                      "--primary-key",
                                                      "--write-disposition",
                                                      "--resource",
                                                      "--secrets",
                                                      "--full-refresh",
                                                      "--memory",
                                                      "--progress",
                                                      "--quiet",
                                                      "--input",
                                                      "-i",
                                                      "--skip-existing",
                                                      "--help"};
    for (const std::string& word : words) {
        const std::string name = word.substr(0, word.find('='));  // what stands behind it may be a secret
        if (word.starts_with("-")) return format("there is no option {}{}", name, did_you_mean(name, kKnown));
    }
    if (words.front().find("://") != std::string::npos) return "a second URL was not expected";
    return format("'{}' was not expected{}; put a query with blanks in quotes", words.front(),
                  did_you_mean(words.front(), kKnown));
}

// One line, also for what CLI11 says in several.
[[noreturn]] void throw_usage(const CLI::ParseError& error) {
    std::string message = error.what();
    for (char& c : message) {
        if (c == '\n') c = ' ';
    }
    throw UsageError(message + "; see trawl --help");
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
    Values values;
    CLI::App app(kAbout, "trawl");
    app.set_version_flag("--version", "trawl " TRAWL_VERSION);
    app.require_subcommand(0, 1);  // a word that is no verb is then named as such
    CLI::App* pull = add_pull(app, values.pull, values.headers);
    CLI::App* get = add_get(app, values.get, values.headers);
    CLI::App* sql = add_sql(app, values.sql);
    const CLI::App* ps = add_ps(app, values.ps);
    CLI::App* help = app.add_subcommand("help", "Explain: exit-codes, paginators, or a verb");
    help->add_option("TOPIC", values.topic, "exit-codes, paginators, pull, get, sql, ps");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForVersion&) {
        return PrintCommand{app.version() + "\n"};
    } catch (const CLI::CallForAllHelp&) {
        return PrintCommand{app.help("", CLI::AppFormatMode::All)};
    } catch (const CLI::CallForHelp&) {
        return PrintCommand{app.help()};
    } catch (const CLI::ExtrasError&) {
        throw UsageError(unexpected(app.remaining(true)) + "; see trawl --help");
    } catch (const CLI::ParseError& error) {
        throw_usage(error);
    }
    if (*pull) return settled(std::move(values.pull), values.headers);
    if (*get) return settled(std::move(values.get), values.headers);
    if (*sql) return values.sql;
    if (*ps) return values.ps;
    if (!*help) throw UsageError("there is no verb: use trawl pull URL, or trawl sql QUERY; see trawl --help");
    return PrintCommand{help_on(values.topic, app)};
}

}  // namespace trawl::cli
