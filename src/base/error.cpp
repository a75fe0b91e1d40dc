#include "trawl/base/error.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

namespace trawl {

OsError::OsError(int code, const std::string& what_failed, const std::string& advice)
    : Error(what_failed + ": " + std::system_category().message(code) + (advice.empty() ? "" : "; " + advice)),
      code_(code) {}

std::string_view OsError::what_failed() const noexcept {
    const std::string_view text = what();
    return text.substr(0, text.rfind(": " + std::system_category().message(code_)));
}

FileError::FileError(int code, std::string operation, std::string path, const std::string& advice,
                     const std::string& target)
    : OsError(code, operation + " '" + path + "'" + (target.empty() ? "" : " to '" + target + "'"), advice),
      operation_(std::move(operation)),
      path_(std::move(path)) {}

TlsError::TlsError(std::string host, std::string reason)
    : Error("TLS with " + host + ": " + reason), host_(std::move(host)), reason_(std::move(reason)) {}

Interrupted::Interrupted(int signal)
    : Error(std::string("interrupted by SIG") + ::sigabbrev_np(signal)), signal_(signal) {}

namespace {

std::string message_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& known) {
        return known.what();
    } catch (...) {  // ignored: only its text is asked for, and it has none
        return "an exception that is no std::exception";
    }
}

std::string summary(const std::vector<std::exception_ptr>& errors) {
    const std::string first = message_of(errors.front());
    if (errors.size() == 1) return "a task failed: " + first;
    return std::to_string(errors.size()) + " tasks failed; the first: " + first;
}

/// The message of a ConnectorError: as many lines as a terminal shows.
std::string first_lines(const std::vector<std::string>& lines) {
    constexpr std::size_t most = 20;
    std::string text;
    for (std::size_t i = 0; i < std::min(lines.size(), most); ++i) text += (i == 0 ? "" : "\n") + lines[i];
    if (lines.size() > most) text += "\n... and " + std::to_string(lines.size() - most) + " more";
    return text;
}

}  // namespace

ErrorGroup::ErrorGroup(std::vector<std::exception_ptr> errors) : Error(summary(errors)), errors_(std::move(errors)) {}

ConnectorError::ConnectorError(std::vector<std::string> problems)
    : UsageError(first_lines(problems)), problems_(std::move(problems)) {}

}  // namespace trawl
