// The tool's entry: parse, run the verb, turn what was thrown into one line on stderr and an exit code.
#include <exception>
#include <string>

#include "commands.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "output.hpp"
#include "trawl/base/format.hpp"

namespace trawl::cli {
namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

void run_command(const Command& command) {
    std::visit(
        Overloaded{[](const PullCommand& pull) { run_pull(pull); }, [](const SqlCommand& sql) { run_sql(sql); },
                   [](const PsCommand& ps) { run_ps(ps); }, [](const PrintCommand& text) { print_answer(text.text); }},
        command);
}

int run_tool(int argc, char** argv) {
    std::string after;
    prepare_standard_streams();
    try {
        const Command command = parse_command_line(argc, argv);
        if (std::holds_alternative<PullCommand>(command)) after = "; nothing was committed";
        run_command(command);
        return static_cast<int>(ExitCode::ok);
    } catch (const std::exception& error) {
        print_status(format("trawl: {}{}\n", as_one_line(error.what()), after));
        return static_cast<int>(exit_code(error));
    }
}

}  // namespace
}  // namespace trawl::cli

int main(int argc, char** argv) { return trawl::cli::run_tool(argc, argv); }
