#include "damaged_answer.hpp"

#include <algorithm>
#include <string_view>

#include "row_lines.hpp"
#include "trawl/base/error.hpp"
#include "trawl/fetch/json_page.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::fetch {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool ends_with_connection(const Response& response) {
    return response.http_version().starts_with("HTTP/1") && !response.headers().contains("content-length") &&
           !response.headers().contains("transfer-encoding");
}

bool holds_lines(const Response& response) {
    return is_lines_type(response.headers().get("content-type").value_or(""));
}

std::string_view document_in(std::string_view body) {
    const std::string_view text = trim_json(body);
    return text.starts_with(byte_order_mark) ? trim_json(text.substr(byte_order_mark.size())) : text;
}

bool is_container(std::string_view document) { return document.starts_with('{') || document.starts_with('['); }

/// A quick look: the outermost bracket is open at the end of what is cut off. Those in strings are counted, too: where
/// they make up for it, the page is refused when it is read, and not asked for again.
bool looks_whole(std::string_view document) {
    const char opening = document.front();
    const char closing = opening == '{' ? '}' : ']';
    return document.ends_with(closing) && std::count(document.begin(), document.end(), opening) ==
                                              std::count(document.begin(), document.end(), closing);
}

/// The end comes inside a string or a bracket. False also where something follows the outermost one.
bool is_open_at_end(std::string_view document) {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < document.size(); ++at) {
        const char c = document[at];
        if (c == '"') {
            const std::size_t quote = closing_quote(document.substr(at));
            if (quote == std::string_view::npos) return true;
            at += quote;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return false;
        }
    }
    return true;
}

std::optional<std::string> refusal_of(std::string_view body) {
    try {
        (void)JsonPage::parse(body);
    } catch (const PageError& error) {
        return error.what();
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> cut_off_in(const Response& response) {
    if (holds_lines(response)) return std::nullopt;
    const std::string_view document = document_in(response.text());
    if (!is_container(document) || looks_whole(document) || !is_open_at_end(document)) return std::nullopt;
    return refusal_of(document);
}

std::optional<std::string> damage_in(const Response& response) {
    if (holds_lines(response)) return std::nullopt;
    const std::string_view body = response.text();
    const std::string_view text = trim_json(body);
    if (text.empty()) return "the answer is empty";
    if (text.starts_with('<')) return "the answer is HTML or XML, not JSON";
    if (!ends_with_connection(response)) return cut_off_in(response);
    return looks_like_lines(body) ? std::nullopt : refusal_of(body);
}

}  // namespace trawl::fetch
