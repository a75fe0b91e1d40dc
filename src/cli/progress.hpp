/// How a pull's progress reads: pure text from numbers, for a terminal's status line and for a log.
#pragma once

#include <cstdint>
#include <string>

#include "trawl/pull/pull.hpp"

namespace trawl::cli {

/// "1,234,567"
std::string with_thousands(std::uint64_t number);
/// "0:07", "12:05", "3:25:45"; "63 years" for what no clock shows.
std::string clock_text(Duration duration);
/// "812 ms", "2.41 s", "3:25:45"
std::string duration_text(Duration duration);
/// "7.2 KB", "1.3 GB" (powers of 1000)
std::string bytes_text(std::uint64_t bytes);

/// One line without its end: pages done/total, rows, pages/s, in flight, retries, elapsed, ETA. No longer than `width`
/// columns (0: as long as it is).
std::string progress_line(const std::string& table, const PullProgress& progress, Duration elapsed,
                          std::size_t width = 0);

/// The same as one JSON object, for programs.
std::string progress_json(const std::string& name, const PullProgress& progress, Duration elapsed);

/// What a pull came to, in a few lines.
std::string summary_text(const PullSummary& summary);

/// What follows the error of a pull that failed: "nothing was committed", "committed: repos; not committed: issues".
std::string what_was_committed(const PullSummary& summary);
/// The same of one that came to no summary: `committed` are resources.
std::string what_was_committed(const std::vector<std::string>& committed);

}  // namespace trawl::cli
