/// The command line as data. doc/commands.md explains the verbs to users.
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

/// What is told: each level also what the ones before it tell.
enum class LogLevel {
    error,    // what failed
    warning,  // what should be known about the data
    info,     // progress, and what was found and done
    debug     // each request, each retry, each change of a limit, each commit
};

/// A source as the command line names it: a URL with what it does not say itself, or a connector's file.
struct SourceArguments {
    std::string source;
    UrlSettings url;
    std::optional<std::string> secrets_file;
    std::optional<std::size_t> concurrency;
    std::string ca_file;
    LogLevel log_level = LogLevel::info;
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
    std::vector<std::string> partitions;  // JSON texts, or files of them; "-" is stdin
    std::string trace;                    // a file; empty: none
};

struct CheckCommand {
    SourceArguments source;
    std::vector<std::string> only;
    bool offline = false;  // reads the file, and asks nobody
};

struct PreviewCommand {
    enum class Format { table, json, csv };
    SourceArguments source;
    std::string resource;  // empty: the first
    std::uint64_t rows = 10;
    Format format = Format::table;
};

struct InitCommand {
    SourceArguments source;
    std::string output;  // a file that is not there yet; empty: stdout
};

struct PlanCommand {
    SourceArguments source;
    std::vector<std::string> only;
    std::uint64_t parts = PlanOptions::kParts;
};

struct GetCommand {
    std::vector<std::string> urls;
    std::string list;  // a file of URLs, a line each; "-" is stdin
    std::filesystem::path to = ".";
    std::optional<std::size_t> concurrency;
    std::string ca_file;
    std::vector<std::pair<std::string, std::string>> headers;
    bool skip_existing = false;
    bool rows = false;  // into a table, not files
    std::filesystem::path lake = "lake";
    std::string table = "rows";
    std::optional<std::string> records;
    std::vector<std::string> primary_key;
    WriteDisposition disposition = WriteDisposition::replace;
    LogLevel log_level = LogLevel::info;
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

using Command = std::variant<PullCommand, CheckCommand, PreviewCommand, InitCommand, PlanCommand, GetCommand,
                             SqlCommand, PsCommand, PrintCommand>;

/// Throws UsageError with one line that says what is wrong and where help is.
Command parse_command_line(int argc, const char* const* argv);

}  // namespace trawl::cli
