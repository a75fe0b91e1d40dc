/// What a resource says of its rows: which are new, which are kept, how they are split.
#include <algorithm>

#include "connector_keys.hpp"
#include "connector_parts.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/iso_time.hpp"

namespace trawl::fetch {
namespace {

/// Calls `read(TableReader)` for each table of an array of tables.
template <typename Read>
void each_table(const TomlMember& list, ConnectorProblems& problems, std::span<const std::string_view> keys,
                Read read) {
    if (!list.value.is(TomlKind::array))
        problems.add(list.value.at,
                     format("'{}' must be an array of tables, not {}", list.name, kind_name(list.value)));
    for (const TomlValue& item : list.value.items) {
        if (!item.is(TomlKind::table)) {
            problems.add(item.at, format("'{}' must hold tables, not {}", list.name, kind_name(item)));
            continue;
        }
        const TableReader reader(item, list.name, problems);
        reader.check_keys(keys);
        read(reader);
    }
}

bool is_table(const TomlMember& member, ConnectorProblems& problems) {
    if (member.value.is(TomlKind::table)) return true;
    problems.add(member.value.at, format("'{}' must be a table, not {}", member.name, kind_name(member.value)));
    return false;
}

void read_lag(const TableReader& reader, IncrementalSpec& spec) {
    const TomlMember* lag = reader.find("lag");
    if (!lag) return;
    if (lag->value.is(TomlKind::integer)) {
        spec.lag = reader.whole("lag", 0).value_or(0);
        return;
    }
    const auto time = lag->value.is(TomlKind::string) ? parse_duration(lag->value.text) : std::nullopt;
    if (time && *time > Duration::zero())
        spec.lag_time = *time;
    else
        reader.unusable(*lag,
                        "a whole number (of the cursor's numbers, of days for dates, of seconds for times), or a "
                        "time such as \"90s\", \"30m\", \"2h\", \"1d\"");
}

/// A cursor's value has an order.
std::optional<JsonScalar> cursor_value(const TableReader& reader, std::string_view name) {
    const TomlMember* member = reader.find(name);
    if (member && member->value.is(TomlKind::boolean)) reader.must_be(*member, "a number, a date or another string");
    return reader.scalar(name);
}

std::optional<CalendarStep> parse_step(std::string_view text) {
    struct Unit {
        std::string_view name;
        CalendarStep::Unit unit;
    };
    using enum CalendarStep::Unit;
    constexpr std::array<Unit, 7> units = {
        {{"s", second}, {"m", minute}, {"h", hour}, {"d", day}, {"w", week}, {"mo", month}, {"y", year}}};
    constexpr std::size_t digits_max = 4;  // 9999 years are as far as the calendar goes
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto unit = std::ranges::find(units, text.substr(digits), &Unit::name);
    if (digits == 0 || digits > digits_max || unit == units.end()) return std::nullopt;
    const std::int64_t count = std::stoll(std::string(text.substr(0, digits)));
    if (count == 0) return std::nullopt;
    return CalendarStep{count, unit->unit};
}

/// A date or time that a partition begins or ends with.
std::optional<std::chrono::sys_seconds> read_moment(const TableReader& reader, std::string_view name) {
    const TomlMember* member = reader.find(name);
    if (!member) return std::nullopt;
    const bool is_text = member->value.is(TomlKind::string) || member->value.is(TomlKind::date);
    const auto time = is_text ? parse_iso_time(member->value.text) : std::nullopt;
    if (time) return time->seconds;
    reader.unusable(*member, "a date or a time such as 2024-01-31 or 2024-01-31T12:00:00Z");
    return std::nullopt;
}

std::string default_format(const CalendarStep& step) {
    return step.unit < CalendarStep::Unit::day ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d";
}

/// What the format may hold is known to plan_partitions().
void check_format(const TableReader& reader, const std::string& pattern) {
    for (std::size_t at = pattern.find('%'); at != std::string::npos; at = pattern.find('%', at + 2)) {
        const std::string_view rest = std::string_view(pattern).substr(at + 1);
        if (rest.starts_with("ms") ||
            (!rest.empty() && std::string_view("YmdHMS%s").find(rest[0]) != std::string::npos))
            continue;
        return reader.unusable(*reader.find("format"), "text with %Y %m %d %H %M %S, %s, %ms and %%");
    }
}

void read_params(const TableReader& reader, std::string& start, std::string& end) {
    if (reader.need("start_param")) start = reader.open_text("start_param").value_or("");
    end = reader.open_text("end_param").value_or("");
}

Partitioning date_partitions(const TableReader& reader) {
    reader.check_keys(date_partition_keys);
    DatePartitions dates;
    read_params(reader, dates.start_param, dates.end_param);
    if (reader.need("from")) dates.from = read_moment(reader, "from").value_or(std::chrono::sys_seconds());
    dates.to = read_moment(reader, "to");
    if (dates.to && *dates.to <= dates.from)
        reader.problem(reader.find("to")->value.at, "'to' must be later than 'from': no window is left");
    const std::string step = reader.needed_text("step");
    if (const auto parsed = parse_step(step))
        dates.step = *parsed;
    else if (!step.empty())
        reader.unusable(*reader.find("step"), "a count and a unit: \"6h\", \"7d\", \"2w\", \"1mo\", \"1y\"");
    dates.format = reader.open_text("format").value_or(default_format(dates.step));
    if (reader.find("format")) check_format(reader, dates.format);
    dates.end_inclusive = reader.boolean("end_inclusive").value_or(false);
    return dates;
}

Partitioning range_partitions(const TableReader& reader) {
    reader.check_keys(range_partition_keys);
    RangePartitions range;
    read_params(reader, range.start_param, range.end_param);
    bool complete = true;
    for (const char* name : {"from", "to", "step"})
        if (!reader.need(name)) complete = false;
    const auto from = reader.whole("from", INT64_MIN), to = reader.whole("to", INT64_MIN);
    range.step = reader.whole("step", 1).value_or(1);
    range.end_inclusive = reader.boolean("end_inclusive").value_or(false);
    if (!complete || !from || !to) return range;
    range.from = *from;
    range.to = *to;
    if (range.to <= range.from)
        reader.problem(reader.find("to")->value.at, "'to' must be above 'from': no window is left");
    return range;
}

Partitioning value_partitions(const TableReader& reader) {
    reader.check_keys(values_partition_keys);
    ValuePartitions listed;
    if (reader.need("param")) listed.param = reader.open_text("param").value_or("");
    const TomlMember* values = reader.need("values") ? reader.find("values", TomlKind::array) : nullptr;
    if (!values) return listed;
    for (const TomlValue& item : values->value.items) {
        const auto value = scalar_of(item);
        if (!value)
            reader.problem(item.at, format("'values' must hold strings or numbers, not {}", kind_name(item)));
        else if (std::ranges::find(listed.values, value->text) != listed.values.end())
            reader.problem(item.at, format("'values' has '{}' twice: its rows would be there twice",
                                           item.is(TomlKind::string) ? item.written : value->text));
        else
            listed.values.push_back(value->text);
    }
    if (values->value.items.empty()) reader.problem(values->value.at, "'values' must not be empty");
    return listed;
}

void read_filter_values(const TableReader& reader, RowFilter& filter) {
    const TomlMember* value = reader.find("value");
    if (filter.op == CompareOp::exists) {
        if (const auto truth = reader.boolean("value"))
            filter.values = {{JsonScalar::Kind::boolean, *truth ? "true" : "false"}};
        return;
    }
    if (!value && !reader.need("value")) return;
    if (filter.op != CompareOp::in) {
        if (auto scalar = reader.scalar("value")) filter.values = {*scalar};
        return;
    }
    if (!value->value.is(TomlKind::array)) return reader.must_be(*value, "an array, since 'op' is 'in'");
    for (const TomlValue& item : value->value.items) {
        if (auto scalar = scalar_of(item))
            filter.values.push_back(*scalar);
        else
            reader.problem(item.at, format("'value' must hold strings, numbers or booleans, not {}", kind_name(item)));
    }
}

/// Planned for a moment of which the result is thrown away: too many windows, or a format that cannot tell them apart.
void check_plan(const TableReader& reader, const Partitioning& partitioning) {
    const auto* dates = std::get_if<DatePartitions>(&partitioning);
    try {
        (void)plan_partitions(partitioning, dates ? dates->from + std::chrono::seconds(1) : std::chrono::sys_seconds());
    } catch (const UsageError& error) {
        reader.problem(reader.table().at, format("partitions: {}", error.what()));
    }
}

}  // namespace

std::optional<IncrementalSpec> read_incremental(const TomlMember& incremental, ConnectorProblems& problems) {
    if (!is_table(incremental, problems)) return std::nullopt;
    const TableReader reader(incremental.value, "incremental", problems);
    reader.check_keys(incremental_keys);
    IncrementalSpec spec;
    if (reader.need("cursor_path")) spec.cursor_path = reader.path("cursor_path").value_or(JsonPath());
    spec.initial_value = cursor_value(reader, "initial_value");
    spec.end_value = cursor_value(reader, "end_value");
    spec.start_param = reader.open_text("start_param").value_or("");
    spec.end_param = reader.open_text("end_param").value_or("");
    read_lag(reader, spec);
    if (const auto order = reader.word("row_order", row_orders))
        spec.row_order = *order == 0 ? RowOrder::ascending : RowOrder::descending;
    const auto missing = reader.word("on_cursor_value_missing", missing_words);
    spec.on_missing = static_cast<OnCursorMissing>(missing.value_or(0));
    if (!spec.end_param.empty() && !spec.end_value)
        reader.problem(reader.find("end_param")->value.at, "'end_param' needs 'end_value': it is what would be sent");
    return spec;
}

std::optional<Partitioning> read_partitions(const TomlMember& partitions, ConnectorProblems& problems) {
    if (!is_table(partitions, problems)) return std::nullopt;
    const TableReader reader(partitions.value, "partitions", problems);
    const auto type = reader.need("type") ? reader.word("type", partition_types) : std::nullopt;
    if (!type) return std::nullopt;
    Partitioning read = *type == 0   ? date_partitions(reader)
                        : *type == 1 ? range_partitions(reader)
                                     : value_partitions(reader);
    check_plan(reader, read);
    return read;
}

std::vector<ResponseAction> read_response_actions(const TomlMember& actions, ConnectorProblems& problems) {
    std::vector<ResponseAction> read;
    each_table(actions, problems, response_action_keys, [&](const TableReader& reader) {
        ResponseAction action;
        if (const auto status = reader.whole("status_code", 100)) {
            action.status_code = static_cast<int>(std::min<std::int64_t>(*status, 600));
            if (*status > 599) reader.unusable(*reader.find("status_code"), "a status from 100 to 599");
        }
        action.content = reader.text("content");
        if (!reader.find("status_code") && !reader.find("content"))
            reader.problem(reader.table().at, "response_actions needs 'status_code', 'content' or both");
        if (reader.need("action"))
            action.action =
                static_cast<ResponseAction::Action>(reader.word("action", response_action_words).value_or(1));
        read.push_back(std::move(action));
    });
    return read;
}

std::vector<RowFilter> read_filters(const TomlMember& filters, ConnectorProblems& problems) {
    std::vector<RowFilter> read;
    each_table(filters, problems, filter_keys, [&](const TableReader& reader) {
        RowFilter filter;
        if (reader.need("path")) filter.path = reader.path("path").value_or(JsonPath());
        const auto op = reader.need("op") ? reader.word("op", filter_ops) : std::nullopt;
        if (!op) return;
        filter.op = static_cast<CompareOp>(*op);
        read_filter_values(reader, filter);
        read.push_back(std::move(filter));
    });
    return read;
}

}  // namespace trawl::fetch
