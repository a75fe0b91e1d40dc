/// A result as comma-separated values (RFC 4180, with "\n" at the ends of lines).
#pragma once

#include <string>

#include "trawl/lake/query.hpp"

namespace trawl::cli {

/// The names of the columns, then the rows. NULL is an empty field, an empty text is "".
[[nodiscard]] std::string csv(const QueryResult& result);

}  // namespace trawl::cli
