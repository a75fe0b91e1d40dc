#include "scalar_order.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

namespace trawl::fetch {
namespace {

/// 0.digits * 10^exponent, the first digit not 0; zero has no digits.
struct Decimal {
    bool negative = false;
    std::string digits;
    std::int64_t exponent = 0;
};

/// Beyond this an exponent says "very large" or "very small", and no more digits are looked at.
constexpr std::int64_t exponent_max = std::int64_t{1} << 60;

std::int64_t exponent_of(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc::result_out_of_range) return text.starts_with('-') ? -exponent_max : exponent_max;
    return std::clamp(value, -exponent_max, exponent_max);
}

Decimal decimal_of(std::string_view text) {
    Decimal decimal;
    decimal.negative = text.starts_with('-');
    if (decimal.negative) text.remove_prefix(1);
    const std::size_t power = std::min(text.find_first_of("eE"), text.size());
    if (power < text.size()) decimal.exponent = exponent_of(text.substr(power + 1));
    text = text.substr(0, power);
    const std::size_t point = std::min(text.find('.'), text.size());
    decimal.digits = std::string(text.substr(0, point)) + std::string(text.substr(std::min(point + 1, text.size())));
    decimal.exponent += static_cast<std::int64_t>(point);
    const std::size_t zeros = std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size());
    decimal.digits.erase(0, zeros);
    decimal.exponent -= static_cast<std::int64_t>(zeros);
    decimal.digits.resize(decimal.digits.find_last_not_of('0') + 1);
    return decimal;
}

std::strong_ordering compare_sizes(const Decimal& left, const Decimal& right) {
    if (left.digits.empty() || right.digits.empty()) return left.digits.size() <=> right.digits.size();
    if (left.exponent != right.exponent) return left.exponent <=> right.exponent;
    return left.digits.compare(right.digits) <=> 0;
}

std::strong_ordering reversed(std::strong_ordering order) { return 0 <=> order; }

}  // namespace

std::strong_ordering compare_numbers(std::string_view left, std::string_view right) {
    const Decimal a = decimal_of(left), b = decimal_of(right);
    const bool a_below_zero = a.negative && !a.digits.empty(), b_below_zero = b.negative && !b.digits.empty();
    if (a_below_zero != b_below_zero) return a_below_zero ? std::strong_ordering::less : std::strong_ordering::greater;
    const std::strong_ordering sizes = compare_sizes(a, b);
    return a_below_zero ? reversed(sizes) : sizes;
}

std::optional<std::strong_ordering> compare_scalars(const JsonScalar& left, const JsonScalar& right) {
    if (left.kind != right.kind) return std::nullopt;
    if (left.kind == JsonScalar::Kind::number) return compare_numbers(left.text, right.text);
    if (left.kind == JsonScalar::Kind::string) return left.text.compare(right.text) <=> 0;
    if (left.text != right.text) return std::nullopt;
    return std::strong_ordering::equal;
}

}  // namespace trawl::fetch
