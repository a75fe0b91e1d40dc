#include "trawl/net/process.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "spawn.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace net {
namespace {

/// A descriptor that is closed when it is destroyed.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

private:
    int fd_ = -1;
};

// The first descriptor behind the three that a child's streams are put into.
constexpr int kFirstFree = 3;

/// A copy that children do not inherit, and that is in the way of none of their streams.
Descriptor out_of_the_way(int fd, const std::string& what) {
    const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, kFirstFree);
    if (copy < 0) throw OsError(errno, what);
    return Descriptor(copy);
}

Descriptor open_file(const std::string& path, int flags) {
    constexpr mode_t kMode = 0666;  // less the umask, as every program's
    const Descriptor opened(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, kMode));
    if (opened.get() < 0) throw OsError(errno, "open " + path);
    return out_of_the_way(opened.get(), "open " + path);
}

/// The child's end of a stream that is no pipe; none when it is inherited.
Descriptor open_end(const Stdio& stdio, int flags) {
    switch (stdio.kind()) {
        case Stdio::Kind::kNull:
            return open_file("/dev/null", flags);
        case Stdio::Kind::kFile:
            return open_file(stdio.path(), flags == O_RDONLY ? flags : flags | O_CREAT | O_TRUNC);
        case Stdio::Kind::kAppend:
            return open_file(stdio.path(), flags == O_RDONLY ? flags : flags | O_CREAT | O_APPEND);
        case Stdio::Kind::kDescriptor:
            return out_of_the_way(stdio.fd(), format("hand descriptor {} to a child", stdio.fd()));
        default:
            return {};
    }
}

/// A pipe for a child: its own end is blocking, as programs expect.
std::pair<Descriptor, Descriptor> pipe_for_child(bool child_reads) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw OsError(errno, "pipe");
    Descriptor reads(ends[0]);
    Descriptor writes(ends[1]);
    Descriptor& ours = child_reads ? writes : reads;
    Descriptor childs = out_of_the_way((child_reads ? reads : writes).get(), "pipe");
    ::fcntl(ours.get(), F_SETFL, ::fcntl(ours.get(), F_GETFL) | O_NONBLOCK);
    return {std::move(ours), std::move(childs)};
}

/// Opens one of the child's streams; the other end of a pipe becomes `ours`.
template <class Pipe>
Descriptor open_stream(const std::optional<Stdio>& stdio, int flags, Pipe& ours) {
    if (!stdio) return {};
    if (stdio->kind() != Stdio::Kind::kPipe) return open_end(*stdio, flags);
    auto ends = pipe_for_child(flags == O_RDONLY);
    ours = Pipe(ends.first.release());
    return std::move(ends.second);
}

bool leads_to_stdout(const std::optional<Stdio>& stdio) noexcept {
    return stdio && stdio->kind() == Stdio::Kind::kToStdout;
}

ExitStatus status_of(const siginfo_t& info) noexcept {
    return info.si_code == CLD_EXITED ? ExitStatus::of_code(info.si_status) : ExitStatus::of_signal(info.si_status);
}

/// Returns 0 with the process's end in `info` (si_pid is 0 when it runs), or the errno.
int wait_for(int pidfd, int options, siginfo_t& info) noexcept {
    int failed;
    do {
        info.si_pid = 0;
        failed = ::waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED | options);
    } while (failed != 0 && errno == EINTR);
    return failed == 0 ? 0 : errno;
}

void kill_now(pid_t pid) noexcept {
    const int patience = ::kill(pid, SIGKILL) == 0 ? 0 : WNOHANG;
    while (::waitpid(pid, nullptr, patience) < 0 && errno == EINTR) {
    }
}

// glibc 2.36 declares pidfd_open() and pidfd_send_signal() so that only C can call them.
int send_signal_to(int pidfd, int signal) noexcept {
    return static_cast<int>(::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0));
}

