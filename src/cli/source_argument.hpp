/// A source as the command line names it, as a connector.
#pragma once

#include "options.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/connector.hpp"

namespace trawl::cli {

/// Reads the connector's file, or makes one of the URL. Throws UsageError, InvalidUrl, FileError, ConnectorError.
Task<Connector> connector_of(SourceArguments arguments);

/// From now on its secrets are printed as "***", also in the form in which its login sends them, and so are the tokens
/// that the login fetches.
void hide_secrets_of(Connector& connector);

}  // namespace trawl::cli
