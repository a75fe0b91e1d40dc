/// Reading of values, and words for those that cannot be read.
#include "values.hpp"

#include <charconv>
#include <chrono>
#include <cmath>

#include "trawl/base/format.hpp"
#include "trawl/base/iso_time.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::lake {
namespace {

namespace chrono = std::chrono;
using What = JsonNode::What;

constexpr int kMicroDigits = 6;
constexpr std::int64_t kMicros = 1'000'000;
constexpr chrono::sys_days kFirstDay = chrono::year(1) / 1 / 1;
constexpr chrono::sys_days kLastDay = chrono::year(9999) / 12 / 31;

/// The number's text, also of one in quotes.
std::optional<std::string_view> number_text(JsonView value) {
    const bool is_number = value.is(What::number) || (value.is(What::string) && is_json_number(value->text));
    return is_number ? std::optional(value->text) : std::nullopt;
}

std::optional<std::int64_t> whole_of(std::string_view text) {
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    return is_whole ? std::optional(value) : std::nullopt;
}

/// The first six digits of a fraction of a second.
std::int64_t micros_of(std::string_view fraction) {
    std::int64_t micros = 0;
    for (std::size_t i = 0; i < kMicroDigits; ++i) micros = micros * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
    return micros;
}

std::optional<std::int64_t> in_years(std::int64_t micros) {
    constexpr std::int64_t begin = chrono::sys_seconds(kFirstDay).time_since_epoch().count() * kMicros;
    constexpr std::int64_t end = chrono::sys_seconds(kLastDay + chrono::days(1)).time_since_epoch().count() * kMicros;
    return micros >= begin && micros < end ? std::optional(micros) : std::nullopt;
}

std::string takes(const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return "no bool: it takes true, false, 1 and 0";
        case Kind::int53:
        case Kind::int64:
            return "no bigint: it takes whole numbers of 64 bits";
        case Kind::decimal:
            return "no decimal(38,0): it takes whole numbers of up to 38 digits";
        case Kind::real:
            return "no double: it takes numbers up to 1.8e308";
        case Kind::fixed:
            return trawl::format(
                "no decimal({0},{1}): it takes numbers of up to {0} digits, {1} of them behind the point",
                type.precision, type.scale);
        case Kind::date:
            return "no date: it takes ISO 8601 dates (2024-02-29) of the years 1 to 9999; a time of the day is lost in "
                   "it: declare that a timestamp";
        case Kind::timestamp:
            return "no timestamp: it takes ISO 8601 times and dates (2024-02-29T13:45:07+01:00) of the years 1 to "
                   "9999, and numbers of seconds since 1970 (milliseconds: declare a bigint)";
        default:
            return trawl::format("no {}", to_string(type));
    }
}

}  // namespace

std::optional<bool> read_boolean(JsonView value) {
    const bool is_single = !value.is(What::array) && !value.is(What::object);
    if (is_single && (value->text == "true" || value->text == "1")) return true;
    if (is_single && (value->text == "false" || value->text == "0")) return false;
    return std::nullopt;
}

std::optional<std::int64_t> read_bigint(JsonView value) {
    if (value.is(What::number)) {
        if (const auto whole = whole_of(value->text)) return whole;  // nearly always
    }
    constexpr int digits_max = 19;  // of 2^63
    const auto text = number_text(value);
    const auto whole = text ? scaled(*text, 0, digits_max) : std::nullopt;
    return whole ? whole_of(*whole) : std::nullopt;
}

std::optional<double> read_real(JsonView value) {
    const auto text = number_text(value);
    if (!text) return std::nullopt;
    const double real = parse_real(*text);
    return std::isfinite(real) ? std::optional(real) : std::nullopt;
}

std::optional<Int128> read_fixed(JsonView value, int precision, int scale) {
    const auto text = number_text(value);
    const auto whole = text ? scaled(*text, scale, precision) : std::nullopt;
    return whole ? std::optional(parse_whole(*whole)) : std::nullopt;
}

std::optional<std::int32_t> read_date(JsonView value) {
    const auto time = value.is(What::string) ? parse_iso_time(value->text) : std::nullopt;
    if (!time) return std::nullopt;
    const auto day = chrono::floor<chrono::days>(time->seconds);
    const bool is_midnight = day == time->seconds && time->fraction.find_first_not_of('0') == std::string::npos;
    if (!is_midnight || day < kFirstDay || day > kLastDay) return std::nullopt;
    return static_cast<std::int32_t>(day.time_since_epoch().count());
}

std::optional<std::int64_t> read_timestamp(JsonView value) {
    if (value.is(What::number)) {
        constexpr int digits_max = 18;  // far more than the year 9999 has
        const auto micros = scaled(value->text, kMicroDigits, digits_max, true);
        const auto whole = micros ? whole_of(*micros) : std::nullopt;
        return whole ? in_years(*whole) : std::nullopt;
    }
    const auto time = value.is(What::string) ? parse_iso_time(value->text) : std::nullopt;
    if (!time) return std::nullopt;
    return in_years(time->seconds.time_since_epoch().count() * kMicros + micros_of(time->fraction));
}

bool is_readable(JsonView value, const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return read_boolean(value).has_value();
        case Kind::int53:
        case Kind::int64:
            return read_bigint(value).has_value();
        case Kind::decimal:
            return read_fixed(value, 38, 0).has_value();
        case Kind::real:
            return read_real(value).has_value();
        case Kind::fixed:
            return read_fixed(value, type.precision, type.scale).has_value();
        case Kind::date:
            return read_date(value).has_value();
        case Kind::timestamp:
            return read_timestamp(value).has_value();
        default:
            return true;  // text of any value
    }
}

std::string why_unreadable(JsonView value, const Type& type) {
    constexpr std::size_t shown = 80;  // one line of a terminal
    return trawl::format("{} is {}", value->raw.substr(0, shown), takes(type));
}

}  // namespace trawl::lake
