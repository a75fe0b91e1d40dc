#include "units.hpp"

#include <array>
#include <charconv>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::origin {
namespace {

constexpr double kYear = 365.0 * 24 * 3600 * 1e9;  // in nanoseconds; TimePoints further away could overflow

struct Unit {
    std::string_view name;
    double nanoseconds;
};
constexpr std::array<Unit, 5> kUnits{{{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};

bool read_number(std::string_view text, double& number) {
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    return read.ec == std::errc() && read.ptr == end && number >= 0 && number < 1e15;
}

}  // namespace

std::uint64_t parse_count(std::string_view text, std::uint64_t max) {
    std::uint64_t count = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, count);
    if (read.ec != std::errc() || read.ptr != end || count > max) {
        throw UsageError(format("'{}' is no whole number from 0 to {}", text, max));
    }
    return count;
}

double parse_number(std::string_view text) {
    double number = 0;
    if (!read_number(text, number)) throw UsageError(format("'{}' is no number: write it as 100 or 0.5", text));
    return number;
}

Duration parse_duration(std::string_view text) {
    if (text == "0") return Duration(0);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    for (const Unit& unit : kUnits) {
        double number = 0;
        if (text.substr(digits) != unit.name || !read_number(text.substr(0, digits), number)) continue;
        if (number * unit.nanoseconds > kYear) break;
        return Duration(static_cast<Duration::rep>(number * unit.nanoseconds));
    }
    throw UsageError(format("'{}' is no duration: write it as 50ms, 1.5s or 2m", text));
}

double parse_share(std::string_view text) {
    double percent = 0;
    const bool signed_so = !text.empty() && text.back() == '%';
    if (!signed_so || !read_number(text.substr(0, text.size() - 1), percent) || percent > 100) {
        throw UsageError(format("'{}' is no share: write it in percent, as 1% or 0.5%", text));
    }
    return percent / 100;
}

std::vector<std::pair<Duration, std::size_t>> parse_vary(std::string_view text) {
    std::vector<std::pair<Duration, std::size_t>> changes;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        const std::string_view change = text.substr(0, end);
        const std::size_t colon = change.find(':');
        if (colon == std::string_view::npos) throw UsageError(format("'{}' is no change: write it as 15s:20", change));
        const Duration from = parse_duration(change.substr(0, colon));
        if (!changes.empty() && from <= changes.back().first) throw UsageError("the times of the changes must ascend");
        changes.emplace_back(from, parse_count(change.substr(colon + 1)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return changes;
}

std::pair<std::string, Duration> parse_latency_of(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0)
        throw UsageError(format("'{}' names no data set and its latency: write it as languages:120ms", text));
    return {std::string(text.substr(0, colon)), parse_duration(text.substr(colon + 1))};
}

std::pair<std::size_t, int> parse_fail_page(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) throw UsageError(format("'{}' names no status: write it as 7:404", text));
    const std::size_t page = parse_count(text.substr(0, colon));
    const auto status = static_cast<int>(parse_count(text.substr(colon + 1), 599));
    if (page == 0 || status < 400) throw UsageError(format("'{}': pages count from 1, failures from 400", text));
    return {page, status};
}

std::string with_commas(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

}  // namespace trawl::origin
