// `trawl get`: a list of URLs into files.
#include <cerrno>
#include <cstdio>
#include <memory>

#include "commands.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/pull/get.hpp"

namespace trawl::cli {
namespace {

constexpr auto kLogEvery = std::chrono::seconds(5);

/// The lines of a file or of standard input that are URLs: blank ones and comments (#) are left out.
class UrlList {
public:
    explicit UrlList(const std::string& path)
        : file_(path == "-" ? stdin : std::fopen(path.c_str(), "re"), [](std::FILE* file) {
              if (file != nullptr && file != stdin) std::fclose(file);
          }) {
        if (!file_) throw FileError(errno, "open", path, "name a file with a URL on each line");
    }
    std::optional<std::string> operator()() {
        while (const auto line = next_line()) {
            const std::string_view url = trim(*line);
            if (!url.empty() && !url.starts_with('#')) return std::string(url);
        }
        return std::nullopt;
    }

private:
    std::optional<std::string> next_line() {
        std::string line;
        for (int c = std::getc(file_.get()); c != EOF; c = std::getc(file_.get())) {
            if (c == '\n') return line;
            if (c != '\r') line += static_cast<char>(c);
        }
        return line.empty() ? std::nullopt : std::optional(std::move(line));
    }

    std::shared_ptr<std::FILE> file_;  // shared by the copies that a std::function makes
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
    return options;
}

std::string get_line(const GetProgress& progress) {
    std::string line = format("{} files, {}", with_thousands(progress.files), bytes_text(progress.bytes));
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

Task<> get_in(TaskGroup& group, GetOptions options, GetProgress& progress) {
    co_await get_files(std::move(options), progress);
    group.cancel();
}

Task<> supervise(const GetCommand& command, GetProgress& progress) {
    TaskGroup group;
    group.spawn(get_in(group, options_of(command), progress));
    if (!command.quiet) group.spawn(log_progress(progress));
    co_await group.join();
}

}  // namespace

void run_get(const GetCommand& command) {
    GetProgress progress;
    const TimePoint begin = Clock::now();
    run(supervise(command, progress));
    for (const std::string& error : progress.errors) print_status(format("trawl: {}\n", as_one_line(error)));
    if (!command.quiet)
        print_answer(format("{} in {}, up to {} at once\n", get_line(progress), duration_text(Clock::now() - begin),
                            progress.in_flight_peak));
    if (progress.failed > 0)
        throw FetchError(format("{} of {} URLs failed; run it again with --skip-existing for the rest", progress.failed,
                                progress.failed + progress.files + progress.skipped));
}

}  // namespace trawl::cli
