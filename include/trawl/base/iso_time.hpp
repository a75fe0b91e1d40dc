/// Dates and times as JSON sources write them: ISO 8601 in the profile of RFC 3339, and what is commonly left out of
/// it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace trawl {

struct IsoTime {
    std::chrono::sys_seconds seconds;  // in UTC; without a zone the text is taken for UTC
    std::string fraction;              // digits behind the point, as written
    bool is_date = false;              // there is no time of the day
    bool has_zone = false;
};

/// `2024-02-29`, `2024-02-29T13:45`, `2024-02-29 13:45:07.123+02:00`, `...Z`. Nothing for all else, and for days that
/// the calendar does not have.
[[nodiscard]] std::optional<IsoTime> parse_iso_time(std::string_view text);

/// "2024-02-29T13:45:07Z"
[[nodiscard]] std::string format_iso_time(std::chrono::sys_seconds moment);

}  // namespace trawl
