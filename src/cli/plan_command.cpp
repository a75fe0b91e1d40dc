// `trawl plan`: a source as partitions.
#include "commands.hpp"
#include "log_lines.hpp"
#include "output.hpp"
#include "source_argument.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/pull/plan.hpp"

namespace trawl::cli {

void run_plan(const PlanCommand& command) {
    PlanOptions options(run(connector_of(command.source)));
    hide_secrets_of(options.connector);
    options.only = command.only;
    options.ca_file = command.source.ca_file;
    options.log = log_at(command.source.log_level);
    options.parts = command.parts;
    const PullPlan made = run(plan(std::move(options)));
    for (const std::string& note : made.notes) print_status(format("trawl: {}\n", as_one_line(note)));
    if (made.partitions.empty()) throw UsageError("there is nothing to split");
    std::string lines;
    for (const PullPartition& partition : made.partitions) lines += to_json(partition) + "\n";
    print_answer(lines);
}

}  // namespace trawl::cli
