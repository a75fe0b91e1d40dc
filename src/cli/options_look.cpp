// What may be said behind the verbs that look at a source and write no table.
#include <cstdint>
#include <memory>

#include "options_parts.hpp"

namespace trawl::cli {
namespace {

// More is no look; trawl pull is for that.
constexpr std::uint64_t kRowsMax = 100'000;

// A commit each: a table's log grows by as many entries.
constexpr std::uint64_t kPartsMax = 10'000;

}  // namespace

Verb add_check(CLI::App& app) {
    auto command = std::make_shared<CheckCommand>();
    CLI::App* check = app.add_subcommand("check", "Say what is wrong with a connector, and what its first pages tell");
    add_source(check, command->source);
    add_primary_key(check, command->source.url.primary_key);
    add_resources(check, command->only, "Of a connector's resources only this one; may be given again");
    check->add_flag("--offline", command->offline, "Read the file and its secrets, and ask nobody");
    add_log_level(check, command->source.log_level);
    return {check, [command]() -> Command {
                require_connector(command->source, command->only);
                return *command;
            }};
}

Verb add_preview(CLI::App& app) {
    auto command = std::make_shared<PreviewCommand>();
    CLI::App* preview =
        app.add_subcommand("preview", "Show the first rows of a source, from as few requests as it takes");
    add_source(preview, command->source);
    preview->add_option("--resource", command->resource, "The connector's resource (default: its first that is stored)")
        ->type_name("NAME");
    preview->add_option("--rows", command->rows, "How many")
        ->type_name("N")
        ->capture_default_str()
        ->check(whole_number(1, kRowsMax));
    add_choice<PreviewCommand::Format>(preview, "--format", command->format,
                                       "table (the default), json (an object a line, as the source wrote it) or csv",
                                       "FORMAT",
                                       {{"table", PreviewCommand::Format::table},
                                        {"json", PreviewCommand::Format::json},
                                        {"csv", PreviewCommand::Format::csv}});
    add_log_level(preview, command->source.log_level);
    return {preview, [command]() -> Command {
                std::vector<std::string> only;
                if (!command->resource.empty()) only.push_back(command->resource);
                require_connector(command->source, only);
                return *command;
            }};
}

Verb add_plan(CLI::App& app) {
    auto command = std::make_shared<PlanCommand>();
    CLI::App* plan =
        app.add_subcommand("plan", "Split a source into partitions for trawl pull --partition, a line of JSON each");
    add_source(plan, command->source);
    add_resources(plan, command->only,
                  "Of a connector's resources only this one, with its children; may be given again");
    plan->add_option("--name", command->source.url.table, "The table's name (default: from the URL's path)");
    plan->add_option("--parts", command->parts, "Partitions of each resource, at most")
        ->type_name("N")
        ->capture_default_str()
        ->check(whole_number(1, kPartsMax));
    add_log_level(plan, command->source.log_level);
    return {plan, [command]() -> Command {
                require_connector(command->source, command->only);
                return *command;
            }};
}

Verb add_init(CLI::App& app) {
    auto command = std::make_shared<InitCommand>();
    CLI::App* init = app.add_subcommand("init", "Write what is found behind a URL as a connector's file");
    add_source(init, command->source);
    add_primary_key(init, command->source.url.primary_key);
    init->add_option("--name", command->source.url.table,
                     "The resource's and its table's name (default: from the URL's path)");
    init->add_option("-o,--output", command->output,
                     "The file, NAME.toml, which must not be there yet (default: print it)")
        ->type_name("FILE");
    add_log_level(init, command->source.log_level);
    return {init, [command]() -> Command { return *command; }};
}

}  // namespace trawl::cli
