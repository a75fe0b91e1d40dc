// `trawl pull`: the pull itself, its progress on stderr, and an ear for SIGINT, side by side in one group.
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "commands.hpp"
#include "interrupted.hpp"
#include "line_reader.hpp"
#include "log_lines.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "pull_failed.hpp"
#include "source_argument.hpp"
#include "trace_file.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/signal.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/task_report.hpp"

namespace trawl::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kRedrawEvery = 100ms;  // as often as an eye can follow
constexpr auto kLogEvery = 5s;        // a log is read later: a dozen lines a minute
constexpr auto kJsonEvery = 1s;       // a program reads it

/// The state that the tasks share.
struct Session {
    std::string name;
    TimePoint begin = Clock::now();
    PullProgress progress;
    std::optional<PullSummary> summary;
};

bool is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

std::size_t terminal_width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

void draw(const Session& session) {
    const auto elapsed = Clock::now() - session.begin;
    print_status("\r\x1b[K" + progress_line(session.name, session.progress, elapsed, terminal_width() - 1));
}

/// The status line is gone again when this is destroyed, however the pull ends.
class StatusLine {
public:
    StatusLine() = default;
    StatusLine(const StatusLine&) = delete;
    StatusLine& operator=(const StatusLine&) = delete;
    ~StatusLine() { print_status("\r\x1b[K"); }
};

Task<> draw_progress(const Session& session) {
    StatusLine line;
    while (true) {
        draw(session);
        co_await sleep(kRedrawEvery);
    }
}

Task<> log_progress(const Session& session) {
    while (true) {
        co_await sleep(kLogEvery);
        print_status(progress_line(session.name, session.progress, Clock::now() - session.begin) + "\n");
    }
}

Task<> log_json(const Session& session) {
    while (true) {
        co_await sleep(kJsonEvery);
        print_status(progress_json(session.name, session.progress, Clock::now() - session.begin) + "\n");
    }
}

// A commit that has begun is brought to its end: whether it had come to pass would be unknown otherwise.
Task<> listen(SignalWatcher& watcher, const Session& session) {
    const int signal = co_await watcher.next();
    while (session.progress.commits_under_way > 0) co_await sleep(kRedrawEvery);
    throw Interrupted(
        format("interrupted by {}; run it again to pull it all", signal == SIGINT ? "SIGINT" : "SIGTERM"));
}

// A convenience: a system that does not allow it is no reason not to pull.
Task<> answer_ps() {
    try {
        co_await report_tasks();
    } catch (const OsError&) {  // ignored: trawl ps says that it gets no answer
    }
}

Task<> pull_in(TaskGroup& group, PullOptions options, Session& session) {
    session.summary = co_await pull(std::move(options), session.progress);
    group.cancel();
}

Task<> show_progress(const PullCommand& command, const Session& session) {
    if (command.progress == ProgressStyle::json) return log_json(session);
    return is_terminal() ? draw_progress(session) : log_progress(session);
}

// Between the lines of debug it would only be in the way, unless it is for a program.
bool shows_progress(const PullCommand& command) {
    if (command.progress == ProgressStyle::none || command.source.log_level < LogLevel::info) return false;
    return command.source.log_level == LogLevel::info || command.progress == ProgressStyle::json;
}

Task<> supervise(const PullCommand& command, std::optional<PullPartition> partition, Session& session) {
    SignalWatcher watcher{SIGINT, SIGTERM};
    PullOptions options(co_await connector_of(command.source));
    options.lake = command.lake;
    options.only = command.only;
    options.concurrency = command.source.concurrency;
    options.ca_file = command.source.ca_file;
    options.full_refresh = command.full_refresh;
    options.is_name_found = !is_connector(command.source.source) && command.source.url.table.empty();
    options.memory_max = command.memory_mb << 20;
    hide_secrets_of(options.connector);
    options.partition = std::move(partition);
    options.log = log_at(command.source.log_level);
    session.name = is_connector(command.source.source) ? std::filesystem::path(command.source.source).stem().string()
                                                       : options.connector.resources.front().table;
    TaskGroup group;
    group.spawn(pull_in(group, std::move(options), session));
    group.spawn(listen(watcher, session));
    group.spawn(answer_ps(), "trawl ps");
    if (shows_progress(command)) group.spawn(show_progress(command, session));
    co_await group.join();
}

/// What should be known about the data; with --quiet only what nobody may overlook: there may be more rows than were
/// taken.
void tell_doubts(const PullSummary& summary, LogLevel level) {
    const std::string_view told = level < LogLevel::warning ? "note: one page of " : "note: ";
    for (const TableSummary& table : summary.tables)
        for (const std::string& note : table.notes)
            if (note.starts_with(told)) print_status(format("trawl: {}\n", as_one_line(note)));
}

void pull_once(const PullCommand& command, std::optional<PullPartition> partition) {
    std::optional<TraceFile> trace;
    if (!command.trace.empty()) trace.emplace(command.trace);
    Session session;
    Loop loop;
    loop.warn_of_slow_steps(Duration::zero(), {});  // a page that takes long to parse is no news to who pulls it
    std::exception_ptr error;
    try {
        loop.run(supervise(command, std::move(partition), session));
        if (trace) trace->write(*session.summary);
        const LogLevel level = command.source.log_level;
        if (level >= LogLevel::info) print_answer(summary_text(*session.summary));
        if (level < LogLevel::info) tell_doubts(*session.summary, level);
    } catch (const std::exception&) {
        error = std::current_exception();
    }
    const auto& summary = session.summary;
    if (summary && !summary->failures.empty()) throw PullFailed(summary->failures, what_was_committed(*summary));
    if (error) throw PullFailed({{"", error}}, what_was_committed(session.progress.committed));
}

/// All that are given, read before the first one is pulled.
std::vector<PullPartition> partitions_of(const PullCommand& command) {
    std::vector<PullPartition> partitions;
    for (const std::string& given : command.partitions) {
        if (given.starts_with('{')) {
            partitions.push_back(parse_partition(given));
        } else {
            for (LineReader lines(given, "name a file of partitions"); const auto line = lines.next();)
                if (!line->empty()) partitions.push_back(parse_partition(*line));
        }
    }
    return partitions;
}

}  // namespace

void run_pull(const PullCommand& command) {
    if (command.partitions.empty()) return pull_once(command, std::nullopt);
    std::vector<PullPartition> partitions = partitions_of(command);
    if (partitions.empty()) throw UsageError("there is no partition in what --partition names");
    for (PullPartition& partition : partitions) pull_once(command, std::move(partition));
}

}  // namespace trawl::cli
