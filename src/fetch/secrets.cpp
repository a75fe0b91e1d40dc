/// Secrets, and the walk that puts them into a connector's strings.
#include "trawl/fetch/secrets.hpp"

#include <algorithm>
#include <cstdlib>

#include "expand_secrets.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace fetch {
namespace {

bool is_name(std::string_view name) {
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos;
}

void remember(const std::string& secret, std::vector<std::string>& used) {
    if (!secret.empty() && std::ranges::find(used, secret) == used.end()) used.push_back(secret);
}

std::string with_doubled_braces(std::string_view text) {
    std::string doubled;
    for (const char c : text) doubled.append(c == '{' || c == '}' ? 2 : 1, c);
    return doubled;
}

/// One string: `text` and `braced` are written anew, piece by piece, as `written` is read.
class Expansion {
public:
    Expansion(TomlValue& value, const Secrets& secrets, std::vector<std::string>& used, ConnectorProblems& problems)
        : value_(value), secrets_(secrets), used_(used), problems_(problems) {}

    void run() {
        std::string_view rest = value_.written;
        value_.text.clear();
        value_.braced.clear();
        while (!rest.empty()) {
            const std::size_t dollar = rest.find('$');
            copy(rest.substr(0, dollar));
            rest.remove_prefix(std::min(dollar, rest.size()));
            rest.remove_prefix(after_dollar(rest));
        }
    }

private:
    /// How much of `rest`, which begins with "$" unless it is empty, was read.
    std::size_t after_dollar(std::string_view rest) {
        if (rest.starts_with("$${")) return literal(rest);
        if (rest.starts_with("${")) return secret(rest);
        copy(rest.substr(0, 1));
        return std::min<std::size_t>(1, rest.size());
    }

    /// "$${NAME}" is the text "${NAME}"; its brackets are no placeholder either.
    std::size_t literal(std::string_view rest) {
        const std::size_t close = rest.find('}');
        const std::string_view whole = close == std::string_view::npos ? rest.substr(0, 3) : rest.substr(0, close + 1);
        value_.text += whole.substr(1);
        value_.braced += with_doubled_braces(whole.substr(1));
        return whole.size();
    }

    std::size_t secret(std::string_view rest) {
        const std::size_t close = rest.find('}');
        const std::string name(rest.substr(2, close == std::string_view::npos ? close : close - 2));
        if (close == std::string_view::npos || !is_name(name)) {
            value_.lacks_secret = true;
            problems_.add(value_.at,
                          "'${' begins no secret: write ${NAME}, of letters, digits and '_', or $${ for the text");
            return rest.size();
        }
        value_.is_secret = true;
        if (const auto found = secrets_.find(name)) {
            put(*found);
        } else {
            value_.lacks_secret = true;
            problems_.add(value_.at, format("the secret {} is neither in {}", name, secrets_.places()));
        }
        return close + 1;
    }

    void put(const std::string& secret) {
        remember(secret, used_);
        value_.text += secret;
        value_.braced += with_doubled_braces(secret);
    }

    void copy(std::string_view text) {
        value_.text += text;
        value_.braced += text;
    }

    TomlValue& value_;
    const Secrets& secrets_;
    std::vector<std::string>& used_;
    ConnectorProblems& problems_;
};

}  // namespace

void expand_secrets(TomlValue& value, const Secrets& secrets, std::vector<std::string>& used,
                    ConnectorProblems& problems) {
    if (value.is(TomlKind::string)) Expansion(value, secrets, used, problems).run();
    for (TomlValue& item : value.items) expand_secrets(item, secrets, used, problems);
    for (TomlMember& member : value.members) expand_secrets(member.value, secrets, used, problems);
}

}  // namespace fetch

Secrets Secrets::from_environment() {
    return Secrets([](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (!value) return std::nullopt;
        return std::string(value);
    });
}

void Secrets::read(std::string_view toml, const std::string& file) {
    file_ = file;
    fetch::ConnectorProblems problems(file);
    for (const fetch::TomlMember& member : fetch::read_toml(toml, file, false).members) {
        if (member.value.is(fetch::TomlKind::string))
            values_.insert_or_assign(member.name, member.value.text);
        else
            problems.add(member.at, format("'{}' must be a string, not {}: write NAME = \"...\"", member.name,
                                           fetch::kind_name(member.value)));
    }
    problems.throw_if_any();
}

std::optional<std::string> Secrets::find(const std::string& name) const {
    if (auto value = environment_(name)) return value;
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second;
}

std::string Secrets::places() const {
    if (file_.empty()) return "the environment nor in a file of secrets";
    return format("the environment nor in {}", file_);
}

}  // namespace trawl
