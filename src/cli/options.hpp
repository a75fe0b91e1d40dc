/// The command line as data.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "trawl/pull/pull.hpp"

namespace trawl::cli {

/// A source as the command line names it: a URL with what it does not say itself, or a connector's file.
struct SourceArguments {
    std::string source;
    UrlSettings url;
    std::optional<std::string> secrets_file;
    std::optional<std::size_t> concurrency;
    std::string ca_file;
};

/// Whether that is a connector's file, and not a URL.
[[nodiscard]] bool is_connector(const std::string& source);

/// How a pull tells how far it is.
enum class ProgressStyle { automatic, json, none };

struct PullCommand {
    SourceArguments source;
    std::filesystem::path lake = "lake";
    std::vector<std::string> only;
    bool full_refresh = false;
    std::size_t memory_mb = FetchOptions::kMemoryMax >> 20;
    ProgressStyle progress = ProgressStyle::automatic;
    std::string trace;  // a file; empty: none
    bool quiet = false;
};

struct GetCommand {
    std::vector<std::string> urls;
    std::string list;  // a file of URLs, a line each; "-" is stdin
    std::filesystem::path to = ".";
    std::optional<std::size_t> concurrency;
    std::string ca_file;
    std::vector<std::pair<std::string, std::string>> headers;
    bool skip_existing = false;
    bool quiet = false;
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

using Command = std::variant<PullCommand, GetCommand, SqlCommand, PsCommand, PrintCommand>;

/// Throws UsageError with one line that says what is wrong and where help is.
Command parse_command_line(int argc, const char* const* argv);

}  // namespace trawl::cli
