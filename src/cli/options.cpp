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
    "  trawl pull http://api.example.com/items                pagination and records are found\n"
    "  trawl sql \"select count(*) from items\" --lake lake     ask the lake\n"
    "  trawl ps 4711                                          what a pull that runs is doing\n"
    "  trawl help paginators                                  when the pagination is not found\n";

struct Values {
    PullOptions pull{""};
    SqlCommand sql;
    PsCommand ps;
    std::vector<std::string> headers;
    std::string topic;
};

CLI::App* add_pull(CLI::App& app, PullOptions& options, std::vector<std::string>& headers) {
    CLI::App* pull = app.add_subcommand("pull", "Pull everything that a URL's pages hold into one table");
    pull->add_option("URL", options.url, "The first page: https://host/path")->required();
    pull->add_option("--to", options.lake, "The lake's directory; created when it is missing")->capture_default_str();
    pull->add_option("--name", options.table,
                     "The table's name (default: from the URL's path); one that exists is replaced");
    pull->add_option("--records", options.records, "Where the records are in a page: $.items (default: found)");
    pull->add_option("--paginator", options.paginator,
                     "How pages follow each other (default: found); see trawl help paginators");
    pull->add_option("--concurrency", options.concurrency, "Pages fetched at once, 1 to 10000 [8]")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}).description(""));
    pull->add_option("--ca-file", options.ca_file, "Certificates (PEM) to trust besides the system's");
    pull->add_option("--header", headers,
                     "'Name: value', sent with every request to the URL's host; may be given again")
        ->type_name("TEXT")
        ->expected(1)
        ->take_all();
    return pull;
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

std::string help_on(const std::string& topic, const CLI::App& app) {
    if (topic.empty()) return app.help();
    if (topic == "exit-codes") return exit_codes_help();
    if (topic == "paginators") return paginators_help();
    constexpr std::array<std::string_view, 5> kTopics{"exit-codes", "paginators", "pull", "sql", "ps"};
    if (std::find(kTopics.begin(), kTopics.end(), topic) != kTopics.end()) return app.get_subcommand(topic)->help();
    throw UsageError(format("there is no help on '{}'{}; use exit-codes, paginators, pull, sql or ps", topic,
                            did_you_mean(topic, kTopics)));
}

// CLI11 names what it did not expect in reverse; the first word is the one that was mistyped.
std::string unexpected(const std::vector<std::string>& words) {
    constexpr std::array<std::string_view, 13> kKnown{"pull",   "sql",       "ps",          "help",          "--to",
                                                      "--name", "--records", "--paginator", "--concurrency", "--header",
                                                      "--lake", "--format",  "--version"};
    for (const std::string& word : words) {
        if (word.starts_with("-")) return format("there is no option {}{}", word, did_you_mean(word, kKnown));
    }
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
    CLI::App* sql = add_sql(app, values.sql);
    const CLI::App* ps = add_ps(app, values.ps);
    CLI::App* help = app.add_subcommand("help", "Explain: exit-codes, paginators, or a verb");
    help->add_option("TOPIC", values.topic, "exit-codes, paginators, pull, sql, ps");
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
    if (*pull) {
        if (values.pull.lake.empty()) throw UsageError("--to is empty: give the lake's directory");
        for (const std::string& header : values.headers) values.pull.headers.push_back(split_header(header));
        return PullCommand{values.pull};
    }
    if (*sql) return values.sql;
    if (*ps) return values.ps;
    if (!*help) throw UsageError("there is no verb: use trawl pull URL, or trawl sql QUERY; see trawl --help");
    return PrintCommand{help_on(values.topic, app)};
}

}  // namespace trawl::cli
