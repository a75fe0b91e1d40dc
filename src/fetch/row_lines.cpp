#include "row_lines.hpp"

#include <algorithm>
#include <array>

#include "ascii.hpp"

namespace trawl::fetch {
namespace {

/// None is registered (RFC 8259 knows one text a body); these are in use.
constexpr std::array<std::string_view, 8> types = {
    "application/x-ndjson",  "application/ndjson",     "application/jsonl",       "application/x-jsonlines",
    "application/jsonlines", "application/json-lines", "application/stream+json", "application/json-l"};

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Calls `visit(line)` for each that is not blank, until it says false.
template <typename Visit>
bool each_line(std::string_view body, Visit visit) {
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('\n'), body.size());
        std::string_view line = trim(body.substr(0, end));
        if (line.ends_with('\r')) line = trim(line.substr(0, line.size() - 1));
        if (!line.empty() && !visit(line)) return false;
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    return true;
}

std::string_view without_mark(std::string_view body) {
    if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
    return body;
}

}  // namespace

bool is_lines_type(std::string_view content_type) {
    const std::string type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
    return std::find(types.begin(), types.end(), type) != types.end();
}

bool looks_like_lines(std::string_view body) {
    std::size_t lines = 0;
    return each_line(without_mark(body),
                     [&lines](std::string_view line) {
                         ++lines;
                         return line.starts_with('{') && line.ends_with('}');
                     }) &&
           lines > 1;
}

std::string array_of_lines(std::string_view body) {
    std::string array = "[";
    array.reserve(body.size() + body.size() / 64 + 2);  // a comma a line
    each_line(without_mark(body), [&array](std::string_view line) {
        if (array.size() > 1) array += ",\n";
        array += line;
        return true;
    });
    array += "]";
    return array;
}

}  // namespace trawl::fetch
