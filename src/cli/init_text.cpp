#include "init_text.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "output.hpp"
#include "row_table.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/url.hpp"

namespace trawl::cli {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

/// A basic string of TOML.
std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
    }
    return out + "\"";
}

std::string key(std::string_view name) {
    constexpr std::string_view bare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    return !name.empty() && name.find_first_not_of(bare) == std::string_view::npos ? std::string(name)
                                                                                   : toml_text(name);
}

/// `text` where braces would be read as placeholders.
std::string with_doubled_braces(std::string_view text) {
    if (text.find("${") != std::string_view::npos)
        throw UsageError(
            "the URL has ${ in it, which a connector reads as the name of a secret; write the file by hand");
    std::string out;
    for (const char c : text) out.append(c == '{' || c == '}' ? 2 : 1, c);
    return out;
}

/// "X-Api-Key" → "X_API_KEY"
std::string variable(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool is_small = c >= 'a' && c <= 'z';
        const bool is_kept = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        out += is_small ? static_cast<char>(c - 'a' + 'A') : is_kept ? c : '_';
    }
    return out;
}

/// A parameter that sounds secret is one that messages do not show.
bool is_secret(const std::string& name) {
    const Url url = Url::parse("http://host/").with_query(name, "value");
    return url.redacted() != url.str();
}

/// An inline table, or nothing for an empty one.
std::string inline_table(const char* name, const Options& members) {
    if (members.empty()) return {};
    std::string text;
    for (const auto& [member, value] : members)
        text += format("{}{} = {}", text.empty() ? "" : ", ", key(member), value);
    return format("{} = {{ {} }}\n", name, text);
}

class InitText {
public:
    InitText(const SourceArguments& source, const ResourceLook& look)
        : source_(source), look_(look), url_(Url::parse(source.source)) {
        find_paginator();
    }

    std::string text() {
        std::string client = client_text();
        std::string resource = resource_text();
        std::string head = "# What trawl init found; doc/connectors.md explains the keys.\n";
        for (const std::string& name : secrets_)
            head += format("# Set {} in the environment, or in secrets.toml beside this file.\n", name);
        return head + "\n" + client + "\n" + resource;
    }

private:
    void find_paginator() {
        if (!source_.url.paginator) {
            if (look_.found) paginator_ = spell(*look_.found);
            return;
        }
        std::string_view rest = *source_.url.paginator;
        paginator_.emplace();
        paginator_->type = cut(rest, ':');
        while (!rest.empty()) {
            std::string_view option = cut(rest, ',');
            const std::string name(cut(option, '='));
            paginator_->options.emplace_back(name, option);
        }
    }

    static std::string_view cut(std::string_view& text, char delimiter) {
        const std::size_t at = text.find(delimiter);
        const std::string_view piece = text.substr(0, at);
        text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
        return piece;
    }

    std::string placeholder(const std::string& name) {
        if (std::find(secrets_.begin(), secrets_.end(), name) == secrets_.end()) secrets_.push_back(name);
        return toml_text(format("${{{}}}", name));
    }

    std::string client_text() {
        std::string text = format("[client]\nbase_url = {}\n",
                                  toml_text(format("{}://{}", url_.scheme(), with_doubled_braces(url_.host_header()))));
        Options headers;
        for (const auto& [name, value] : source_.url.headers) headers.emplace_back(name, placeholder(variable(name)));
        text += inline_table("headers", headers);
        if (url_.userinfo()) {
            const std::string user = placeholder("SOURCE_USER");
            text += inline_table(
                "auth", {{"type", "\"http_basic\""}, {"username", user}, {"password", placeholder("SOURCE_PASSWORD")}});
        }
        if (!source_.ca_file.empty())
            text += format("ca_file = {}\n", toml_text(std::filesystem::absolute(source_.ca_file).string()));
        return text;
    }

    std::string resource_text() {
        const std::string_view path = url_.target_view();
        std::string text = format("[[resources]]\nname = {}\n", toml_text(look_.resource));
        text += format("path = {}\n", toml_text(with_doubled_braces(path.substr(0, path.find('?')))));
        text += inline_table("params", params());
        if (look_.found) text += format("data_selector = {}\n", toml_text(look_.found->records.str()));
        return text + paginator_text() + key_text();
    }

