/// get: a list of URLs, each into a file of its own; as many at once as their origins can serve.
///
/// Rules: a file is there when all of it is (see http/download.hpp); one that fails does not stop the others. The list
/// is read as it is needed: of what is done, only the names stay in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/log.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/origin_gate.hpp"
#include "trawl/lake/writer.hpp"

namespace trawl {

class GetOptions {
public:
    /// The next URL, or nothing behind the last. Called as URLs are needed, on the loop's thread.
    std::function<std::optional<std::string>()> next_url;
    std::filesystem::path to = ".";  // the directory; created when it is missing
    OriginLimits limits;             // hard settings; the rest is found out
    std::string ca_file;             // certificates (PEM) to trust besides the system's; empty: none
    std::vector<std::pair<std::string, std::string>> headers;  // sent with each request, to whatever URL is listed
    Log log;                                                   // is told of each URL, and each change of a limit
    bool skip_existing = false;  // leaves out what is there already: a list that was interrupted goes on

    GetOptions() {}  // NOLINT(modernize-use-equals-default): g++ 12 destroys aggregate temporaries twice
};

struct GetProgress {
    std::uint64_t files = 0;    // that are there now
    std::uint64_t skipped = 0;  // that were there before
    std::uint64_t failed = 0;
    std::uint64_t bytes = 0;  // of the files
    std::uint64_t rows = 0;   // of get_rows
    std::size_t in_flight = 0;
    std::size_t in_flight_peak = 0;
    std::vector<std::string> errors;  // the first of them, a line each: kErrorsMax at most
    static constexpr std::size_t kErrorsMax = 20;
};

/// Fetches them all. Suspends. Throws UsageError for a list without a URL, InvalidUrl for the first one that is none,
/// FileError when the directory cannot be made; failures of single files are counted, not thrown.
Task<> get_files(GetOptions options, GetProgress& progress);

class GetRowsOptions : public GetOptions {
public:
    std::filesystem::path lake = "lake";  // created when it is missing
    std::string table;
    std::optional<std::string> records;  // where the rows are in each document; found when not given
    Disposition disposition = Disposition::replace;
    std::vector<std::string> primary_key;

    GetRowsOptions() {}  // NOLINT(modernize-use-equals-default): as above
};

/// The rows of all documents into one table, in one commit; in each row `_url` says where it came from, without
/// secrets. Rows come in the order in which documents do. Documents that fail are counted; the rows of the others are
/// committed. Suspends. Throws as get_files() does, NoRecordsError when there is no row at all, LakeError.
Task<Committed> get_rows(GetRowsOptions options, GetProgress& progress);

/// The file's name for a URL: the last part of its path without what file systems or shells would stumble over, or
/// "index" where there is none. Queries are left out.
[[nodiscard]] std::string file_name_for(const std::string& url);

/// Gives each file of a list a name of its own: what was given before gets "-2", "-3" in front of its extension.
class FileNames {
public:
    [[nodiscard]] std::string unique(const std::string& name);

private:
    std::map<std::string, std::size_t> given_;  // how often each was asked for
};

}  // namespace trawl
