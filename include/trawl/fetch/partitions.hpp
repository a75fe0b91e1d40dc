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

/// One of them: the query parameters that ask for it, and its name for people ("2024-01-01/2024-02-01").
struct Partition {
    std::vector<std::pair<std::string, std::string>> params;
    std::string name;
};

/// More are a slip of the step: a window a minute for two months is 86,400.
inline constexpr std::size_t kPartitionsMax = 100'000;

/// All of them, in order, half-open and without a gap: each ends where the next begins. The last one of dates ends at
/// `to`, or, where there is none, with the unit of the format that `now` is in. Throws UsageError for more than
/// kPartitionsMax, and for a format that cannot say where a window begins (days, when windows are hours).
[[nodiscard]] std::vector<Partition> plan_partitions(const Partitioning& partitioning, std::chrono::sys_seconds now);

}  // namespace trawl