    /// The number that the paginator counts is its own.
    [[nodiscard]] bool is_counted(const std::string& name) const {
        if (!paginator_) return false;
        const Options& options = paginator_->options;
        const auto is = [&](const char* option) {
            return std::find(options.begin(), options.end(), std::pair<std::string, std::string>(option, name)) !=
                   options.end();
        };
        const auto has = [&](const char* option) {
            return std::any_of(options.begin(), options.end(), [&](const auto& one) { return one.first == option; });
        };
        return (is("page_param") && has("base_page")) || (is("offset_param") && has("offset"));
    }

    Options params() {
        Options params;
        for (const auto& [name, value] : url_.query_params()) {
            if (is_counted(name)) continue;
            const std::string text =
                is_secret(name) ? placeholder(variable(name)) : toml_text(with_doubled_braces(value));
            const auto same =
                std::find_if(params.begin(), params.end(), [&](const auto& one) { return one.first == name; });
            if (same == params.end()) {
                params.emplace_back(name, text);
            } else if (same->second.starts_with('[')) {
                same->second.insert(same->second.size() - 1, ", " + text);
            } else {
                same->second = format("[{}, {}]", same->second, text);  // the same parameter several times
            }
        }
        return params;
    }

    [[nodiscard]] std::string paginator_text() const {
        std::string text;
        for (const std::string& note : look_.notes) text += format("# {}\n", as_one_line(note));
        if (!paginator_)
            return text + "# There is no paginator here, so that each run finds it: it goes by the first page.\n";
        Options members{{"type", toml_text(paginator_->type)}};
        for (const auto& [name, value] : paginator_->options) {
            const bool is_number = !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
            members.emplace_back(name, is_number || value == "true" || value == "false" ? value : toml_text(value));
        }
        return text + inline_table("paginator", members);
    }

    [[nodiscard]] std::string key_text() const {
        if (!source_.url.primary_key.empty()) {
            std::string names;
            for (const std::string& path : source_.url.primary_key)
                names += (names.empty() ? "" : ", ") + toml_text(path);
            return format("primary_key = [{}]\n", names);
        }
        const auto candidate = find_key();
        if (!candidate) return {};
        return format(
            "# No two rows of the first page share this field. With it, rows that move while they are read are "
            "caught,\n"
            "# and write_disposition = \"merge\" can keep rows that are gone from the source.\n"
            "# primary_key = {}\n",
            toml_text(*candidate));
    }

    [[nodiscard]] std::optional<std::string> find_key() const {
        constexpr std::array<std::string_view, 6> kUsual{"id", "_id", "uuid", "guid", "key", "code"};
        if (look_.count < 2) return std::nullopt;
        const QueryResult table = table_of(look_.rows);
        const auto is_key = [&](std::string_view name) {
            const bool is_there = std::any_of(table.columns.begin(), table.columns.end(),
                                              [&](const QueryColumn& column) { return column.name == name; });
            return is_there && is_unique(look_.rows, {std::string(name)});
        };
        for (const std::string_view name : kUsual) {
            if (is_key(name)) return std::string(name);
        }
        for (const QueryColumn& column : table.columns) {
            const std::string_view name = column.name;
            const bool sounds_so = name.ends_with("_id") || name.ends_with("Id") || name.ends_with("ID");
            const bool is_plain = name.find_first_of(".[]'\"$ ") == std::string_view::npos;
            if (sounds_so && is_plain && is_key(name)) return column.name;
        }
        return std::nullopt;
    }

    const SourceArguments& source_;
    const ResourceLook& look_;
    Url url_;
    std::optional<SpelledPaginator> paginator_;
    std::vector<std::string> secrets_;  // the names, as the text needs them
};

}  // namespace

std::string init_text(const SourceArguments& source, const ResourceLook& look) { return InitText(source, look).text(); }

}  // namespace trawl::cli
