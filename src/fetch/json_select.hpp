/// Follows a JsonPath through a record.
#pragma once

#include <optional>
#include <vector>

#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/json_path.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl::fetch {

/// All values at `path`, in order.
[[nodiscard]] std::vector<JsonView> select_all(JsonView root, const JsonPath& path);

/// The first value at `path`; none if nothing is there.
[[nodiscard]] std::optional<JsonView> select_first(JsonView root, const JsonPath& path);

/// Nothing for null, an object and an array.
[[nodiscard]] std::optional<JsonScalar> scalar_of(JsonView value);

}  // namespace trawl::fetch
