/// A pull: everything that a source has, as one commit of one table.
///
/// plan (read the first page, find pagination, total and records) → pages (concurrently, each retried on its own) →
/// commit. Nothing is visible in the lake before the commit, and everything is after it: a pull that fails leaves the
/// table as it was.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/pages.hpp"

namespace trawl {

struct PullOptions {
    explicit PullOptions(std::string source_url) : url(std::move(source_url)) {}

    std::string url;                       // http(s)
    std::filesystem::path lake = "lake";   // created when it is missing
    std::string table;                     // empty: from the URL's path
    std::optional<std::string> records;    // where the records are ("$.items"); found when not given
    std::optional<std::string> paginator;  // "page_number:page_param=p"; found when not given
    std::size_t concurrency = 8;           // pages at once
    std::string ca_file;                   // certificates (PEM) to trust besides the system's; empty: none
    std::vector<std::pair<std::string, std::string>> headers;  // sent to the URL's origin; kept out of all output
};

/// How far a pull is, with the counts of its requests.
struct PullProgress : FetchStats {
    enum class Phase { plan, pages, commit, done };
    Phase phase = Phase::plan;
    std::uint64_t pages = 0;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;  // of page bodies
};

struct PullSummary {
    PullProgress progress;
    std::string table;
    std::filesystem::path path;           // of the table
    std::optional<std::int64_t> version;  // of the table; nothing when there was no row to make one of
    Duration elapsed{};                   // from the first request to the commit
    Duration fetching{};                  // of it, until the last page was there
    std::vector<std::string> notes;       // what was found and decided, and what the user should know about the data
};

/// Pulls `options.url` into its table. `progress` is updated all along and may be read between suspensions.
/// Suspends. Throws UsageError, InvalidUrl, ResolveError, ConnectError, TlsError, TimeoutError, ProtocolError,
/// StatusError, FetchError, LakeError; in each case nothing is committed.
Task<PullSummary> pull(PullOptions options, PullProgress& progress);

/// The name of the table for a URL when none is given: the last part of its path that can be one, else its host.
/// "https://api.example.com/v1/Items?page=2" → "items".
std::string table_name_for(const std::string& url);

}  // namespace trawl
