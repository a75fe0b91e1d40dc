#include "trawl/base/log.hpp"

#include <algorithm>

#include "trawl/base/format.hpp"

namespace trawl {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool needs_quotes(std::string_view value) {
    const auto is_special = [](char c) { return c == ' ' || c == '"' || c == '=' || c == '\\' || is_control(c); };
    return value.empty() || std::ranges::any_of(value, is_special);
}

std::string quoted(std::string_view value) {
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') text += '\\';
        text += is_control(c) ? format("\\u{:04x}", static_cast<unsigned>(c)) : std::string(1, c);
    }
    return text + '"';
}

}  // namespace

LogLine& LogLine::add(std::string_view key, std::string_view value) {
    text_ += format(" {}={}", key, needs_quotes(value) ? quoted(value) : std::string(value));
    return *this;
}

std::string message_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& known) {
        return known.what();
    }
}

LogLine& LogLine::add(std::string_view key, Duration value) {
    return add(key, format("{:.3f}", std::chrono::duration<double, std::milli>(value).count()));
}

}  // namespace trawl
