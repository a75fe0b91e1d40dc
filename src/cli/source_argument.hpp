/// A source as the command line names it, as a connector.
#pragma once

#include "options.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/connector.hpp"

namespace trawl::cli {

/// Reads the connector's file, or makes one of the URL. Throws UsageError, InvalidUrl, FileError, ConnectorError.
Task<Connector> connector_of(SourceArguments arguments);

/// What of the connector must not be printed: its secrets, and the form in which logins send them.
[[nodiscard]] std::vector<std::string> secrets_of(const Connector& connector);

}  // namespace trawl::cli
