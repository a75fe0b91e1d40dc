/// Reads the keys of one TOML table, each as what it must be. What is wrong becomes a problem, and reading goes on.
///
///     TableReader reader(table, "[client]", problems);
///     reader.check_keys(client_keys);
///     client.base_url = reader.text("base_url").value_or("");
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connector_problems.hpp"
#include "toml_document.hpp"
#include "trawl/base/clock.hpp"
#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/json_path.hpp"

namespace trawl::fetch {

/// What to say of a key that others have and we have not.
struct KeyAdvice {
    std::string_view key;
    std::string_view advice;
};

class TableReader {
public:
    /// `where` names the table in messages. Both outlive the reader.
    TableReader(const TomlValue& table, std::string where, ConnectorProblems& problems)
        : table_(table), where_(std::move(where)), problems_(problems) {}

    /// A problem for each key that is none of `known`.
    void check_keys(std::span<const std::string_view> known, std::span<const KeyAdvice> advice = {}) const;

    [[nodiscard]] const TomlMember* find(std::string_view name) const { return table_.find(name); }
    /// A problem if it is missing.
    const TomlMember* need(std::string_view name) const;
    /// It is there, and of that kind.
    [[nodiscard]] const TomlMember* find(std::string_view name, TomlKind kind) const;

    // Nothing if it is missing, or is not what it must be, which is a problem.

    /// A string that is not empty.
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    /// The same, and missing is a problem.
    [[nodiscard]] std::string needed_text(std::string_view name) const;
    /// A string that may stand in messages: one that has a secret in it is a problem.
    [[nodiscard]] std::optional<std::string> open_text(std::string_view name) const;
    [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
    [[nodiscard]] std::optional<std::int64_t> whole(std::string_view name, std::int64_t least) const;
    /// A number above 0.
    [[nodiscard]] std::optional<double> positive(std::string_view name) const;
    /// Seconds, or a text such as "30s"; above 0.
    [[nodiscard]] std::optional<Duration> duration(std::string_view name) const;
    /// One of `words`: its index.
    [[nodiscard]] std::optional<std::size_t> word(std::string_view name, std::span<const std::string_view> words) const;
    /// A string, or an array of strings, that may stand in messages.
    [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
    /// May stand in messages too.
    [[nodiscard]] std::optional<JsonPath> path(std::string_view name) const;
    /// A string, number, boolean or date.
    [[nodiscard]] std::optional<JsonScalar> scalar(std::string_view name) const;

    /// False, and a problem, if there is a secret in what may stand in messages.
    bool is_open(std::string_view name, const TomlValue& value) const;
    void problem(FilePlace at, std::string message) const { problems_.add(at, std::move(message)); }
    /// "'timeout' must be a number, not a string"
    void must_be(const TomlMember& member, std::string_view what) const;
    /// "'timeout' is '3 parsecs', and must be ..."
    void unusable(const TomlMember& member, std::string_view what) const;
    [[nodiscard]] ConnectorProblems& problems() const noexcept { return problems_; }
    [[nodiscard]] const std::string& where() const noexcept { return where_; }
    [[nodiscard]] const TomlValue& table() const noexcept { return table_; }

private:
    const TomlValue& table_;
    std::string where_;
    ConnectorProblems& problems_;
};

/// Nothing for an array and a table. Dates are strings.
[[nodiscard]] std::optional<JsonScalar> scalar_of(const TomlValue& value);

/// "500ms", "30s", "5m", "1h", "2d": the time; nothing if it is none, or is longer than a hundred years.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// "a, b, c"
[[nodiscard]] std::string joined(std::span<const std::string_view> words);

}  // namespace trawl::fetch
