/// The tool's exit codes: one per kind of failure, so that a script can tell what to do.
#pragma once

#include <exception>
#include <string>

namespace trawl::cli {

enum class ExitCode : int {
    ok = 0,
    unexpected = 1,     // a bug, or an error that has no code of its own
    usage = 2,          // an option, the URL or the table's name makes no sense
    unreachable = 3,    // the host has no address, does not answer, or not in time; its certificate; broken HTTP
    status = 4,         // the source refused: 404, 401, 500, ...
    data = 5,           // a page is not JSON, has no records, or the pages contradict each other
    lake = 6,           // the lake cannot be written or read
    query = 7,          // the SQL is wrong
    output = 8,         // standard output leads to a full disk or a closed pipe: the answer was not told
    interrupted = 130,  // SIGINT or SIGTERM
};

/// The code for an exception out of the library.
ExitCode exit_code(const std::exception& error);

/// The text of `trawl help exit-codes`.
std::string exit_codes_help();

}  // namespace trawl::cli
