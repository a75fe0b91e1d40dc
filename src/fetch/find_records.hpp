/// Which array of a page holds its records, when nobody said so.
#pragma once

#include <string>

#include "json_outline.hpp"
#include "trawl/fetch/json_path.hpp"

namespace trawl::fetch {

struct FoundRecords {
    const JsonNode* array = nullptr;  // none found: null
    JsonPath path;
    std::string others;  // the arrays of objects that were not taken: "$.users (3 objects)"
};

[[nodiscard]] FoundRecords find_records(const JsonOutline& outline);

/// What a page has at its top, for the message that no records were found: "keys id, name; no arrays".
[[nodiscard]] std::string describe(const JsonOutline& outline);

/// "1 object", "20 values".
[[nodiscard]] std::string counted_elements(std::size_t count, bool are_objects);

}  // namespace trawl::fetch
