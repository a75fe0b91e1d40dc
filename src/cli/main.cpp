// The tool's entry: parse, run the verb, turn what was thrown into one line on stderr and an exit code.
#include <malloc.h>

#include <algorithm>
#include <exception>
#include <string>

#include "commands.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "output.hpp"
#include "pull_failed.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::cli {
namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

void run_command(const Command& command) {
    std::visit(
        Overloaded{[](const PullCommand& pull) { run_pull(pull); }, [](const CheckCommand& check) { run_check(check); },
                   [](const PreviewCommand& preview) { run_preview(preview); },
                   [](const InitCommand& init) { run_init(init); }, [](const PlanCommand& plan) { run_plan(plan); },
                   [](const GetCommand& get) { run_get(get); }, [](const SqlCommand& sql) { run_sql(sql); },
                   [](const PsCommand& ps) { run_ps(ps); }, [](const PrintCommand& text) { print_answer(text.text); }},
        command);
}

// What the lake says of its own table; of several there may be others.
std::string_view without_verdict(std::string_view message) {
    for (const std::string_view verdict : {"; nothing was committed", ": nothing was committed"})
        if (message.ends_with(verdict)) message.remove_suffix(verdict.size());
    return message;
}

// How credentials are given is the tool's to say.
std::string_view advice_on(const std::exception& error) {
    constexpr int kUnauthorized = 401;
    const auto* refused = dynamic_cast<const StatusError*>(&error);
    const bool had_login = std::string_view(error.what()).find("does not accept the login") != std::string_view::npos;
    if (refused == nullptr || refused->status() != kUnauthorized || had_login) return "";
    return "; give them with --header, or with auth in a connector (trawl help connectors)";
}

// `before`, `after`: whose error it is, and what became of the rest, of a pull.
int report(const std::exception& error, const std::string& before = {}, const std::string& after = {}) {
    const bool is_of_a_pull = !before.empty() || !after.empty();
    const std::string message = as_one_line(is_of_a_pull ? without_verdict(error.what()) : error.what());
    print_status(format("trawl: {}{}{}{}\n", before, message, advice_on(error), after));
    return static_cast<int>(exit_code(error));
}

// One line for each line of the message: a connector's problems have their own.
int report(const ConnectorError& error) {
    std::string_view rest = error.what();
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        print_status(format("trawl: {}\n", as_one_line(line)));
    }
    return static_cast<int>(exit_code(error));
}

int report(const std::exception_ptr& cause, const std::string& before, const std::string& after) {
    try {
        std::rethrow_exception(cause);
    } catch (const ConnectorError& error) {
        return report(error);
    } catch (const std::exception& error) {
        return report(error, before, after);
    }
}

// The first error says how the tool ends. What became of the rest is behind the only one, or below them.
int report(const PullFailed& failed) {
    const auto& causes = failed.causes();
    if (causes.size() == 1) return report(causes.front().error, "", "; " + failed.after());
    int first = 0;
    for (const ResourceFailure& cause : causes) {
        const int code = report(cause.error, cause.resource + ": ", "");
        if (first == 0) first = code;
    }
    print_status(format("trawl: {}\n", as_one_line(failed.after())));
    return first;
}

// Pages are allocated by the loop's thread and freed by those that write them. With a heap for each thread, what they
// free is of no use to the loop: memory grew with the pages, by 12 MB per million.
void share_one_heap() { ::mallopt(M_ARENA_MAX, 1); }

int run_tool(int argc, char** argv) {
    share_one_heap();
    prepare_standard_streams();
    try {
        run_command(parse_command_line(argc, argv));
        return static_cast<int>(ExitCode::ok);
    } catch (const PullFailed& failed) {
        return report(failed);
    } catch (const ConnectorError& error) {
        return report(error);
    } catch (const std::exception& error) {
        return report(error);
    }
}

}  // namespace
}  // namespace trawl::cli

int main(int argc, char** argv) { return trawl::cli::run_tool(argc, argv); }
