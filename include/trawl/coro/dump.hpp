/// What every task of this thread's loop does: for whoever wonders why a program stands still.
#pragma once

#include <cstddef>
#include <string>

#include "trawl/coro/schedule.hpp"

namespace trawl {

/// One line for a task: its name or its function, what it waits for, and where, innermost first.
/// "fetch_page: waits for Semaphore (0 of 8 free), at pages.cpp:40 < main.cpp:12"
[[nodiscard]] std::string describe_task(const TaskNode& task);

/// The same right after a step of it: where it has come to, although it is still the task that runs now.
[[nodiscard]] std::string describe_stepped(const TaskNode& task);

/// Every task that was started and has not ended, as a tree: a line each, children below the task that started them.
/// At most `most` lines, then how many more there are. Empty when no loop runs on this thread.
[[nodiscard]] std::string dump_tasks(std::size_t most = 1000);

}  // namespace trawl
