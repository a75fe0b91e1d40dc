/// What a resource says of its columns: types, and whether a value may be missing.
#include <algorithm>
#include <array>
#include <charconv>

#include "connector_keys.hpp"
#include "connector_parts.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"

namespace trawl {
namespace {

using fetch::column_types;
using fetch::KeyAdvice;

/// Types that others have, and what comes nearest here.
constexpr std::array<KeyAdvice, 11> type_advice = {
    {{"binary", "a table has no bytes: take text, which keeps them as the source writes them"},
     {"wei", "take decimal(38,0), or text for more digits"},
     {"time", "a table has no time of the day: take text"},
     {"datetime", "did you mean 'timestamp'?"},
     {"string", "did you mean 'text'?"},
     {"integer", "did you mean 'bigint'?"},
     {"int", "did you mean 'bigint'?"},
     {"long", "did you mean 'bigint'?"},
     {"float", "did you mean 'double'?"},
     {"boolean", "did you mean 'bool'?"},
     {"complex", "did you mean 'json'?"}}};

/// "decimal(10,2)": its digits in all, and behind the point.
struct Digits {
    std::int64_t precision = 0;
    std::int64_t scale = 0;
    [[nodiscard]] bool fit() const {
        return precision >= 1 && precision <= ColumnHint::precision_max && scale >= 0 && scale <= precision;
    }
};

std::optional<Digits> digits_of(std::string_view type) {
    constexpr std::string_view begin = "decimal(";
    const std::size_t comma = type.find(',');
    if (!type.starts_with(begin) || !type.ends_with(")") || comma == std::string_view::npos) return std::nullopt;
    Digits digits;
    const auto read = [&](std::string_view text, std::int64_t& number) {
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
        return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    };
    const bool is_read = read(type.substr(begin.size(), comma - begin.size()), digits.precision) &&
                         read(type.substr(comma + 1, type.size() - comma - 2), digits.scale);
    return is_read && digits.fit() ? std::optional(digits) : std::nullopt;
}

}  // namespace

ColumnHint parse_column(std::string name, std::string_view type) {
    ColumnHint column;
    column.name = std::move(name);
    const auto found = std::ranges::find(column_types, type);
    if (found != column_types.end()) {
        column.type = static_cast<ColumnType>(found - column_types.begin());
        return column;
    }
    if (const auto digits = digits_of(type)) {
        column.type = ColumnType::decimal;
        column.precision = static_cast<std::uint8_t>(digits->precision);
        column.scale = static_cast<std::uint8_t>(digits->scale);
        return column;
    }
    const auto advised = std::ranges::find(type_advice, type, &KeyAdvice::key);
    if (type.starts_with("decimal("))
        throw UsageError(format("must be decimal(precision,scale), of at most {} digits in all, such as decimal(10,2)",
                                ColumnHint::precision_max));
    throw UsageError(
        format("must be one of {}{}", fetch::joined(column_types),
               advised != type_advice.end() ? format("; {}", advised->advice) : did_you_mean(type, column_types)));
}

namespace fetch {
namespace {

constexpr std::array<KeyAdvice, 4> column_advice = {{{"merge_key", "rows are merged by 'primary_key'"},
                                                     {"name", "the column's name is the key in front of it"},
                                                     {"timezone", "timestamps are in UTC"},
                                                     {"unique", "'primary_key' says which rows are the same"}}};

ColumnHint typed(const std::string& name, const TomlMember& type, ConnectorProblems& problems) {
    const TomlValue& value = type.value;
    if (!value.is(TomlKind::string)) {
        problems.add(value.at, format("'{}' must be a type of a column, not {}", type.name, kind_name(value)));
        return {};
    }
    try {
        return parse_column(name, value.text);
    } catch (const UsageError& error) {
        problems.add(value.at, format("'{}' is '{}', and {}", type.name, value.written, error.what()));
        return {};
    }
}

void read_digits(const TableReader& reader, ColumnHint& column) {
    const TomlMember* precision = reader.find("precision");
    const TomlMember* scale = reader.find("scale");
    if (!precision && !scale) return;
    const TomlMember& at = precision ? *precision : *scale;
    if (column.type != ColumnType::decimal) return reader.problem(at.at, format("'{}' is for decimals alone", at.name));
    Digits digits{column.precision, precision ? 0 : column.scale};
    if (precision) digits.precision = reader.whole("precision", 1).value_or(ColumnHint::precision_max);
    if (scale) digits.scale = reader.whole("scale", 0).value_or(0);
    if (!digits.fit())
        return reader.problem(at.at, format("a decimal has at most {} digits, and no more than those behind the point",
                                            ColumnHint::precision_max));
    column.precision = static_cast<std::uint8_t>(digits.precision);
    column.scale = static_cast<std::uint8_t>(digits.scale);
}

ColumnHint read_column(const TomlMember& column, ConnectorProblems& problems) {
    // dlt writes { data_type = "bigint" }, a short form is the type alone.
    if (!column.value.is(TomlKind::table)) return typed(column.name, column, problems);
    const TableReader reader(column.value, format("columns.{}", column.name), problems);
    reader.check_keys(column_keys, column_advice);
    const TomlMember* type = reader.need("data_type");
    if (!type) return {};
    ColumnHint read = typed(column.name, *type, problems);
    read.nullable = reader.boolean("nullable").value_or(true);
    read.is_key = reader.boolean("primary_key").value_or(false);
    read_digits(reader, read);
    return read;
}

}  // namespace

std::vector<ColumnHint> read_columns(const TomlMember& columns, ConnectorProblems& problems) {
    std::vector<ColumnHint> read;
    if (columns.value.is(TomlKind::table)) {
        for (const TomlMember& column : columns.value.members) read.push_back(read_column(column, problems));
    } else {
        problems.add(columns.value.at, format("'{}' must be a table, not {}", columns.name, kind_name(columns.value)));
    }
    return read;
}

}  // namespace fetch
}  // namespace trawl
