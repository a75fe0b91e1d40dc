#include "cursor.hpp"

#include <charconv>
#include <cstdint>

namespace trawl::origin {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kPrefix = "after:";

// RFC 4648 section 4.
std::string base64(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += i + j > bytes.size() ? '=' : kAlphabet[group >> (18 - 6 * j) & 63];
        }
    }
    return out;
}

std::string unbase64(std::string_view text) {
    std::string out;
    std::uint32_t bits = 0;
    int held = 0;
    for (char c : text) {
        const std::size_t digit = kAlphabet.find(c);
        if (digit == std::string_view::npos) break;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 255);
    }
    return out;
}

}  // namespace

std::string cursor_of(std::size_t place) { return base64(std::string(kPrefix) + std::to_string(place)); }

std::optional<std::size_t> place_of(std::string_view cursor) {
    const std::string text = unbase64(cursor);
    if (!text.starts_with(kPrefix)) return std::nullopt;
    std::size_t place = 0;
    std::from_chars(text.data() + kPrefix.size(), text.data() + text.size(), place);
    // One place has one cursor: what was cut, padded or made up is none.
    if (place > 1'000'000'000'000'000 || cursor_of(place) != cursor) return std::nullopt;
    return place;
}

}  // namespace trawl::origin
