/// Which array of a page holds its records.
#pragma once

#include <optional>
#include <string>

#include "json_page.hpp"

namespace trawl::fetch {

/// The path to the records: the page itself if it is an array; else the array of a usual name ("items", "results",
/// ...), the shallowest first; else the array with the most objects. Looks three objects deep. Nothing when no array
/// qualifies.
std::optional<JsonPath> find_records(const JsonValue& root);

/// What there is instead, for a message: "it has: error (string), code (number)".
std::string what_is_there(const JsonValue& root);

}  // namespace trawl::fetch
