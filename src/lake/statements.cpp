/// Quotes and comments as DuckDB's scanner has them (PostgreSQL's).
#include "statements.hpp"

#include <algorithm>

namespace trawl::lake {
namespace {

bool is_blank(char c) { return std::string_view(" \t\n\r\f\v").find(c) != std::string_view::npos; }

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool begins_comment(std::string_view rest) { return rest.starts_with("--") || rest.starts_with("/*"); }

/// Behind the first `end` from `at` on, or at the text's end.
std::size_t behind(std::string_view sql, std::string_view end, std::size_t at) {
    const std::size_t found = sql.find(end, at);
    return found == std::string_view::npos ? sql.size() : found + end.size();
}

/// Behind a comment that begins at `at`, with those within it.
std::size_t behind_block(std::string_view sql, std::size_t at) {
    std::size_t depth = 1;
    for (at += 2; at < sql.size() && depth > 0;) {
        const std::string_view rest = sql.substr(at);
        if (rest.starts_with("/*")) ++depth;
        if (rest.starts_with("*/")) --depth;
        at += rest.starts_with("/*") || rest.starts_with("*/") ? 2 : 1;
    }
    return at;
}

/// Behind the text or name whose quote stands at `at`. A doubled quote does not end it, and in E'...' neither does one
/// behind a backslash.
std::size_t behind_quoted(std::string_view sql, std::size_t at) {
    const char quote = sql[at];
    const bool has_escapes =
        quote == '\'' && at > 0 && (sql[at - 1] == 'e' || sql[at - 1] == 'E') && (at == 1 || !is_word(sql[at - 2]));
    for (++at; at < sql.size(); ++at) {
        const bool is_doubled = sql[at] == quote && at + 1 < sql.size() && sql[at + 1] == quote;
        const bool is_escape = has_escapes && sql[at] == '\\';
        if (sql[at] == quote && !is_doubled) break;
        if (is_doubled || is_escape) ++at;
    }
    return std::min(at + 1, sql.size());
}

/// Behind $$...$$ or $tag$...$tag$, or behind the dollar where none of them begins ("$1", "a$b$").
std::size_t behind_dollar(std::string_view sql, std::size_t at) {
    std::size_t close = at + 1;
    while (close < sql.size() && is_word(sql[close])) ++close;
    const bool is_in_word = at > 0 && is_word(sql[at - 1]);
    const bool is_number = at + 1 < sql.size() && sql[at + 1] >= '0' && sql[at + 1] <= '9';
    if (is_in_word || is_number || close == sql.size() || sql[close] != '$') return at + 1;
    return behind(sql, sql.substr(at, close + 1 - at), close + 1);
}

std::size_t behind_token(std::string_view sql, std::size_t at) {
    const std::string_view rest = sql.substr(at);
    if (rest.starts_with("--")) return std::min(sql.find_first_of("\r\n", at), sql.size());
    if (rest.starts_with("/*")) return behind_block(sql, at);
    if (sql[at] == '\'' || sql[at] == '"') return behind_quoted(sql, at);
    return sql[at] == '$' ? behind_dollar(sql, at) : at + 1;
}

}  // namespace

std::vector<std::string> split_statements(std::string_view sql) {
    std::vector<std::string> statements;
    std::size_t begin = 0;
    bool says_something = false;
    const auto cut = [&](std::size_t end) {
        if (says_something) statements.emplace_back(sql.substr(begin, end - begin));
        begin = end + 1;
        says_something = false;
    };
    for (std::size_t at = 0; at < sql.size(); at = behind_token(sql, at)) {
        if (sql[at] == ';') {
            cut(at);
        } else {
            says_something = says_something || !(is_blank(sql[at]) || begins_comment(sql.substr(at)));
        }
    }
    cut(sql.size());
    return statements;
}

}  // namespace trawl::lake
