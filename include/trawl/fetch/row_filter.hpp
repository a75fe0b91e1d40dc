/// Which rows are kept: comparisons of a value in the row with values that are given.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/json_path.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl {

enum class CompareOp : std::uint8_t { eq, ne, lt, le, gt, ge, in, exists };

/// A condition on a row.
struct RowFilter {
    JsonPath path;
    CompareOp op = CompareOp::eq;
    /// What to compare with: one, any number for `in`, and none or one boolean for `exists`.
    std::vector<JsonScalar> values;
    friend bool operator==(const RowFilter&, const RowFilter&) = default;
};

}  // namespace trawl
