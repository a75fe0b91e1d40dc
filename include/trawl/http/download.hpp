/// download: the body of a GET in a file, all of it, however often the connection is cut on the way.
///
///     Download done = co_await download(client.get("/dump.json.gz").timeout(1h), "dump.json.gz");
///
/// Rules:
/// - The file is there when all of it is, synced, and replaces what was there at one instant (StagedFile). Before that,
///   and when this fails or is destroyed, nothing is.
/// - After a cut, the rest is asked for (Range) on the condition that nothing has changed (If-Range, RFC 9110 sections
///   13.1.5 and 14): a strong entity tag of what was not modified in the last two seconds, or a Last-Modified that was
///   a minute old. Without such a validator, or when the answer is another version, it begins anew: bytes of two
///   versions are never mixed.
/// - Bytes are taken as they are stored: no content coding is asked for, and what has one (the gzip of a dump.json.gz
///   that its server calls one) is kept in it.
/// - Cuts are followed by the pauses of a RetryPolicy: the request's, or the default one. Its attempts count from the
///   last cut before which 64 KB of new bytes came; opening each answer has as many of its own. The request's timeout()
///   is for everything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "trawl/coro/task.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/request.hpp"

namespace trawl {

class Download {
public:
    std::int64_t bytes = 0;    ///< of the file
    std::size_t resumed = 0;   ///< how often the rest was asked for after a cut, and came
    std::size_t restarts = 0;  ///< how often it began anew
    Headers headers;           ///< of the answer that came last

    // Not an aggregate: g++ 12 destroys aggregate temporaries twice in a co_await expression.
    Download() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate
};

/// Suspends. Throws UsageError for what is no plain GET, StatusError for an answer that has no such body (also a
/// redirect that is not followed), FileError, and what sending a request throws.
Task<Download> download(Request request, std::string path);

}  // namespace trawl
