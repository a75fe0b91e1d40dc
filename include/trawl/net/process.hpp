/// Process: a child process, which does not outlive the object that stands for it.
///
///     Process sort = Process::start(Command("sort").stdin_from(Stdio::pipe()).stdout_to(Stdio::pipe()));
///     ProcessOutput sorted = co_await sort.communicate("b\na\n");
///
///     ProcessOutput log = co_await timeout(10s, run_command(Command("git", "log", "-1")));
///     log.check();
///
/// Rules: destroying a Process whose child runs kills it (SIGKILL) and reaps it, also when a timeout or a cancelled
/// task does so; nothing is detached. One that may not be killed (it runs as somebody else: EPERM) is let go instead,
/// and not waited for: it is a zombie from its end to the program's. A child that should have the chance to tidy up is
/// ended with stop(). Its status is waited for through a pidfd (pidfd_open(2)): no SIGCHLD handler is installed, and
/// children of others are left alone. A program must not take the status away (SIGCHLD ignored, waitpid(-1)).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/loop/ready.hpp"
#include "trawl/net/command.hpp"
#include "trawl/net/pipe.hpp"
#include "trawl/sync/lock.hpp"

namespace trawl {

/// How a process ended: it returned a code, or a signal killed it.
class ExitStatus {
public:
    static ExitStatus of_code(int code) noexcept { return {code, 0}; }
    static ExitStatus of_signal(int signal) noexcept { return {0, signal}; }

    /// It returned 0.
    [[nodiscard]] bool ok() const noexcept { return code_ == 0 && signal_ == 0; }
    /// Nothing when a signal killed it.
    [[nodiscard]] std::optional<int> code() const noexcept {
        return signal_ == 0 ? std::optional(code_) : std::nullopt;
    }
    /// Nothing when it returned.
    [[nodiscard]] std::optional<int> signal() const noexcept {
        return signal_ == 0 ? std::nullopt : std::optional(signal_);
    }
    /// "exit code 1", "killed by SIGKILL".
    [[nodiscard]] std::string str() const;

    bool operator==(const ExitStatus&) const = default;

private:
    ExitStatus(int code, int signal) noexcept : code_(code), signal_(signal) {}

    int code_;
    int signal_;
};

/// What a process left behind.
class ProcessOutput {
public:
    ProcessOutput(std::string name, ExitStatus end, std::string from_stdout, std::string from_stderr)
        : program(std::move(name)), status(end), output(std::move(from_stdout)), errors(std::move(from_stderr)) {}

    /// Throws ProcessError, with the end of what it wrote to standard error, unless status.ok().
    void check() const;

    std::string program;
    ExitStatus status;
    std::string output;  // what it wrote to standard output, when that was a pipe
    std::string errors;  // the same of standard error
};

namespace net {

/// A running process, killed and reaped when it is destroyed before it has ended; let go when it may not be killed.
class Child {
public:
    Child() = default;
    /// Takes over the child `pid`, which nobody has waited for. Throws OsError, and has killed it then.
    Child(pid_t pid, bool has_own_group);
    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    ~Child() { end(); }

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] const std::optional<ExitStatus>& status() const noexcept { return status_; }
    /// False once its status was taken, by us or by somebody else.
    [[nodiscard]] bool is_watched() const noexcept { return pidfd_.is_open(); }
    /// Waits until its status can be taken. One task at a time; fails with ECANCELED when it is taken meanwhile.
    [[nodiscard]] auto ended() { return pidfd_.begin<loop::Ready>(loop::Direction::kRead); }
    /// Takes the status, if there is one by now. Returns 0, or the errno of the system call.
    int reap() noexcept { return reap(/*waits=*/false); }
    /// Returns 0, or the errno. A child that has ended receives nothing.
    int signal(int number) noexcept;

private:
    int reap(bool waits) noexcept;
    bool kill() noexcept;
    void end() noexcept;

    pid_t pid_ = 0;
    bool has_own_group_ = false;
    IoHandle pidfd_;  // open until the status is known
    std::optional<ExitStatus> status_;
};

}  // namespace net

/// Not moved or destroyed while a task waits for it. One that was moved from has no child: what is asked of it is a
/// UsageError.
class Process {
public:
    /// Starts the command. The thread stands still until the program runs or is known not to: a millisecond or so.
    /// Throws OsError, which names the program: ENOENT, EACCES, ENOEXEC, ENOTDIR (no such directory to run it in: it is
    /// named instead), E2BIG, EMFILE...; UsageError for a zero byte in what it is given, without a loop, and on a
    /// VirtualLoop.
    static Process start(const Command& command);

    /// 0 when it was moved from.
    [[nodiscard]] pid_t pid() const noexcept { return child_.pid(); }
    /// The pipe to its standard input, and those from its standard output and standard error. Throw UsageError when the
    /// command did not say Stdio::pipe() for it.
    PipeWriter& input();
    PipeReader& output();
    PipeReader& errors();

    /// Waits for its end. May be called again, and by any number of tasks at once, also beside status() and stop(). A
    /// child that writes to a pipe that nobody reads never ends: see communicate(). Throws OsError (ECHILD when
    /// somebody else took its status away).
    [[nodiscard]] Task<ExitStatus> wait();
    /// How it ended, if it has. Throws OsError, as wait() does.
    [[nodiscard]] std::optional<ExitStatus> status();
    /// Sends it a signal; nothing when it has ended: never to another process that has its number now. Throws OsError.
    void send_signal(int signal);
    /// Asks it to end (SIGTERM), kills it when it has not within `grace`, and waits for its end.
    [[nodiscard]] Task<ExitStatus> stop(Duration grace = std::chrono::seconds(5));

    /// Feeds `input` to its standard input and closes it, reads standard output and standard error to their ends (all
    /// that are pipes, and all at the same time, so that neither side waits for the other for ever) and waits for its
    /// end. A child that does not read all of its input is no error. What it left to run in the background keeps the
    /// pipes open, and is waited for, unless it is of the child's own_group(): that is killed when the child has ended.
    /// `input` must stay as it is until the Task has ended: a Task that is kept must not be given a temporary. Throws
    /// UsageError for an input without a pipe.
    [[nodiscard]] Task<ProcessOutput> communicate(std::string_view input = {});

private:
    Process() = default;
    void require_child() const;
    [[nodiscard]] Task<> watch();
    [[nodiscard]] OsError failure(int error) const;

    std::string program_;
    std::unique_ptr<Lock> turn_ = std::make_unique<Lock>();  // whose it is to wait at the pidfd: the others wait for it
    PipeWriter input_;
    PipeReader output_;
    PipeReader errors_;
    net::Child child_;  // last: it is killed while its pipes are open
};

/// Starts the command, feeds it `input` and gives what it wrote, once it has ended. Standard output and standard error
/// are pipes unless the command says otherwise; standard input is empty when there is no `input`. Throws OsError when
/// it cannot be started; a status that is not 0 is no error before ProcessOutput::check().
[[nodiscard]] Task<ProcessOutput> run_command(Command command, std::string input = {});

}  // namespace trawl