IoHandle open_pidfd(pid_t pid) {
    const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (fd < 0) throw OsError(errno, "pidfd_open");
    return IoHandle(fd);
}

}  // namespace

// ---- Child ----

Child::Child(pid_t pid, bool has_own_group) : pid_(pid), has_own_group_(has_own_group) {
    try {
        pidfd_ = open_pidfd(pid);
    } catch (...) {
        kill_now(pid);
        throw;
    }
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      has_own_group_(other.has_own_group_),
      pidfd_(std::move(other.pidfd_)),
      status_(std::exchange(other.status_, std::nullopt)) {}

Child& Child::operator=(Child&& other) noexcept {
    if (this == &other) return *this;
    end();
    pid_ = std::exchange(other.pid_, 0);
    has_own_group_ = other.has_own_group_;
    pidfd_ = std::move(other.pidfd_);
    status_ = std::exchange(other.status_, std::nullopt);
    return *this;
}

// The group is killed while its leader is a zombie: until it is reaped, no other group can have its number.
int Child::reap(bool waits) noexcept {
    if (!pidfd_.is_open()) return status_ ? 0 : ECHILD;
    const int patience = waits ? 0 : WNOHANG;
    siginfo_t info{};
    int error = wait_for(pidfd_.fd(), patience | WNOWAIT, info);
    if (error == 0 && info.si_pid == 0) return 0;
    if (error == 0 && has_own_group_) ::kill(-pid_, SIGKILL);
    if (error == 0) error = wait_for(pidfd_.fd(), 0, info);
    if (error == 0) status_ = status_of(info);
    pidfd_.close();
    return error;
}

int Child::signal(int number) noexcept {
    if (!pidfd_.is_open()) return 0;
    const int failed = has_own_group_ ? ::kill(-pid_, number) : send_signal_to(pidfd_.fd(), number);
    return failed == 0 || errno == ESRCH ? 0 : errno;
}

// A signal to a group has succeeded when one of it got it: the child itself is asked for.
bool Child::kill() noexcept {
    if (has_own_group_) ::kill(-pid_, SIGKILL);
    return send_signal_to(pidfd_.fd(), SIGKILL) == 0 || errno == ESRCH;
}

// A child that was not killed may run for ever, and the loop would stand still for as long.
void Child::end() noexcept {
    if (!pidfd_.is_open()) return;
    const bool killed = kill();
    reap(/*waits=*/killed);
    pidfd_.close();
}

}  // namespace net

// ---- ExitStatus and ProcessOutput ----

std::string ExitStatus::str() const {
    if (signal_ == 0) return format("exit code {}", code_);
    const char* name = ::sigabbrev_np(signal_);
    return name == nullptr ? format("killed by signal {}", signal_) : format("killed by SIG{}", name);
}

void ProcessOutput::check() const {
    if (status.ok()) return;
    constexpr std::size_t kQuoted = 2000;  // the end is where programs say what went wrong
    std::string_view said = errors;
    if (said.size() > kQuoted) said.remove_prefix(said.size() - kQuoted);
    while (said.ends_with('\n')) said.remove_suffix(1);
    throw ProcessError(format("{}: {}{}{}", program, status.str(), said.empty() ? "" : ": ", said));
}

// ---- Process ----

Process Process::start(const Command& command) {
    if (Loop::current().backend_name() == "virtual")
        throw UsageError("a VirtualLoop has no child processes: give the code under test what they would have written");
    Process process;
    process.program_ = command.program();
    net::Descriptor in = net::open_stream(command.stdin_source(), O_RDONLY, process.input_);
    net::Descriptor out = net::open_stream(command.stdout_sink(), O_WRONLY, process.output_);
    net::Descriptor err = net::open_stream(command.stderr_sink(), O_WRONLY, process.errors_);
    if (net::leads_to_stdout(command.stderr_sink()))
        err = net::out_of_the_way(out.get() >= 0 ? out.get() : STDOUT_FILENO, "copy standard output");
    const net::ChildStdio stdio{in.get(), out.get(), err.get()};
    process.child_ = net::Child(net::spawn(command, stdio), command.has_own_group());
    return process;
}

