/// The server: it listens, says where, and serves until a signal comes or its time is over.
#pragma once

#include "settings.hpp"
#include "trawl/coro/task.hpp"

namespace trawl::origin {

/// Prints "origin: http://127.0.0.1:8080/ (5,127 subdivisions, ...)" as the first line of stdout when connections are
/// accepted, and the counters to stderr at the end unless it is to be quiet. `settings` must stay as they are until
/// then. Throws UsageError for data that cannot be read, OsError when the port is taken.
Task<> serve(const Settings& settings);

}  // namespace trawl::origin
