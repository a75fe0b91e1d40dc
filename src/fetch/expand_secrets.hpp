/// Puts secrets into the strings of a TOML file: `${NAME}` is one, `$${` is the text "${".
#pragma once

#include <string>
#include <vector>

#include "connector_problems.hpp"
#include "toml_document.hpp"
#include "trawl/fetch/secrets.hpp"

namespace trawl::fetch {

/// In all strings below `value`. What was put in is appended to `used`, once each. Adds a problem for each name that is
/// nowhere, or is none.
void expand_secrets(TomlValue& value, const Secrets& secrets, std::vector<std::string>& used,
                    ConnectorProblems& problems);

}  // namespace trawl::fetch
