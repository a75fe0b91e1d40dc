/// A pull: everything that a source has, or all that is new, each resource as one commit of one table.
///
/// plan (read the first page, find pagination, total and records) → pages (concurrently, each retried on its own) →
/// commit. Nothing is visible in the lake before the commit, and everything is after it: a resource that fails leaves
/// its table as it was. Resources that do not need each other do not fail together: what is complete is committed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/base/log.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/connector.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/pull/plan.hpp"

namespace trawl {

/// What a URL alone does not say; all of it may be left out. Connectors say it themselves.
struct UrlSettings {
    std::string table;                     // empty: from the URL's path
    std::optional<std::string> records;    // where the records are ("$.items"); found when not given
    std::optional<std::string> paginator;  // "page_number:page_param=p"; found when not given
    std::vector<std::string> primary_key;  // paths; rows that move while they are read are then caught
    WriteDisposition write_disposition = WriteDisposition::replace;
    std::vector<ColumnHint> columns;  // whose types are known; all others have those of their values
    std::vector<std::pair<std::string, std::string>> headers;  // sent to the URL's origin; kept out of all output
};

/// The connector that a URL is. Throws InvalidUrl, UsageError.
[[nodiscard]] Connector connector_for(const std::string& url, const UrlSettings& settings = {});

class PullOptions {
public:
    explicit PullOptions(Connector source) : connector(std::move(source)) {}

    Connector connector;
    std::filesystem::path lake = "lake";     // created when it is missing
    std::vector<std::string> only;           // resources, with their parents; empty: all that are selected
    std::optional<std::size_t> concurrency;  // requests at once to one origin, at most; unset: what is found out
    std::string ca_file;                     // certificates (PEM) to trust besides the system's; empty: none
    std::size_t memory_max = FetchOptions::kMemoryMax;
    bool full_refresh = false;   // incremental resources, and what hangs on them, begin anew and replace their tables
    bool is_name_found = false;  // the table's name is the URL's last word: rows of another source that are there stay
    Log log;                     // is told of each request, retry, change of a limit, and commit
    std::optional<PullPartition> partition;  // only this one, of its resource and those that hang on it
};

/// How far a pull is, with the counts of its requests.
struct PullProgress : FetchStats {
    enum class Phase { plan, pages, commit, done };
    Phase phase = Phase::plan;
    std::uint64_t pages = 0;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;  // of page bodies
    std::size_t commits_under_way = 0;
    std::vector<std::string> committed;  // resources whose rows are in their tables
};

/// What became of one resource.
struct TableSummary {
    std::string resource;
    std::string table;
    std::filesystem::path path;           // of the table
    std::optional<std::int64_t> version;  // of the table; nothing when there was no row to make one of
    std::uint64_t pages = 0;
    std::uint64_t rows = 0;          // that were committed
    std::vector<std::string> notes;  // what was found and decided, and what the user should know about the data
};

/// How the limit of one origin went.
struct OriginTrace {
    std::string origin;              // "https://api.example.com"
    std::vector<TracePoint> points;  // oldest first; none of a pull that was shorter than the first step (0.1 s)
};

/// Why a resource failed, and with it those that hang on it.
struct ResourceFailure {
    std::string resource;
    std::exception_ptr error;
};

struct PullSummary {
    PullProgress progress;
    std::vector<TableSummary> tables;       // that were committed, parents first
    std::vector<std::string> failed;        // resources of which nothing was committed
    std::vector<ResourceFailure> failures;  // of those without a parent, the first that failed first
    TimePoint begin{};                      // before the first request
    Duration elapsed{};                     // from there to the last commit
    Duration fetching{};                    // of it, until the last page was there
    std::vector<OriginTrace> traces;        // of the origins that were asked, by name
};

/// Pulls the resources into their tables. `progress` is updated all along and may be read between suspensions.
/// Suspends. Throws UsageError, InvalidUrl, FileError for what makes no sense; what makes a resource fail is in the
/// summary: ResolveError, ConnectError, TlsError, TimeoutError, ProtocolError, StatusError, FetchError, LakeError.
Task<PullSummary> pull(PullOptions options, PullProgress& progress);

/// The name of the table for a URL when none is given: the last part of its path that can be one, else its host.
/// "https://api.example.com/v1/Items?page=2" → "items".
std::string table_name_for(const std::string& url);

}  // namespace trawl
