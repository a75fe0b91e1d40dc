/// The text of `trawl help paginators`.
#pragma once

#include <string>

namespace trawl::cli {

std::string paginators_help();

}  // namespace trawl::cli
