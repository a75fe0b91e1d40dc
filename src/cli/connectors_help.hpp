/// The text of `trawl help connectors`.
#pragma once

#include <string>

namespace trawl::cli {

std::string connectors_help();

}  // namespace trawl::cli
