// The one file that names CLI11.
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <limits>

#include "exit_code.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::cli {
namespace {

constexpr const char* kAbout =
    "trawl retrieves data concurrently: paginated HTTP/JSON APIs in, a Delta Lake table out.\n"
    "\n"
    "  trawl pull https://api.example.com/items            pagination and records are found\n"
    "  trawl sql \"select count(*) from items\" --lake lake   ask the lake";

struct Values {
    PullOptions pull{""};
    SqlCommand sql;
    std::string topic;
};

CLI::App* add_pull(CLI::App& app, PullOptions& options) {
    CLI::App* pull = app.add_subcommand("pull", "Pull everything that a URL's pages hold into one table");
    pull->add_option("URL", options.url, "The first page (http://...)")->required();
    pull->add_option("--to", options.lake, "The lake's directory; created when it is missing")->capture_default_str();
    pull->add_option("--name", options.table, "The table's name (default: from the URL's path)");
    pull->add_option("--records", options.records, "Where the records are in a page: $.items (default: found)");
    pull->add_option(
        "--paginator", options.paginator,
        "How pages follow each other (default: found): page_number, offset, cursor, json_link, header_link,\n"
        "single_page, each with parameters: page_number:page_param=p,total_path=$.pages");
    pull->add_option("--concurrency", options.concurrency, "Pages fetched at once")
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}));
    return pull;
}

CLI::App* add_sql(CLI::App& app, SqlCommand& command) {
    CLI::App* sql = app.add_subcommand("sql", "Run SQL over the lake's tables and print the answer");
    sql->add_option("QUERY", command.query, "DuckDB's SQL; each table of the lake is a view")->required();
    sql->add_option("--lake", command.lake, "The lake's directory")->default_str("lake");
    command.lake = "lake";
    return sql;
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
    CLI::App* pull = add_pull(app, values.pull);
    CLI::App* sql = add_sql(app, values.sql);
    CLI::App* help = app.add_subcommand("help", "Explain: exit-codes");
    help->add_option("TOPIC", values.topic, "exit-codes");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForVersion&) {
        return PrintCommand{app.version() + "\n"};
    } catch (const CLI::CallForAllHelp&) {
        return PrintCommand{app.help("", CLI::AppFormatMode::All)};
    } catch (const CLI::CallForHelp&) {
        return PrintCommand{app.help()};
    } catch (const CLI::ParseError& error) {
        throw_usage(error);
    }
    if (*pull) return PullCommand{values.pull};
    if (*sql) return values.sql;
    if (!*help) throw UsageError("there is no verb: use trawl pull URL, or trawl sql QUERY; see trawl --help");
    if (values.topic == "exit-codes") return PrintCommand{exit_codes_help()};
    if (!values.topic.empty()) {
        throw UsageError(format("there is no help on '{}'; there is: trawl help exit-codes", values.topic));
    }
    return PrintCommand{app.help()};
}

}  // namespace trawl::cli
