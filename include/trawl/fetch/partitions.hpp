/// Declared splits of a source whose pages can only be asked for one after the other: windows of dates or numbers, or
/// listed values, each of which is retrieved on its own and concurrently.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace trawl {

/// A span of calendar time: "6h", "7d", "1mo". Months and years are as long as the calendar has them.
struct CalendarStep {
    enum class Unit : std::uint8_t { second, minute, hour, day, week, month, year };
    std::int64_t count = 1;
    Unit unit = Unit::day;
    friend bool operator==(const CalendarStep&, const CalendarStep&) = default;
};

/// Windows of `step` from `from` to `to`, in UTC.
struct DatePartitions {
    std::string start_param, end_param;
    std::chrono::sys_seconds from;
    std::optional<std::chrono::sys_seconds> to;  // unset: when the retrieval begins
    CalendarStep step;
    std::string format;          // %Y %m %d %H %M %S, %s and %ms for seconds and milliseconds since 1970
    bool end_inclusive = false;  // the source takes the end for part of the window
};

struct RangePartitions {
    std::string start_param, end_param;
    std::int64_t from = 0, to = 0, step = 1;
    bool end_inclusive = false;
};

struct ValuePartitions {
    std::string param;
    std::vector<std::string> values;
};

using Partitioning = std::variant<DatePartitions, RangePartitions, ValuePartitions>;

}  // namespace trawl
