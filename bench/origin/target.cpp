#include "target.hpp"

#include <algorithm>

namespace trawl::origin {
namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

// "http://host/path" → "/path"; a path stays as it is; nothing else is a target that we serve.
std::optional<std::string_view> without_authority(std::string_view text) {
    constexpr std::string_view kScheme = "http://";
    if (text.starts_with('/')) return text;
    if (!text.starts_with(kScheme)) return std::nullopt;
    const std::size_t slash = text.find('/', kScheme.size());
    return slash == std::string_view::npos ? "/" : text.substr(slash);
}

}  // namespace

std::optional<Target> Target::parse(std::string_view text) {
    const auto local = without_authority(text);
    if (!local) return std::nullopt;
    const std::size_t question = std::min(local->find('?'), local->size());
    auto path = decoded(local->substr(0, question), false);
    if (!path) return std::nullopt;
    Target target;
    target.path_ = *std::move(path);
    for (std::string_view rest = local->substr(std::min(question + 1, local->size())); !rest.empty();) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string_view pair = rest.substr(0, end);
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = decoded(pair.substr(0, equals), true);
        auto value = decoded(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!name || !value) return std::nullopt;
        target.parameters_.emplace_back(*std::move(name), *std::move(value));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return target;
}

std::optional<std::string_view> Target::parameter(std::string_view name) const noexcept {
    for (const auto& [key, value] : parameters_) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += kDigits[static_cast<unsigned char>(c) >> 4];
            out += kDigits[static_cast<unsigned char>(c) & 15];
        }
    }
    return out;
}

}  // namespace trawl::origin
