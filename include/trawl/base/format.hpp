/// Text from values: the one header that names {fmt}. `trawl::format("{} of {}", 3, 7)`, `trawl::print(...)`.
#pragma once

#include <fmt/core.h>

namespace trawl {

using fmt::format;
using fmt::print;

}  // namespace trawl
