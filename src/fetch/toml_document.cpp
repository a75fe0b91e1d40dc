/// toml++ behind plain values.
#include "toml_document.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

/// A connector is a page or two. Keys of very many parts ("a.a.a....") make tables as deep, which are recursed into:
/// this keeps them within the stack.
constexpr std::size_t file_size_max = 1'000'000;
constexpr std::size_t dots_in_line_max = 1'000;

FilePlace place(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

/// A JSON number that a TOML number means; toml++ keeps no number's text. Infinity and nan have none.
std::string real_text(double value) {
    std::string text = format("{}", value);
    if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
    return text;
}

std::string date_text(const toml::date& day) { return format("{:04}-{:02}-{:02}", day.year, day.month, day.day); }

std::string time_text(const toml::time& time) {
    std::string text = format("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    if (time.nanosecond == 0) return text;
    std::string fraction = format("{:09}", time.nanosecond);
    fraction.resize(fraction.find_last_not_of('0') + 1);
    return text + "." + fraction;
}

std::string offset_text(const toml::time_offset& offset) {
    if (offset.minutes == 0) return "Z";
    const int minutes = std::abs(static_cast<int>(offset.minutes));
    return format("{}{:02}:{:02}", offset.minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string date_time_text(const toml::date_time& moment) {
    const std::string zone = moment.offset ? offset_text(*moment.offset) : std::string();
    return date_text(moment.date) + "T" + time_text(moment.time) + zone;
}

TomlValue value_of(const toml::node& node);

TomlValue scalar_of(const toml::node& node) {
    TomlValue value;
    const auto set = [&value](TomlKind kind, std::string text) {
        value.kind = kind;
        value.text = std::move(text);
    };
    if (const auto* text = node.as_string()) set(TomlKind::string, text->get());
    if (const auto* number = node.as_integer()) set(TomlKind::integer, format("{}", number->get()));
    if (const auto* number = node.as_floating_point()) set(TomlKind::real, real_text(number->get()));
    if (const auto* truth = node.as_boolean()) set(TomlKind::boolean, truth->get() ? "true" : "false");
    if (const auto* day = node.as_date()) set(TomlKind::date, date_text(day->get()));
    if (const auto* time = node.as_time()) set(TomlKind::date, time_text(time->get()));
    if (const auto* moment = node.as_date_time()) set(TomlKind::date, date_time_text(moment->get()));
    value.written = value.braced = value.text;
    return value;
}

TomlValue table_of(const toml::table& table) {
    TomlValue value;
    for (const auto& [key, node] : table)
        value.members.push_back({std::string(key.str()), place(key.source()), value_of(node)});
    std::ranges::sort(value.members, {}, &TomlMember::at);  // toml++ has them by name
    return value;
}

TomlValue array_of(const toml::array& array) {
    TomlValue value;
    value.kind = TomlKind::array;
    for (const toml::node& node : array) value.items.push_back(value_of(node));
    return value;
}

TomlValue value_of(const toml::node& node) {
    TomlValue value = node.is_table()   ? table_of(*node.as_table())
                      : node.is_array() ? array_of(*node.as_array())
                                        : scalar_of(node);
    value.at = place(node.source());
    return value;
}

[[noreturn]] void refuse(const std::string& file, FilePlace at, std::string_view why) {
    throw ConnectorError({format("{}:{}:{}: {}", file, at.line, at.column, why)});
}

void check_size(std::string_view text, const std::string& file) {
    if (text.size() > file_size_max) refuse(file, {1, 1}, format("the file is larger than {} bytes", file_size_max));
    std::size_t dots = 0;
    FilePlace at{1, 1};
    for (const char c : text) {
        dots = c == '\n' ? 0 : dots + (c == '.' ? 1 : 0);
        at.line += c == '\n' ? 1 : 0;
        if (dots > dots_in_line_max) refuse(file, at, format("more than {} dots in a line", dots_in_line_max));
    }
}

/// The table that [NAME] was written for again, where an array of them is meant; else nothing.
std::string_view twice_without_brackets(std::string_view why) {
    for (const std::string_view name : {"resources", "resource"})
        if (why.ends_with(format("cannot redefine existing table '{}'", name))) return name;
    return {};
}

}  // namespace

std::string_view kind_name(TomlKind kind) {
    constexpr std::array<std::string_view, 7> names = {"a string", "a whole number", "a number", "a boolean",
                                                       "a date",   "an array",       "a table"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view kind_name(const TomlValue& value) {
    const bool is_number = value.is(TomlKind::real) && value.text.find('n') == std::string::npos;
    return value.is(TomlKind::real) && !is_number ? "nan or infinity" : kind_name(value.kind);
}

const TomlMember* TomlValue::find(std::string_view name) const {
    const auto found = std::ranges::find(members, name, &TomlMember::name);
    return found == members.end() ? nullptr : &*found;
}

TomlValue read_toml(std::string_view text, const std::string& file, bool quotes) {
    check_size(text, file);
    try {
        return table_of(toml::parse(text));
    } catch (const toml::parse_error& error) {
        // What was seen instead may be a part of a secret that somebody forgot to quote.
        std::string_view why = error.description().substr(0, error.description().find(" saw '"));
        if (why.ends_with(',')) why.remove_suffix(1);
        if (const std::string_view name = twice_without_brackets(why); quotes && !name.empty())
            refuse(file, place(error.source()),
                   format("'{0}' is there twice: write [[{0}]], with two brackets, for each", name));
        refuse(file, place(error.source()), quotes ? format("this is not TOML: {}", why) : "this is not TOML");
    }
}

}  // namespace trawl::fetch
