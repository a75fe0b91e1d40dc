// What may be said behind `trawl sql` and `trawl ps`.
#include <limits>
#include <memory>

#include "options_parts.hpp"

namespace trawl::cli {

Verb add_sql(CLI::App& app) {
    auto command = std::make_shared<SqlCommand>();
    CLI::App* sql = app.add_subcommand("sql", "Run SQL over the lake's tables and print the answer");
    sql->add_option("QUERY", command->query,
                    "DuckDB's SQL; each table of the lake is a view. Of several statements each "
                    "answer is printed")
        ->required();
    sql->add_option("--lake", command->lake, "The lake's directory")->capture_default_str();
    add_choice<SqlCommand::Format>(sql, "--format", command->format,
                                   "table (the default; cut after 40 rows on a terminal) or csv", "FORMAT",
                                   {{"table", SqlCommand::Format::table}, {"csv", SqlCommand::Format::csv}});
    return {sql, [command]() -> Command { return *command; }};
}

Verb add_ps(CLI::App& app) {
    auto command = std::make_shared<PsCommand>();
    CLI::App* ps = app.add_subcommand("ps", "Show what the tasks of a running pull do, and where each waits");
    ps->add_option("PID", command->process, "The process: a trawl pull of the same user")
        ->required()
        ->check(whole_number(1, std::numeric_limits<pid_t>::max()));
    return {ps, [command]() -> Command { return *command; }};
}

}  // namespace trawl::cli
