/// Number texts: grammar, the smallest exact type, values.
#include "number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

/// A number as digits x 10^exponent, without leading or trailing zeros; zero has no digits.
struct Scientific {
    std::string digits;
    long exponent = 0;  ///< of the first digit
    friend bool operator==(const Scientific&, const Scientific&) = default;
};

/// Exponents beyond this are beyond any double; it also keeps the arithmetic on them from overflowing.
constexpr long kExponentLimit = 1'000'000;

long parse_exponent(std::string_view text) {
    const bool minus = !text.empty() && text.front() == '-';
    if (!text.empty() && (minus || text.front() == '+')) text.remove_prefix(1);
    long value = 0;
    for (char c : text) value = std::min(value * 10 + (c - '0'), kExponentLimit);
    return minus ? -value : value;
}

Scientific normalise(std::string_view text) {
    if (!text.empty() && text.front() == '-') text.remove_prefix(1);
    const auto e = text.find_first_of("eE");
    const std::string_view mantissa = text.substr(0, e);
    const auto dot = mantissa.find('.');
    Scientific out;
    out.digits = std::string(mantissa.substr(0, dot));
    out.exponent = static_cast<long>(out.digits.size()) - 1;
    if (dot != std::string_view::npos) out.digits += mantissa.substr(dot + 1);
    const auto first = std::min(out.digits.find_first_not_of('0'), out.digits.size());
    out.digits.erase(0, first);
    out.exponent -= static_cast<long>(first);
    while (!out.digits.empty() && out.digits.back() == '0') out.digits.pop_back();
    if (e != std::string_view::npos) out.exponent += parse_exponent(text.substr(e + 1));
    if (out.digits.empty()) out.exponent = 0;
    return out;
}

bool double_holds(std::string_view text) {
    const Scientific wanted = normalise(text);
    const auto digits = wanted.digits.size();
    if (digits == 0) return true;
    // Any decimal of up to 15 digits survives a trip through a normal double (DBL_DIG); this is the common case.
    if (digits <= 15 && wanted.exponent > -300 && wanted.exponent < 300) return true;
    constexpr std::size_t longest = 64;  // longer texts are nobody's double; bounds the buffer below
    if (digits > longest) return false;
    const double value = std::fabs(parse_real(text));
    if (!std::isfinite(value) || value == 0) return false;
    char printed[longest + 16];
    const int size = std::snprintf(printed, sizeof printed, "%.*e", static_cast<int>(digits) - 1, value);
    return normalise(std::string_view(printed, static_cast<std::size_t>(size))) == wanted;
}

}  // namespace

Kind number_kind(std::string_view text) {
    if (text.find_first_of(".eE") != std::string_view::npos || text == "-0") {
        return double_holds(text) ? Kind::real : Kind::json;
    }
    constexpr std::int64_t exact_in_double = std::int64_t{1} << 53;
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec == std::errc()) {
        return value >= -exact_in_double && value <= exact_in_double ? Kind::int53 : Kind::int64;
    }
    const std::size_t digits = text.size() - (text.front() == '-' ? 1 : 0);
    return digits <= 38 ? Kind::decimal : Kind::json;
}

Int128 parse_whole(std::string_view text) {
    const bool minus = text.front() == '-';
    if (minus) text.remove_prefix(1);
    // 128-bit arithmetic by halves of 32 bits: the language has no such integer.
    std::uint32_t limbs[4] = {0, 0, 0, 0};
    for (char c : text) {
        std::uint64_t carry = static_cast<std::uint64_t>(c - '0');
        for (std::uint32_t& limb : limbs) {
            carry += std::uint64_t{limb} * 10;
            limb = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
    }
    std::uint64_t lower = limbs[0] | (std::uint64_t{limbs[1]} << 32);
    std::uint64_t upper = limbs[2] | (std::uint64_t{limbs[3]} << 32);
    if (minus) {
        lower = ~lower + 1;
        upper = ~upper + (lower == 0 ? 1 : 0);
    }
    return {lower, static_cast<std::int64_t>(upper)};
}

std::optional<std::string> scaled(std::string_view text, int scale, int digits_max, bool cuts) {
    const Scientific number = normalise(text);
    const long size = number.exponent + 1 + scale;  // of the digits in front of the point, once it is moved
    if (number.digits.empty() || (cuts && size <= 0)) return "0";
    if (size > digits_max || (!cuts && size < static_cast<long>(number.digits.size()))) return std::nullopt;
    std::string whole = number.digits;
    whole.resize(static_cast<std::size_t>(size), '0');
    return text.front() == '-' ? "-" + whole : whole;
}

std::string canonical_number(std::string_view text) {
    const Scientific number = normalise(text);
    if (number.digits.empty()) return "0";
    // Beyond the limit different exponents look the same: better two keys for one number than one for two.
    if (std::labs(number.exponent) >= kExponentLimit / 2) return std::string(text);
    return trawl::format("{}{}e{}", text.front() == '-' ? "-" : "", number.digits, number.exponent);
}

double parse_real(std::string_view text) {
    double value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec == std::errc()) return value;
    return text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos ? 0.0 : HUGE_VAL;
}

}  // namespace trawl::lake
