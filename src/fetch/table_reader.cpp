#include "table_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"

namespace trawl::fetch {
namespace {

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

/// A hundred years in seconds: a longer time is a slip, and would not fit a Duration for long.
constexpr double longest_seconds = 100 * 365.25 * 86400;

std::optional<Duration> duration_of(double seconds) {
    if (!(seconds >= 0 && seconds <= longest_seconds)) return std::nullopt;
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

bool is_number(const TomlValue& value) { return value.is(TomlKind::integer) || value.is(TomlKind::real); }

}  // namespace

void TableReader::check_keys(std::span<const std::string_view> known, std::span<const KeyAdvice> advice) const {
    for (const TomlMember& member : table_.members) {
        if (std::ranges::find(known, member.name) != known.end()) continue;
        const auto advised = std::ranges::find(advice, member.name, &KeyAdvice::key);
        std::string behind = did_you_mean(member.name, known);
        if (behind.empty()) behind = "; it has " + joined(known);
        if (advised != advice.end()) behind = format("; {}", advised->advice);
        problem(member.at, format("there is no key '{}' in {}{}", member.name, where_, behind));
    }
}

const TomlMember* TableReader::need(std::string_view name) const {
    const TomlMember* member = find(name);
    if (!member) problem(table_.at, format("{} needs '{}'", where_, name));
    return member;
}

const TomlMember* TableReader::find(std::string_view name, TomlKind kind) const {
    const TomlMember* member = find(name);
    if (!member || member->value.is(kind)) return member;
    must_be(*member, kind_name(kind));
    return nullptr;
}

std::optional<std::string> TableReader::text(std::string_view name) const {
    const TomlMember* member = find(name, TomlKind::string);
    if (!member) return std::nullopt;
    if (member->value.lacks_secret) return std::nullopt;
    if (!member->value.text.empty()) return member->value.text;
    problem(member->value.at, format("'{}' must not be empty", name));
    return std::nullopt;
}

std::string TableReader::needed_text(std::string_view name) const {
    return need(name) ? text(name).value_or("") : std::string();
}

std::optional<std::string> TableReader::open_text(std::string_view name) const {
    const TomlMember* member = find(name);
    if (member && !is_open(name, member->value)) return std::nullopt;
    return text(name);
}

bool TableReader::is_open(std::string_view name, const TomlValue& value) const {
    if (value.is_secret) problem(value.at, format("'{}' can have no secret in it: it may stand in messages", name));
    return !value.is_secret;
}

std::optional<bool> TableReader::boolean(std::string_view name) const {
    const TomlMember* member = find(name);
    if (!member) return std::nullopt;
    if (member->value.is(TomlKind::boolean)) return member->value.text == "true";
    must_be(*member, "true or false");
    return std::nullopt;
}

std::optional<std::int64_t> TableReader::whole(std::string_view name, std::int64_t least) const {
    const TomlMember* member = find(name);
    if (!member) return std::nullopt;
    const auto number =
        member->value.is(TomlKind::integer) ? number_of<std::int64_t>(member->value.text) : std::nullopt;
    if (number && *number >= least) return number;
    const std::string wanted = least == INT64_MIN ? "a whole number" : format("a whole number from {}", least);
    number ? unusable(*member, wanted) : must_be(*member, wanted);
    return std::nullopt;
}

std::optional<double> TableReader::positive(std::string_view name) const {
    const TomlMember* member = find(name);
    if (!member) return std::nullopt;
    const auto number = is_number(member->value) ? number_of<double>(member->value.text) : std::nullopt;
    if (number && *number > 0 && *number < 1e18) return number;
    number ? unusable(*member, "a number above 0") : must_be(*member, "a number above 0");
    return std::nullopt;
}

std::optional<Duration> TableReader::duration(std::string_view name) const {
    const TomlMember* member = find(name);
    if (!member) return std::nullopt;
    std::optional<Duration> time;
    if (is_number(member->value)) time = duration_of(number_of<double>(member->value.text).value_or(-1));
    if (member->value.is(TomlKind::string)) time = parse_duration(member->value.text);
    if (time && *time > Duration::zero()) return time;
    unusable(*member, "a time above 0: seconds, or a text like \"30s\", \"500ms\", \"5m\", \"1h\"");
    return std::nullopt;
}

std::optional<std::size_t> TableReader::word(std::string_view name, std::span<const std::string_view> words) const {
    const TomlMember* member = find(name, TomlKind::string);
    if (!member) return std::nullopt;
    const auto found = std::ranges::find(words, member->value.text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    problem(member->value.at, format("'{}' is '{}', and must be one of {}{}", name, member->value.written,
                                     joined(words), did_you_mean(member->value.written, words)));
    return std::nullopt;
}

std::vector<std::string> TableReader::texts(std::string_view name) const {
    const TomlMember* member = find(name);
    if (!member) return {};
    if (member->value.is(TomlKind::string)) return {open_text(name).value_or("")};
    std::vector<std::string> found;
    for (const TomlValue& item : member->value.items) {
        if (!is_open(name, item)) continue;
        if (item.is(TomlKind::string) && !item.text.empty())
            found.push_back(item.text);
        else
            problem(item.at, format("'{}' must hold strings that are not empty", name));
    }
    if (!member->value.is(TomlKind::array)) must_be(*member, "a string or an array of strings");
    return found;
}

std::optional<JsonPath> TableReader::path(std::string_view name) const {
    const TomlMember* member = find(name, TomlKind::string);
    if (!member || !is_open(name, member->value)) return std::nullopt;
    try {
        return JsonPath::parse(member->value.text);
    } catch (const UsageError& error) {
        problem(member->value.at, error.what());
        return std::nullopt;
    }
}

std::optional<JsonScalar> TableReader::scalar(std::string_view name) const {
    const TomlMember* member = find(name);
    if (!member) return std::nullopt;
    auto value = scalar_of(member->value);
    if (!value) must_be(*member, "a string, a number, a boolean or a date");
    return value;
}

void TableReader::must_be(const TomlMember& member, std::string_view what) const {
    problem(member.value.at, format("'{}' must be {}, not {}", member.name, what, kind_name(member.value)));
}

void TableReader::unusable(const TomlMember& member, std::string_view what) const {
    const bool has_text = !member.value.is(TomlKind::array) && !member.value.is(TomlKind::table);
    if (!has_text) return must_be(member, what);
    problem(member.value.at, format("'{}' is '{}', and must be {}", member.name, member.value.written, what));
}

std::optional<JsonScalar> scalar_of(const TomlValue& value) {
    switch (value.kind) {
        case TomlKind::real:
            if (value.text.find('n') != std::string::npos) return std::nullopt;  // nan, inf
            [[fallthrough]];
        case TomlKind::integer:
            return JsonScalar{JsonScalar::Kind::number, value.text};
        case TomlKind::boolean:
            return JsonScalar{JsonScalar::Kind::boolean, value.text};
        case TomlKind::string:
        case TomlKind::date:
            return JsonScalar{JsonScalar::Kind::string, value.text};
        default:
            return std::nullopt;
    }
}

std::optional<Duration> parse_duration(std::string_view text) {
    struct Unit {
        std::string_view name;
        double seconds;
    };
    constexpr std::array<Unit, 5> units = {{{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = number_of<double>(text.substr(0, digits));
    const auto unit = std::ranges::find(units, text.substr(digits), &Unit::name);
    if (!number || unit == units.end()) return std::nullopt;
    return duration_of(*number * unit->seconds);
}

std::string joined(std::span<const std::string_view> words) {
    std::string text;
    for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
    return text;
}

}  // namespace trawl::fetch
