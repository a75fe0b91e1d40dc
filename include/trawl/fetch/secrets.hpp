/// Where the `${NAME}` of connector files come from: the environment, then a file of secrets.
///
///     Secrets secrets = Secrets::from_environment();
///     secrets.read(co_await read_file("secrets.toml"), "secrets.toml");   // GITHUB_TOKEN = "..."
///
/// Rules: a value is never part of a message.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace trawl {

class Secrets {
public:
    using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

    explicit Secrets(Lookup environment) : environment_(std::move(environment)) {}
    /// Of this process. A variable that is set to nothing is there.
    [[nodiscard]] static Secrets from_environment();

    /// Takes the names and strings of `toml`; `file` is for messages. Throws ConnectorError for what is not TOML, and
    /// for values that are no strings.
    void read(std::string_view toml, const std::string& file);
    /// The file was looked for and is not there: messages name it, since it is where a secret could be put.
    void looked_for(const std::string& file) { file_ = file; }

    [[nodiscard]] std::optional<std::string> find(const std::string& name) const;
    /// "the environment nor in secrets.toml": behind "is neither in".
    [[nodiscard]] std::string places() const;

private:
    Lookup environment_;
    std::string file_;
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace trawl
