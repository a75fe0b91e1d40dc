/// The verbs of the command line, a function each, and the options that several of them have. The files that name CLI11
/// include this one.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
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

/// One of `words`, which stand for values.
template <class Value>
void add_choice(CLI::App* app, const char* name, Value& value, const char* what, const char* type_name,
                const std::map<std::string, Value>& words) {
    app->add_option(name, value, what)->type_name(type_name)->transform(CLI::CheckedTransformer(words).description(""));
}

}  // namespace trawl::cli
