/// Log: where a retrieval tells each step as it takes it, for who wants to know why it goes as it does.
///
///     Log log = [](const std::string& line) { print(stderr, "{}\n", line); };
///     if (log) log(LogLine("request").add("method", "GET").add("status", 200).text());
///
/// Rules: a step is a line of logfmt: a word for what happened, then `key=value`. Who writes one puts URLs in without
/// their secrets, and no headers or bodies at all.
#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "trawl/base/clock.hpp"

namespace trawl {

/// Takes a line, without its end; called as it happens, on the loop's thread, and must not throw. Empty: nobody asked.
using Log = std::function<void(const std::string& line)>;

class LogLine {
public:
    explicit LogLine(std::string_view event) : text_(event) {}

    /// ` key=value`; in quotes where the value is empty or has blanks, quotes, `=` or control characters, which are
    /// escaped as JSON does it. A line stays a line.
    LogLine& add(std::string_view key, std::string_view value);
    LogLine& add(std::string_view key, const char* value) { return add(key, std::string_view(value)); }
    LogLine& add(std::string_view key, std::integral auto value) { return add(key, std::to_string(value)); }
    /// In milliseconds, to the microsecond.
    LogLine& add(std::string_view key, Duration value);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

/// What a std::exception says, of which there must be one.
[[nodiscard]] std::string message_of(const std::exception_ptr& error);

}  // namespace trawl
