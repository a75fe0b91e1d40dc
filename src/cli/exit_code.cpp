#include "exit_code.hpp"

#include <filesystem>

#include "interrupted.hpp"
#include "output.hpp"
#include "trawl/base/error.hpp"

namespace trawl::cli {
namespace {

template <class... Kinds>
bool is_any(const std::exception& error) {
    return (... || (dynamic_cast<const Kinds*>(&error) != nullptr));
}

}  // namespace

ExitCode exit_code(const std::exception& error) {
    if (is_any<Interrupted>(error)) return ExitCode::interrupted;
    if (is_any<OutputError>(error)) return ExitCode::output;
    if (is_any<UsageError, InvalidUrl, FileError>(error)) return ExitCode::usage;  // a file that an option names
    if (is_any<StatusError, AuthError>(error)) return ExitCode::status;
    if (is_any<ResolveError, TimeoutError, TlsError, ClosedError, HttpError, OsError>(error))
        return ExitCode::unreachable;
    if (is_any<FetchError>(error)) return ExitCode::data;
    if (is_any<QueryError>(error)) return ExitCode::query;
    if (is_any<LakeError, std::filesystem::filesystem_error>(error)) return ExitCode::lake;
    return ExitCode::unexpected;
}

std::string exit_codes_help() {
    return "Exit codes of trawl:\n"
           "    0  done\n"
           "    1  unexpected: please report it\n"
           "    2  usage: an option, the URL, or the table's name makes no sense\n"
           "    3  the host has no address, does not answer (in time), cannot show who it is, or breaks HTTP\n"
           "    4  the source refused with an HTTP status (401, 404, 500, ...), also after retries\n"
           "    5  the pages: not JSON, no records, or they contradict each other\n"
           "    6  the lake cannot be written or read\n"
           "    7  the SQL is wrong\n"
           "    8  standard output cannot be written; what a pull committed is in the lake\n"
           "  130  interrupted (SIGINT, SIGTERM)\n"
           "A table is committed whole or not at all. Where a connector has several resources, those that are complete "
           "are\n"
           "committed although another one failed: the message names them.\n";
}

}  // namespace trawl::cli
