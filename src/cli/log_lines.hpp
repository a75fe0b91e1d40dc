/// What --log-level debug adds: a line on stderr for each step.
#pragma once

#include "options.hpp"
#include "trawl/base/log.hpp"

namespace trawl::cli {

/// Prints "2026-11-29T08:15:30.250Z debug request method=GET ..."; empty at the other levels.
[[nodiscard]] Log log_at(LogLevel level);

}  // namespace trawl::cli
