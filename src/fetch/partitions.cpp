/// Windows of the calendar and of numbers.
#include "trawl/fetch/partitions.hpp"

#include <algorithm>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

namespace chrono = std::chrono;
using chrono::sys_seconds;
using Unit = CalendarStep::Unit;

/// `count` months on; of a day that the month does not have, its last one.
sys_seconds add_months(sys_seconds moment, std::int64_t count) {
    const chrono::sys_days day = chrono::floor<chrono::days>(moment);
    chrono::year_month_day date = chrono::year_month_day(day) + chrono::months(static_cast<int>(count));
    if (!date.ok()) date = date.year() / date.month() / chrono::last;
    return chrono::sys_days(date) + (moment - day);
}

chrono::seconds length_of(Unit unit) {
    switch (unit) {
        case Unit::minute:
            return chrono::minutes(1);
        case Unit::hour:
            return chrono::hours(1);
        case Unit::day:
            return chrono::days(1);
        case Unit::week:
            return chrono::weeks(1);
        default:
            return chrono::seconds(1);
    }
}

/// `steps` steps from `from`, counted from there, so that 31 January keeps its day in months that have it.
sys_seconds after(sys_seconds from, const CalendarStep& step, std::int64_t steps) {
    const std::int64_t count = step.count * steps;
    if (step.unit == Unit::month) return add_months(from, count);
    if (step.unit == Unit::year) return add_months(from, 12 * count);
    return from + length_of(step.unit) * count;
}

sys_seconds floor_to(sys_seconds moment, Unit unit) {
    const chrono::sys_days day = chrono::floor<chrono::days>(moment);
    const chrono::year_month_day date(day);
    if (unit == Unit::month) return chrono::sys_days(date.year() / date.month() / 1);
    if (unit == Unit::year) return chrono::sys_days(date.year() / 1 / 1);
    const chrono::seconds length = length_of(unit);
    return day + (moment - day) / length * length;
}

/// The shortest time that the format can tell apart.
Unit unit_of(std::string_view pattern) {
    constexpr std::string_view letters = "YmdHMs";
    constexpr Unit units[] = {Unit::year, Unit::month, Unit::day, Unit::hour, Unit::minute, Unit::second};
    std::size_t finest = 0;
    for (std::size_t at = pattern.find('%'); at < pattern.size(); at = pattern.find('%', at + 2)) {
        const std::string_view rest = pattern.substr(at + 1);
        const char letter = rest.starts_with("ms") || rest.starts_with("S") ? 's' : rest.empty() ? '%' : rest.front();
        const std::size_t place = letters.find(letter);
        if (place != std::string_view::npos) finest = std::max(finest, place);
    }
    return units[finest];
}

std::string field_of(char letter, sys_seconds moment) {
    const chrono::sys_days day = chrono::floor<chrono::days>(moment);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss time(moment - day);
    switch (letter) {
        case 'Y':
            return format("{:04}", static_cast<int>(date.year()));
        case 'm':
            return format("{:02}", static_cast<unsigned>(date.month()));
        case 'd':
            return format("{:02}", static_cast<unsigned>(date.day()));
        case 'H':
            return format("{:02}", time.hours().count());
        case 'M':
            return format("{:02}", time.minutes().count());
        case 'S':
            return format("{:02}", time.seconds().count());
        case 's':
            return format("{}", moment.time_since_epoch().count());
        default:
            return std::string(1, letter);
    }
}

std::string formatted(std::string_view pattern, sys_seconds moment) {
    std::string text;
    while (!pattern.empty()) {
        if (pattern.starts_with("%ms")) {
            text += format("{}", moment.time_since_epoch().count() * 1000);
            pattern.remove_prefix(3);
        } else if (pattern.front() == '%' && pattern.size() > 1) {
            text += field_of(pattern[1], moment);
            pattern.remove_prefix(2);
        } else {
            text += pattern.front();
            pattern.remove_prefix(1);
        }
    }
    return text;
}

Partition window(const std::string& start_param, const std::string& end_param, std::string start, std::string end) {
    Partition partition;
    partition.name = end_param.empty() ? start : format("{}/{}", start, end);
    partition.params.emplace_back(start_param, std::move(start));
    if (!end_param.empty()) partition.params.emplace_back(end_param, std::move(end));
    return partition;
}

[[noreturn]] void refuse_count(std::string_view step) {
    throw UsageError(format("the partitions would be more than {}: take a longer step than {}", kPartitionsMax, step));
}

class DatePlan {
public:
    DatePlan(const DatePartitions& dates, sys_seconds now) : dates_(dates), unit_(unit_of(dates.format)) {
        const sys_seconds end = dates.to.value_or(now);
        const sys_seconds floored = floor_to(end, unit_);
        to_ = floored == end || dates.to ? end : after(floored, {1, unit_}, 1);
    }

    std::vector<Partition> plan() {
        std::vector<Partition> partitions;
        sys_seconds begin = dates_.from;
        for (std::int64_t steps = 1; begin < to_; ++steps) {
            const sys_seconds end = std::min(after(dates_.from, dates_.step, steps), to_);
            if (partitions.size() == kPartitionsMax) refuse_count(format("{}", dates_.step.count));
            partitions.push_back(between(begin, end));
            begin = end;
        }
        return partitions;
    }

private:
    [[nodiscard]] Partition between(sys_seconds begin, sys_seconds end) const {
        const sys_seconds last = dates_.end_inclusive ? after(end, {-1, unit_}, 1) : end;
        std::string start = text(begin);  // before the end is looked at: the problem that is told is the first one
        return window(dates_.start_param, dates_.end_param, std::move(start), text(last));
    }

    [[nodiscard]] std::string text(sys_seconds moment) const {
        if (floor_to(moment, unit_) != moment)
            throw UsageError(format("the format '{}' cannot say where a window begins: {} has more to it",
                                    dates_.format, formatted("%Y-%m-%dT%H:%M:%SZ", moment)));
        return formatted(dates_.format, moment);
    }

    const DatePartitions& dates_;
    Unit unit_;
    sys_seconds to_;
};

std::vector<Partition> plan(const DatePartitions& dates, sys_seconds now) { return DatePlan(dates, now).plan(); }

std::vector<Partition> plan(const RangePartitions& range, sys_seconds) {
    std::vector<Partition> partitions;
    for (std::int64_t begin = range.from; begin < range.to;) {
        std::int64_t end = 0;
        if (__builtin_add_overflow(begin, range.step, &end) || end > range.to) end = range.to;
        if (partitions.size() == kPartitionsMax) refuse_count(format("{}", range.step));
        const std::int64_t last = range.end_inclusive ? end - 1 : end;
        partitions.push_back(window(range.start_param, range.end_param, format("{}", begin), format("{}", last)));
        begin = end;
    }
    return partitions;
}

std::vector<Partition> plan(const ValuePartitions& listed, sys_seconds) {
    std::vector<Partition> partitions;
    for (const std::string& value : listed.values) partitions.push_back({{{listed.param, value}}, value});
    return partitions;
}

}  // namespace

std::vector<Partition> plan_partitions(const Partitioning& partitioning, sys_seconds now) {
    return std::visit([now](const auto& declared) { return plan(declared, now); }, partitioning);
}

}  // namespace trawl
