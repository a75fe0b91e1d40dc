/// The verbs of the command line, a function each, and the options that several of them have. The files that name CLI11
/// include this one.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "options.hpp"

namespace trawl::cli {

/// A verb, and what was said behind it; asked for once the command line was read, it throws UsageError for what makes
/// no sense together.
struct Verb {
    CLI::App* app = nullptr;
    std::function<Command()> command;  // owns what the options write to
};

[[nodiscard]] Verb add_pull(CLI::App& app);
[[nodiscard]] Verb add_get(CLI::App& app);
[[nodiscard]] Verb add_check(CLI::App& app);
[[nodiscard]] Verb add_preview(CLI::App& app);
[[nodiscard]] Verb add_init(CLI::App& app);
[[nodiscard]] Verb add_plan(CLI::App& app);
[[nodiscard]] Verb add_sql(CLI::App& app);
[[nodiscard]] Verb add_ps(CLI::App& app);

/// What names a source, and what a URL does not say itself.
void add_source(CLI::App* app, SourceArguments& source);
void add_primary_key(CLI::App* app, std::vector<std::string>& primary_key);
void add_headers(CLI::App* app, std::vector<std::pair<std::string, std::string>>& headers);
void add_concurrency(CLI::App* app, std::optional<std::size_t>& concurrency);
void add_ca_file(CLI::App* app, std::string& ca_file);
void add_resources(CLI::App* app, std::vector<std::string>& only, const char* what);

void add_log_level(CLI::App* app, LogLevel& level);

/// What makes no sense of a URL: it has one resource, no secrets, and no state. `only`: what --resource names.
void require_connector(const SourceArguments& source, const std::vector<std::string>& only, bool full_refresh = false);

/// "a, b or c"
[[nodiscard]] std::string listed(const std::vector<std::string>& words);

/// For `check()`: a whole number within the two bounds, or what is wrong.
[[nodiscard]] std::function<std::string(const std::string&)> whole_number(std::uint64_t least, std::uint64_t most);

/// What is told of a word that is none of `words`.
[[nodiscard]] CLI::ValidationError no_choice(const char* name, const std::string& word,
                                             const std::vector<std::string>& words);

/// One of `words`, which stand for values.
template <class Value>
CLI::Option* add_choice(CLI::App* app, const char* name, Value& value, const char* what, const char* type_name,
                        std::vector<std::pair<std::string, Value>> words) {
    const auto take = [name, &value, words = std::move(words)](const std::string& word) {
        std::vector<std::string> known;
        for (const auto& [one, meaning] : words) {
            if (word == one) value = meaning;
            if (word == one) return;
            known.push_back(one);
        }
        throw no_choice(name, word, known);
    };
    return app->add_option_function<std::string>(name, take, what)->type_name(type_name);
}

}  // namespace trawl::cli
