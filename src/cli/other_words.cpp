#include "other_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"

namespace trawl::cli {
namespace {

// Theirs, and ours. Of several of ours the verb's own is taken.
constexpr std::array kWords = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"-o", "--to"},
    {"-d", "--to"},
    {"--output", "--to"},
    {"--output-dir", "--to"},
    {"--destination", "--to"},
    {"--dest", "--to"},
    {"--lake", "--to"},
    {"--to", "--lake"},
    {"--table", "--name"},
    {"--table-name", "--name"},
    {"--stream", "--resource"},
    {"--streams", "--resource"},
    {"--select", "--resource"},
    {"--resources", "--resource"},
    {"--key", "--primary-key"},
    {"--pk", "--primary-key"},
    {"--id", "--primary-key"},
    {"--mode", "--write-disposition"},
    {"--sync-mode", "--write-disposition"},
    {"--if-exists", "--write-disposition"},
    {"--disposition", "--write-disposition"},
    {"--data-selector", "--records"},
    {"--data-path", "--records"},
    {"--pagination", "--paginator"},
    {"-j", "--concurrency"},
    {"-P", "--concurrency"},
    {"--parallel", "--concurrency"},
    {"--workers", "--concurrency"},
    {"--threads", "--concurrency"},
    {"--max-concurrency", "--concurrency"},
    {"-n", "--rows"},
    {"-n", "--parts"},
    {"--limit", "--rows"},
    {"--head", "--rows"},
    {"--partitions", "--parts"},
    {"-u", "--header"},
    {"--user", "--header"},
    {"--auth", "--header"},
    {"--token", "--header"},
    {"--headers", "--header"},
    {"--cacert", "--ca-file"},
    {"--env-file", "--secrets"},
    {"--refresh", "--full-refresh"},
    {"-v", "--log-level"},
    {"--verbose", "--log-level"},
    {"--debug", "--log-level"},
    {"-q", "--quiet"},
    {"-s", "--quiet"},
    {"--silent", "--quiet"},
    {"-f", "--input"},
    {"--file", "--input"},
    {"--dry-run", "--offline"},
    {"-V", "--version"},
    {"version", "--version"},
    {"upsert", "merge"},
    {"overwrite", "replace"},
    {"insert", "append"},
    {"bar", "auto"},
    {"warn", "warning"},
    {"trace", "debug"},
    {"sync", "pull"},
    {"run", "pull"},
    {"load", "pull"},
    {"read", "pull"},
    {"extract", "pull"},
    {"fetch", "get"},
    {"download", "get"},
    {"query", "sql"},
    {"discover", "check"},
    {"validate", "check"},
    {"head", "preview"},
    {"show", "preview"},
    {"new", "init"},
    {"split", "plan"},
    {"connector", "connectors"},
    {"pagination", "paginators"},
    {"exit", "exit-codes"},
});

}  // namespace

std::string meant(std::string_view word, std::span<const std::string_view> known) {
    for (const auto& [theirs, ours] : kWords) {
        if (word == theirs && std::ranges::find(known, ours) != known.end())
            return format("; did you mean '{}'?", ours);
    }
    // Of a single letter any other is one away.
    const bool is_letter = word.starts_with('-') && !word.starts_with("--");
    return is_letter ? "" : did_you_mean(word, known);
}

}  // namespace trawl::cli
