/// JSON values as the values of a typed column: what reads as what. Pure.
///
/// Rules: nothing is rounded, but that a double is the nearest one and that a timestamp keeps microseconds. Numbers,
/// true and false may stand in quotes, as many sources write them. A null is no value: whoever asks has looked before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "number.hpp"
#include "trawl/http/json_tape.hpp"
#include "trawl/lake/type.hpp"

namespace trawl::lake {

/// true, false, 1, 0.
[[nodiscard]] std::optional<bool> read_boolean(JsonView value);
/// A whole number of 64 bits, also as 7.0 or 1e3.
[[nodiscard]] std::optional<std::int64_t> read_bigint(JsonView value);
/// The nearest double, if it is finite.
[[nodiscard]] std::optional<double> read_real(JsonView value);
/// A number of at most `precision` digits when it has `scale` behind the point, in units of 10^-scale.
[[nodiscard]] std::optional<Int128> read_fixed(JsonView value, int precision, int scale);
/// Days since 1970: an ISO 8601 date, or a time that is midnight in UTC. Of the years 1 to 9999, which are those that
/// Python's and SQL's dates have.
[[nodiscard]] std::optional<std::int32_t> read_date(JsonView value);
/// Microseconds since 1970 in UTC: an ISO 8601 time or date (RFC 3339; without a zone it is UTC), or a number of
/// seconds since 1970. Of the years 1 to 9999. What is finer than a microsecond is cut off.
[[nodiscard]] std::optional<std::int64_t> read_timestamp(JsonView value);

/// Whether a column of `type`, a scalar or json, takes the value. Requires: it is not null.
[[nodiscard]] bool is_readable(JsonView value, const Type& type);

/// `"yesterday" is no timestamp: it takes ...`
[[nodiscard]] std::string why_unreadable(JsonView value, const Type& type);

}  // namespace trawl::lake
