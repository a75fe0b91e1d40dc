#include "json_page.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

[[noreturn]] void refuse(std::string_view text) {
    throw UsageError(
        format("'{}' is no path to records: write $ for the page itself, or names like $.data.items", text));
}

// "['odd name']" at the beginning of `rest`.
std::string take_bracketed(std::string_view& rest, std::string_view text) {
    if (rest.size() < 5 || (rest[1] != '\'' && rest[1] != '"')) refuse(text);
    const auto end = rest.find(std::string{rest[1], ']'}, 2);
    if (end == std::string_view::npos) refuse(text);
    std::string name(rest.substr(2, end - 2));
    rest.remove_prefix(end + 2);
    return name;
}

std::string take_name(std::string_view& rest, std::string_view text) {
    const auto end = std::min(rest.find_first_of(".["), rest.size());
    if (end == 0) refuse(text);
    std::string name(rest.substr(0, end));
    rest.remove_prefix(end);
    return name;
}

}  // namespace

JsonPath parse_json_path(std::string_view text) {
    std::string_view rest = text;
    if (rest.ends_with("[*]")) rest.remove_suffix(3);
    JsonPath path;
    if (rest.starts_with('$')) {
        rest.remove_prefix(1);
    } else if (!rest.empty()) {
        path.push_back(take_name(rest, text));
    } else {
        refuse(text);
    }
    while (!rest.empty()) {
        if (rest.front() == '[') {
            path.push_back(take_bracketed(rest, text));
        } else if (rest.front() == '.') {
            rest.remove_prefix(1);
            path.push_back(take_name(rest, text));
        } else {
            refuse(text);
        }
    }
    return path;
}

std::string json_path_text(const JsonPath& path) {
    std::string text = "$";
    for (const std::string& name : path) {
        const bool plain = !name.empty() && name.find_first_of(".[]'\" ") == std::string::npos;
        text += plain ? "." + name : "['" + name + "']";
    }
    return text;
}

}  // namespace trawl::fetch
