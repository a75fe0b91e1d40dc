/// The command line as data.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "trawl/pull/pull.hpp"

namespace trawl::cli {

struct PullCommand {
    PullOptions options;
};

struct SqlCommand {
    enum class Format { table, csv };
    std::string query;
    std::filesystem::path lake = "lake";
    Format format = Format::table;
};

struct PsCommand {
    pid_t process = 0;
};

/// Text for stdout, and nothing else to do: --help, --version, help exit-codes.
struct PrintCommand {
    std::string text;
};

using Command = std::variant<PullCommand, SqlCommand, PsCommand, PrintCommand>;

/// Throws UsageError with one line that says what is wrong and where help is.
Command parse_command_line(int argc, const char* const* argv);

}  // namespace trawl::cli
