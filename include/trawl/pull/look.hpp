/// A look at a source before it is pulled: the first page of each resource, or the first rows of one. Nothing is
/// written.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/log.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/connector.hpp"
#include "trawl/fetch/pages_found.hpp"

namespace trawl {

class LookOptions {
public:
    explicit LookOptions(Connector source) : connector(std::move(source)) {}

    Connector connector;
    std::vector<std::string> only;  // resources; empty: all without a parent
    std::string ca_file;            // certificates (PEM) to trust besides the system's; empty: none
    Log log;                        // is told of each request and each retry
};

/// What the first page of a resource told.
struct ResourceLook {
    std::string resource;
    std::string place;                // where it is, without secrets
    std::optional<PagesFound> found;  // nothing when the first answer was no page
    std::vector<std::string> notes;   // what was found and why, for people
    std::string rows;                 // of the first page that the filters keep, a JSON text a line
    std::uint64_t count = 0;          // of them
    std::exception_ptr error;         // why there is nothing to tell
};

/// Asks for the first page of each resource without a parent, of a partitioned one that of its first window. Suspends.
/// Throws UsageError, InvalidUrl, FileError for what makes no sense; what one resource answers with is in its look.
Task<std::vector<ResourceLook>> look(LookOptions options);

/// The first rows of a resource, a JSON text a line, as the table would have them; of one with a parent, those of the
/// parent's first rows. One request after the other, and none more than it takes. Suspends. Throws as PageStream does.
Task<std::string> first_rows(LookOptions options, std::string resource, std::uint64_t rows);

}  // namespace trawl
