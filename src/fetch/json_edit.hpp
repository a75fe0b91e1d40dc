/// Sets one value in a JSON text and leaves every other byte of it as it is: the request bodies of a paginator.
#pragma once

#include <string>
#include <string_view>

#include "trawl/fetch/json_path.hpp"

namespace trawl::fetch {

/// `json` (empty: "{}") with `raw`, itself JSON, at `path`. Objects on the way are made where there are none, also in
/// place of null and scalars. Requires: `path` consists of names. Throws PageError where `json` is no JSON.
[[nodiscard]] std::string with_value(std::string_view json, const JsonPath& path, std::string_view raw);

/// `json` is well-formed and an object.
[[nodiscard]] bool is_json_object(std::string_view json);

}  // namespace trawl::fetch
