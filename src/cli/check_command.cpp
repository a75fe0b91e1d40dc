// `trawl check`: what a connector's file says, and what the first page of each resource tells.
#include <exception>
#include <optional>

#include "commands.hpp"
#include "log_lines.hpp"
#include "look_text.hpp"
#include "output.hpp"
#include "source_argument.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/log.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/pull/look.hpp"

namespace trawl::cli {
namespace {

std::string children_text(const Connector& connector) {
    std::string text;
    for (const Resource& resource : connector.resources) {
        if (resource.parent)
            text +=
                format("{}: asked for with each row of {}, so not now; see its rows with trawl preview --resource {}\n",
                       resource.name, *resource.parent, resource.name);
    }
    return text;
}

/// The first error is what the tool ends with; the others are told here.
std::exception_ptr tell(const std::vector<ResourceLook>& looks, const Connector& connector) {
    std::exception_ptr first;
    for (const ResourceLook& one : looks) {
        if (!one.error) {
            print_answer(look_text(one, connector.find(one.resource)->primary_key));
            continue;
        }
        if (first) print_status(format("trawl: {}: {}\n", one.resource, as_one_line(message_of(one.error))));
        if (!first) first = one.error;
    }
    return first;
}

}  // namespace

void run_check(const CheckCommand& command) {
    Connector connector = run(connector_of(command.source));
    hide_secrets_of(connector);
    if (is_connector(command.source.source)) print_answer(describe(connector));
    if (command.offline) return;
    LookOptions options(connector);
    options.only = command.only;
    options.ca_file = command.source.ca_file;
    options.log = log_at(command.source.log_level);
    const std::vector<ResourceLook> looks = run(look(std::move(options)));
    const std::exception_ptr error = tell(looks, connector);
    if (command.only.empty()) print_answer(children_text(connector));
    if (error) std::rethrow_exception(error);
}

}  // namespace trawl::cli
