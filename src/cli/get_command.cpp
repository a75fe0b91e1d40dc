// `trawl get`: a list of URLs into files.
#include "commands.hpp"
#include "interrupted.hpp"
#include "line_reader.hpp"
#include "log_lines.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/interrupt.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/pull/get.hpp"

namespace trawl::cli {
namespace {

constexpr auto kLogEvery = std::chrono::seconds(5);

/// The lines that are URLs: blank ones and comments (#) are left out.
class UrlList {
public:
    explicit UrlList(const std::string& path) : lines_(path, "name a file with a URL on each line") {}
    std::optional<std::string> operator()() {
        while (const auto line = lines_.next()) {
            const std::string_view url = trim(*line);
            if (!url.empty() && !url.starts_with('#')) return std::string(url);
        }
        return std::nullopt;
    }

private:
    LineReader lines_;
};

std::function<std::optional<std::string>()> urls_of(const GetCommand& command) {
    if (!command.list.empty()) return UrlList(command.list);
    return [urls = command.urls, at = std::size_t{0}]() mutable -> std::optional<std::string> {
        return at < urls.size() ? std::optional(urls[at++]) : std::nullopt;
    };
}

GetOptions options_of(const GetCommand& command) {
    GetOptions options;
    options.next_url = urls_of(command);
    options.to = command.to;
    if (command.concurrency) options.limits.limiter.max_concurrency = *command.concurrency;
    options.ca_file = command.ca_file;
    options.headers = command.headers;
    options.skip_existing = command.skip_existing;
    options.log = log_at(command.log_level);
    return options;
}

std::string get_line(const GetProgress& progress) {
    std::string line = format("{} files, {}", with_thousands(progress.files), bytes_text(progress.bytes));
    if (progress.rows > 0) line += format(", {} rows", with_thousands(progress.rows));
    if (progress.skipped > 0) line += format(", {} were there", with_thousands(progress.skipped));
    if (progress.failed > 0) line += format(", {} failed", with_thousands(progress.failed));
    return line;
}

Task<> log_progress(const GetProgress& progress) {
    while (true) {
        co_await sleep(kLogEvery);
        print_status(format("{}, {} in flight\n", get_line(progress), progress.in_flight));
    }
}

Disposition disposition_of(WriteDisposition disposition) {
    if (disposition == WriteDisposition::append) return Disposition::append;
    return disposition == WriteDisposition::merge ? Disposition::merge : Disposition::replace;
}

GetRowsOptions rows_of(const GetCommand& command) {
    GetRowsOptions options;
    static_cast<GetOptions&>(options) = options_of(command);
    options.lake = command.lake;
    options.table = command.table;
    options.records = command.records;
    options.primary_key = command.primary_key;
    options.disposition = disposition_of(command.disposition);
    return options;
}

Task<> get_in(TaskGroup& group, const GetCommand& command, GetProgress& progress) {
    if (command.rows) {
        GetRowsOptions options = rows_of(command);
        co_await get_rows(std::move(options), progress);
    } else {
        GetOptions options = options_of(command);
        co_await get_files(std::move(options), progress);
    }
    group.cancel();
}

Task<> supervise(const GetCommand& command, GetProgress& progress) {
    TaskGroup group;
    group.spawn(get_in(group, command, progress));
    if (command.log_level == LogLevel::info) group.spawn(log_progress(progress));
    co_await group.join();
}

/// What is there stays there.
void get(const GetCommand& command, GetProgress& progress) {
    try {
        run(supervise(command, progress), OnSignal::kThrow);
    } catch (const trawl::Interrupted& interrupted) {
        const std::string_view option = command.rows ? "" : " with --skip-existing for the rest";
        throw Interrupted(format("{}; run it again{}", interrupted.what(), option));
    }
}

}  // namespace

void run_get(const GetCommand& command) {
    for (const auto& [name, value] : command.headers) hide({value});
    GetProgress progress;
    const TimePoint begin = Clock::now();
    get(command, progress);
    for (const std::string& error : progress.errors) print_status(format("trawl: {}\n", as_one_line(error)));
    if (command.log_level >= LogLevel::info)
        print_answer(format("{} in {}, up to {} at once\n", get_line(progress), duration_text(Clock::now() - begin),
                            progress.in_flight_peak));
    if (progress.failed > 0)
        throw FetchError(format(
            "{} of {} URLs failed; {}", progress.failed, progress.failed + progress.files + progress.skipped,
            command.rows ? "the rows of the others are committed" : "run it again with --skip-existing for the rest"));
}

}  // namespace trawl::cli