namespace {

template <class Pipe>
Pipe& require_open(Pipe& pipe, std::string_view stream) {
    if (!pipe.is_open())
        throw UsageError(format("{} is no pipe, or closed: the command must say Stdio::pipe() for it", stream));
    return pipe;
}

}  // namespace

PipeWriter& Process::input() { return require_open(input_, "standard input"); }

PipeReader& Process::output() { return require_open(output_, "standard output"); }

PipeReader& Process::errors() { return require_open(errors_, "standard error"); }

void Process::require_child() const {
    if (child_.pid() == 0) throw UsageError("this Process was moved from: its child is with the one it was moved to");
}

OsError Process::failure(int error) const {
    return {error, format("wait for '{}' (process {})", program_, child_.pid()),
            error == ECHILD ? "somebody else took its status: waitpid(-1), or an ignored SIGCHLD" : ""};
}

std::optional<ExitStatus> Process::status() {
    require_child();
    if (child_.status()) return child_.status();
    if (const int error = child_.reap(); error != 0) throw failure(error);
    return child_.status();
}

// status() of another task closes the descriptor when it takes the status.
Task<> Process::watch() {
    try {
        co_await child_.ended();
    } catch (const OsError& error) {
        if (child_.is_watched()) throw failure(error.code());
    }
}

Task<ExitStatus> Process::wait() {
    require_child();
    const Lock::Guard turn = co_await turn_->acquire();
    for (;;) {
        if (const std::optional<ExitStatus> ended = status()) co_return *ended;
        co_await watch();
    }
}

void Process::send_signal(int signal) {
    require_child();
    if (const int error = child_.signal(signal); error != 0)
        throw OsError(error, format("send signal {} to '{}' (process {})", signal, program_, child_.pid()));
}

Task<ExitStatus> Process::stop(Duration grace) {
    send_signal(SIGTERM);
    bool late = false;
    try {
        co_await timeout(grace, wait());
    } catch (const TimeoutError&) {
        late = true;
    }
    if (late) send_signal(SIGKILL);
    co_return co_await wait();
}

namespace {

Task<> feed(PipeWriter& pipe, std::string_view bytes) {
    if (!pipe.is_open()) co_return;
    try {
        co_await pipe.send(bytes);
    } catch (const OsError& error) {
        if (error.code() != EPIPE) throw;
    }
    pipe.close();
}

Task<std::string> read_to_end(PipeReader& pipe) {
    std::string all;
    while (pipe.is_open()) {
        Buffer buffer = co_await pipe.receive();
        if (buffer.empty()) pipe.close();
        all += buffer.view();
    }
    co_return all;
}

}  // namespace

// Its end is waited for at the same time as that of the pipes: it kills what of its group holds them open.
Task<ProcessOutput> Process::communicate(std::string_view input) {
    require_child();
    if (!input.empty()) require_open(input_, "standard input");
    auto all = co_await gather(feed(input_, input), read_to_end(output_), read_to_end(errors_), wait());
    co_return ProcessOutput(program_, std::get<3>(all), std::move(std::get<1>(all)), std::move(std::get<2>(all)));
}

Task<ProcessOutput> run_command(Command command, std::string input) {
    if (!input.empty() && !command.stdin_source()) command.stdin_from(Stdio::pipe());
    if (!command.stdin_source()) command.stdin_from(Stdio::null());
    if (!command.stdout_sink()) command.stdout_to(Stdio::pipe());
    if (!command.stderr_sink()) command.stderr_to(Stdio::pipe());
    Process process = Process::start(command);
    ProcessOutput output = co_await process.communicate(input);
    co_return output;
}

}  // namespace trawl
