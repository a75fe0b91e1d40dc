#include "link_header.hpp"

#include "trawl/base/ascii.hpp"

namespace trawl::fetch {
namespace {

void skip_blanks(std::string_view& rest) {
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
}

// A token, or a quoted string with its escapes undone (RFC 9110, section 5.6.4).
std::string take_value(std::string_view& rest) {
    std::string value;
    if (rest.empty() || rest.front() != '"') {
        const auto end = std::min(rest.find_first_of(" \t;,"), rest.size());
        value = rest.substr(0, end);
        rest.remove_prefix(end);
        return value;
    }
    rest.remove_prefix(1);
    while (!rest.empty() && rest.front() != '"') {
        if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
        value += rest.front();
        rest.remove_prefix(1);
    }
    if (!rest.empty()) rest.remove_prefix(1);
    return value;
}

bool has_relation(std::string_view types, std::string_view rel) {
    while (!types.empty()) {
        skip_blanks(types);
        const auto end = std::min(types.find_first_of(" \t"), types.size());
        if (equal_ignoring_case(types.substr(0, end), rel)) return true;
        types.remove_prefix(end);
    }
    return false;
}

// The parameters behind a target; true when one of them is rel=... with the wanted type. Only the first rel counts.
bool take_parameters(std::string_view& rest, std::string_view rel) {
    bool found = false;
    bool had_rel = false;
    while (true) {
        skip_blanks(rest);
        if (rest.empty() || rest.front() != ';') return found;
        rest.remove_prefix(1);
        skip_blanks(rest);
        const auto end = std::min(rest.find_first_of("=;, \t"), rest.size());
        const std::string_view name = rest.substr(0, end);
        rest.remove_prefix(end);
        skip_blanks(rest);
        if (rest.empty() || rest.front() != '=') continue;
        rest.remove_prefix(1);
        skip_blanks(rest);
        const std::string value = take_value(rest);
        if (!equal_ignoring_case(name, "rel") || had_rel) continue;
        had_rel = true;
        found = has_relation(value, rel);
    }
}

}  // namespace

std::optional<std::string> link_target(std::string_view field, std::string_view rel) {
    std::string_view rest = field;
    while (true) {
        const auto begin = rest.find('<');
        if (begin == std::string_view::npos) return std::nullopt;
        const auto end = rest.find('>', begin);
        if (end == std::string_view::npos) return std::nullopt;
        const std::string target(rest.substr(begin + 1, end - begin - 1));
        rest.remove_prefix(end + 1);
        if (take_parameters(rest, rel)) return target;
        const auto comma = rest.find(',');
        if (comma == std::string_view::npos) return std::nullopt;
        rest.remove_prefix(comma + 1);
    }
}

}  // namespace trawl::fetch
