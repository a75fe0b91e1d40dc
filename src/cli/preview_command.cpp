// `trawl preview`: the first rows.
#include "commands.hpp"
#include "csv.hpp"
#include "log_lines.hpp"
#include "output.hpp"
#include "row_table.hpp"
#include "source_argument.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/pull/look.hpp"

namespace trawl::cli {
namespace {

/// The first one whose rows are stored.
std::string first_resource(const Connector& connector) {
    for (const Resource& resource : connector.resources) {
        if (resource.selected) return resource.name;
    }
    return connector.resources.front().name;
}

std::string shown(const std::string& rows, PreviewCommand::Format form) {
    if (form == PreviewCommand::Format::json) return rows;
    const QueryResult result = table_of(rows);
    if (form == PreviewCommand::Format::csv) return csv(result);
    RenderOptions options;
    options.max_rows = 0;  // as many as were asked for
    return render(result, options);
}

}  // namespace

void run_preview(const PreviewCommand& command) {
    LookOptions options(run(connector_of(command.source)));
    hide_secrets_of(options.connector);
    options.ca_file = command.source.ca_file;
    options.log = log_at(command.source.log_level);
    std::string resource = command.resource.empty() ? first_resource(options.connector) : command.resource;
    print_answer(shown(run(first_rows(std::move(options), std::move(resource), command.rows)), command.format));
}

}  // namespace trawl::cli
