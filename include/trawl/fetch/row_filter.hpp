/// Which rows are kept, and which elements a path takes: comparisons of a value in them with values that are given.
///
/// Rules (RFC 9535 section 2.3.5.2.2): numbers are compared exactly, however many digits they have; strings by their
/// bytes; values of unlike types are not equal, and neither is below the other. What is not there is unequal to
/// everything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/json_path.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl {

enum class CompareOp : std::uint8_t { eq, ne, lt, le, gt, ge, in, exists };

/// A condition on a row: on the first value at `path`.
struct RowFilter {
    JsonPath path;
    CompareOp op = CompareOp::eq;
    /// What to compare with: one, or none for null; any number for `in`; for `exists` none, or one boolean, false for
    /// what is not to be there.
    std::vector<JsonScalar> values;

    [[nodiscard]] bool holds(JsonView row) const;
    friend bool operator==(const RowFilter&, const RowFilter&) = default;
};

/// Whether all of them hold.
[[nodiscard]] bool keeps(const std::vector<RowFilter>& filters, JsonView row);

/// The condition of a path's `[?...]`.
struct JsonFilter {
    enum class Kind : std::uint8_t { condition, all, any, negation };
    Kind kind = Kind::condition;
    RowFilter condition;            // of a condition
    std::vector<JsonFilter> parts;  // of the others; of a negation one

    [[nodiscard]] bool holds(JsonView element) const;
    /// As it is written in a path: "@.type == 'user' && @.age >= 18".
    [[nodiscard]] std::string str() const;
    friend bool operator==(const JsonFilter&, const JsonFilter&) = default;
};

}  // namespace trawl
