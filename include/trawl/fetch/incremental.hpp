/// Only what is new: the part of an incremental retrieval that knows which value was the last, and which rows are new.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "trawl/base/clock.hpp"
#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/json_path.hpp"

namespace trawl {

enum class RowOrder : std::uint8_t { unknown, ascending, descending };

/// What becomes of a row that has no cursor value, or a null one.
enum class OnCursorMissing : std::uint8_t { raise, include, exclude };

/// How a resource is retrieved incrementally, in dlt's words.
struct IncrementalSpec {
    JsonPath cursor_path;                     // of the value in a row: a number, an ISO 8601 time or date, a string
    std::optional<JsonScalar> initial_value;  // where the first run begins; none: with everything
    std::optional<JsonScalar> end_value;      // rows from there on are left out: a run over a closed window
    std::string start_param, end_param;       // query parameters that get the values; empty: none
    std::int64_t lag = 0;  // how far before the last value a run begins: units of a number, seconds of a time, days of
                           // a date
    Duration lag_time{};   // the same as a time, for times and dates
    RowOrder row_order = RowOrder::unknown;
    OnCursorMissing on_missing = OnCursorMissing::raise;
};

}  // namespace trawl
