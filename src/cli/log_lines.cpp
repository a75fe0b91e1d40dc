#include "log_lines.hpp"

#include <array>
#include <chrono>
#include <ctime>

#include "output.hpp"
#include "trawl/base/format.hpp"

namespace trawl::cli {
namespace {

std::string moment_text(std::chrono::system_clock::time_point moment) {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(moment.time_since_epoch()).count();
    const std::time_t seconds = since / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    return format("{}.{:03}Z", std::string_view(text.data(), size), since % 1000);
}

}  // namespace

Log log_at(LogLevel level) {
    if (level < LogLevel::debug) return {};
    return [](const std::string& line) {
        print_status(format("{} debug {}\n", moment_text(std::chrono::system_clock::now()), as_one_line(line)));
    };
}

}  // namespace trawl::cli
