// What may be said behind `trawl pull` and `trawl get`.
#include <memory>

#include "options_parts.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::cli {
namespace {

void add_disposition(CLI::App* app, WriteDisposition& disposition) {
    add_choice<WriteDisposition>(app, "--write-disposition", disposition,
                                 "What becomes of the rows that the table has: replace (the default), append, or merge "
                                 "by primary key",
                                 "WORD",
                                 {{"replace", WriteDisposition::replace},
                                  {"append", WriteDisposition::append},
                                  {"merge", WriteDisposition::merge}});
}

// "created=timestamp". The last '=' counts: a key may have one, a type has none.
ColumnHint split_column(const std::string& text) {
    const auto equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0)
        throw UsageError(format("--column {} has no type: write --column NAME=TYPE, such as created=timestamp", text));
    const std::string name = text.substr(0, equals), type = text.substr(equals + 1);
    try {
        return parse_column(name, type);
    } catch (const UsageError& error) {
        throw UsageError(format("--column {}: the type is '{}', and {}", text, type, error.what()));
    }
}

void add_columns(CLI::App* app, std::vector<ColumnHint>& columns) {
    const auto take = [&columns](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) columns.push_back(split_column(text));
    };
    app->add_option_function<std::vector<std::string>>("--column", take,
                                                       "The type of a column: text, bool, bigint, double, decimal, "
                                                       "decimal(10,2), timestamp, date or json (default: "
                                                       "that of its values); may be given again")
        ->type_name("NAME=TYPE")
        ->expected(1)
        ->take_all();
}

void add_progress(CLI::App* app, ProgressStyle& style) {
    add_choice<ProgressStyle>(
        app, "--progress", style, "auto (the default), json (a line a second on stderr), or none", "STYLE",
        {{"auto", ProgressStyle::automatic}, {"json", ProgressStyle::json}, {"none", ProgressStyle::none}});
}

Command settled(PullCommand command) {
    require_connector(command.source, command.only, command.full_refresh);
    if (command.lake.empty()) throw UsageError("--to is empty: give the lake's directory");
    const bool merges = command.source.url.write_disposition == WriteDisposition::merge;
    if (merges && command.source.url.primary_key.empty() && !is_connector(command.source.source))
        throw UsageError("--write-disposition merge needs --primary-key: what tells which rows are the same");
    if (!command.partitions.empty() && !command.only.empty())
        throw UsageError("a partition names its resource itself: leave --resource out");
    return command;
}

Command settled(GetCommand command) {
    if (command.urls.empty() == command.list.empty())
        throw UsageError("name the URLs, or a file of them with -i; see trawl help get");
    for (const std::string& url : command.urls) {
        if (url.find("://") == std::string::npos && std::filesystem::is_regular_file(url))
            throw UsageError(format("{} is a file, not a URL: for the URLs in it, write -i {}", url, url));
    }
    if (command.rows && command.skip_existing)
        throw UsageError("--skip-existing is for files: leave it out with --rows");
    if (command.disposition == WriteDisposition::merge && command.primary_key.empty())
        throw UsageError("--write-disposition merge needs --primary-key: what tells which rows are the same");
    return command;
}

}  // namespace

Verb add_pull(CLI::App& app) {
    auto command = std::make_shared<PullCommand>();
    CLI::App* pull = app.add_subcommand("pull", "Pull all that a source has into tables");
    add_source(pull, command->source);
    add_primary_key(pull, command->source.url.primary_key);
    add_columns(pull, command->source.url.columns);
    add_concurrency(pull, command->source.concurrency);
    pull->add_option("--to", command->lake, "The lake's directory; created when it is missing")->capture_default_str();
    pull->add_option("--name", command->source.url.table, "The table's name (default: from the URL's path)");
    add_disposition(pull, command->source.url.write_disposition);
    add_resources(pull, command->only,
                  "Of a connector's resources only this one, with its parents; may be given again");
    pull->add_option("--partition", command->partitions,
                     "Only this partition of a plan: its JSON, a file of lines of JSON, or - for standard input; see "
                     "trawl plan. May be given again")
        ->type_name("JSON|FILE|-")
        ->expected(1)
        ->take_all();
    pull->add_flag("--full-refresh", command->full_refresh,
                   "Incremental resources begin anew, and replace their tables");
    pull->add_option("--memory", command->memory_mb, "Megabytes that pages may take while they wait")
        ->type_name("MB")
        ->capture_default_str()
        ->check(whole_number(1, std::uint64_t{1} << 20));
    add_progress(pull, command->progress);
    pull->add_option(
            "--trace", command->trace,
            "Write how many requests at once each host was allowed, when, and what came of it: a JSON object a "
            "line")
        ->type_name("FILE");
    add_log_level(pull, command->source.log_level);
    return {pull, [command]() -> Command { return settled(*command); }};
}

Verb add_get(CLI::App& app) {
    auto command = std::make_shared<GetCommand>();
    CLI::App* get = app.add_subcommand("get", "Fetch a list of URLs, each into a file");
    get->add_option("URL", command->urls, "What to fetch");
    get->add_option("-i,--input", command->list, "A file of URLs, a line each; - is standard input")->type_name("FILE");
    get->add_option("--to", command->to, "The files' directory; created when it is missing")->capture_default_str();
    get->add_flag("--skip-existing", command->skip_existing, "Leave out what is there already");
    get->add_flag("--rows", command->rows, "Each URL is a JSON document: its rows into one table, and no files");
    get->add_option("--lake", command->lake, "With --rows: the lake's directory")->capture_default_str();
    get->add_option("--name", command->table, "With --rows: the table's name")->capture_default_str();
    get->add_option("--records", command->records,
                    "With --rows: where they are in a document: $.items (default: found)");
    add_primary_key(get, command->primary_key);
    add_disposition(get, command->disposition);
    add_headers(get, command->headers);
    add_concurrency(get, command->concurrency);
    add_ca_file(get, command->ca_file);
    add_log_level(get, command->log_level);
    return {get, [command]() -> Command { return settled(*command); }};
}

}  // namespace trawl::cli
