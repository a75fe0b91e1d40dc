// `trawl ps`: what the tasks of a running trawl do.
#include <chrono>

#include "commands.hpp"
#include "output.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/task_report.hpp"

namespace trawl::cli {
namespace {

// A task that runs for so long without waiting is what is to be found out.
constexpr auto kPatience = std::chrono::seconds(5);

Task<std::string> ask(pid_t process) {
    try {
        co_return co_await timeout(kPatience, ask_for_tasks(process));
    } catch (const TimeoutError&) {
        throw TimeoutError(
            format("process {} does not answer: for 5 s, one of its tasks has run without waiting "
                   "(a debugger shows which), or the process is stopped",
                   process));
    }
}

}  // namespace

void run_ps(const PsCommand& command) { print_answer(run(ask(command.process))); }

}  // namespace trawl::cli
