/// What another process's tasks do: the library's side of `trawl ps PID`.
///
///     group.spawn(report_tasks());      // from now on, trawl ps can ask this process
///
/// A process is asked over an abstract Unix socket that is named after its id, within its network namespace. It answers
/// its own user and root, and nobody else. The answer is dump_tasks() of the loop that reports, so that a loop one of
/// whose tasks runs on and on without waiting does not answer: that, too, is news.
#pragma once

#include <sys/types.h>

#include <string>

#include "trawl/coro/task.hpp"

namespace trawl {

/// Answers for as long as it is not destroyed. One per process: throws OsError (EADDRINUSE) when another one reports.
Task<> report_tasks();

/// What the tasks of `process` do, as dump_tasks() there says. Suspends for as long as the process takes to answer:
/// give it a timeout. Throws ConnectError when it does not run, is not ours, or does not report its tasks.
Task<std::string> ask_for_tasks(pid_t process);

}  // namespace trawl
