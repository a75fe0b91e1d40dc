#include "progress.hpp"

#include <algorithm>
#include <array>

#include "output.hpp"
#include "trawl/base/format.hpp"

namespace trawl::cli {
namespace {

using Seconds = std::chrono::duration<double>;

double seconds(Duration duration) { return Seconds(duration).count(); }

double per_second(std::uint64_t count, Duration elapsed) {
    return elapsed > Duration::zero() ? static_cast<double>(count) / seconds(elapsed) : 0.0;
}

// Small rates matter: 0.4 pages/s is not 0.
std::string rate_text(double rate) {
    return rate < 10 ? format("{:.1f}", rate) : with_thousands(static_cast<std::uint64_t>(rate));
}

/// "1 page", "2,000 pages".
std::string counted(std::uint64_t count, const std::string& noun) {
    return with_thousands(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string pages_text(const PullProgress& progress) {
    if (!progress.pages_total) return counted(progress.pages, "page");
    return format("{}/{} pages", with_thousands(progress.pages), with_thousands(*progress.pages_total));
}

std::string eta_text(const PullProgress& progress, Duration elapsed) {
    if (!progress.pages_total || progress.pages == 0) return {};
    const auto left = *progress.pages_total - std::min(*progress.pages_total, progress.pages);
    const double rate = per_second(progress.pages, elapsed);
    return "  ETA " + clock_text(std::chrono::duration_cast<Duration>(Seconds(static_cast<double>(left) / rate)));
}

std::string retries_text(const PullProgress& progress) {
    return format("{} {}", progress.retries, progress.retries == 1 ? "retry" : "retries");
}

std::string phase_text(PullProgress::Phase phase) {
    switch (phase) {
        case PullProgress::Phase::plan:
            return "reading the first page";
        case PullProgress::Phase::commit:
            return "writing the table";
        default:
            return {};
    }
}

}  // namespace

std::string with_thousands(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::string clock_text(Duration duration) {
    constexpr std::int64_t kYear = 365LL * 24 * 3600;
    const auto total = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(duration).count());
    if (total >= kYear) return format("{} years", total / kYear);
    const auto hours = total / 3600;
    const auto minutes = total / 60 % 60;
    if (hours > 0) return format("{}:{:02}:{:02}", hours, minutes, total % 60);
    return format("{}:{:02}", minutes, total % 60);
}

std::string duration_text(Duration duration) {
    const double value = seconds(duration);
    if (value < 1) return format("{:.0f} ms", value * 1000);
    if (value < 120) return format("{:.2f} s", value);
    return clock_text(duration);
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array<const char*, 5> kUnits{"B", "KB", "MB", "GB", "TB"};
    if (bytes < 1000) return format("{} B", bytes);
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 999.95 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
    return format("{:.1f} {}", value, kUnits[unit]);
}

std::string progress_line(const std::string& table, const PullProgress& progress, Duration elapsed, std::size_t width) {
    std::string line = table;
    if (const std::string phase = phase_text(progress.phase); !phase.empty()) line += "  " + phase;
    if (progress.phase != PullProgress::Phase::plan) {
        line += format("  {}  {}  {} pages/s", pages_text(progress), counted(progress.rows, "row"),
                       rate_text(per_second(progress.pages, elapsed)));
    }
    if (progress.in_flight > 0 && progress.limit > 0) {
        line += format("  {} of {} in flight", progress.in_flight, progress.limit);
    } else if (progress.in_flight > 0) {
        line += format("  {} in flight", progress.in_flight);
    }
    if (progress.retries > 0) line += "  " + retries_text(progress);
    if (progress.no_room > 0) line += format("  {} for want of memory", with_thousands(progress.no_room));
    line += "  " + clock_text(elapsed);
    if (progress.phase == PullProgress::Phase::pages) line += eta_text(progress, elapsed);
    if (width > 0 && line.size() > width) line.resize(width);
    return line;
}

std::string progress_json(const std::string& name, const PullProgress& progress, Duration elapsed) {
    constexpr std::array<std::string_view, 4> kPhases{"plan", "pages", "commit", "done"};
    const std::string total = progress.pages_total ? std::to_string(*progress.pages_total) : "null";
    return format(
        R"({{"name":"{}","phase":"{}","elapsed_s":{:.3f},"pages":{},"pages_total":{},"rows":{},"bytes":{},"requests":{},)"
        R"("retries":{},"no_room":{},"in_flight":{},"limit":{}}})",
        name, kPhases.at(static_cast<std::size_t>(progress.phase)), seconds(elapsed), progress.pages, total,
        progress.rows, progress.bytes, progress.requests, progress.retries, progress.no_room, progress.in_flight,
        progress.limit);
}

namespace {

// Of each of a run's tables, and the same for all.
constexpr std::string_view kOfTheRun = "note: rows that move while they are read are not caught";

/// `said`: whether what is of the run was told with a table before.
std::string notes_text(const TableSummary& table, bool& said) {
    std::string text;
    for (const std::string& note : table.notes) {
        const bool is_of_the_run = note.starts_with(kOfTheRun);
        if (!is_of_the_run || !said) text += format("  {}\n", as_one_line(note));
        said = said || is_of_the_run;
    }
    return text;
}

std::string version_text(const TableSummary& table) {
    std::string text;
    if (table.version) {
        const std::string before = *table.version > 0 ? format(", after version {}", *table.version - 1) : "";
        text += format("  table      {} version {}{}\n", table.path.string(), *table.version, before);
    }
    return text;
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

/// The requests that were not the first for what they ask for, each by its reason.
std::string repeated_text(const PullProgress& progress) {
    if (progress.no_room == 0) return retries_text(progress);
    return format("{}, {} sent again for want of memory", retries_text(progress), with_thousands(progress.no_room));
}

std::string head_text(const std::string& name, std::uint64_t rows, const PullSummary& summary) {
    const PullProgress& progress = summary.progress;
    return format("{}: {} from {} ({}) in {}\n", name, counted(rows, "row"), counted(progress.pages, "page"),
                  bytes_text(progress.bytes), duration_text(summary.elapsed));
}

}  // namespace

std::string summary_text(const PullSummary& summary) {
    if (summary.tables.empty()) return {};
    const PullProgress& progress = summary.progress;
    const bool alone = summary.tables.size() == 1;
    std::uint64_t rows = 0;
    for (const TableSummary& table : summary.tables) rows += table.rows;
    std::string text = head_text(alone ? summary.tables.front().table : "in all", rows, summary);
    text += format("  requests   {} ({}), up to {} at once, {} pages/s\n", with_thousands(progress.requests),
                   repeated_text(progress), progress.in_flight_peak,
                   rate_text(per_second(progress.pages, summary.fetching)));
    if (progress.waited > summary.fetching) {
        text += format("  waiting    requests took {} in all, {} on the clock\n", duration_text(progress.waited),
                       duration_text(summary.fetching));
    }
    bool said = false;
    for (const TableSummary& table : summary.tables) {
        if (!alone)
            text += format("{}: {} from {}\n", table.table, counted(table.rows, "row"), counted(table.pages, "page"));
        text += version_text(table) + notes_text(table, said);
    }
    return text;
}

std::string what_was_committed(const std::vector<std::string>& committed) {
    return committed.empty() ? "nothing was committed" : "committed: " + listed(committed);
}

std::string what_was_committed(const PullSummary& summary) {
    std::vector<std::string> committed;
    for (const TableSummary& table : summary.tables)
        if (table.version) committed.push_back(table.resource);
    std::string text = what_was_committed(committed);
    if (!committed.empty() && !summary.failed.empty()) text += "; not committed: " + listed(summary.failed);
    return text;
}

}  // namespace trawl::cli
