#include <algorithm>
#include <string>
#include <string_view>

#include "trawl/http/url.hpp"
#include "trawl/pull/pull.hpp"

namespace trawl {
namespace {

// What a table's name may consist of: what every reader of lakes takes without quotes.
std::string as_name(std::string_view part) {
    std::string name;
    for (char c : part) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (kept) name += c;
        if (!kept && !name.empty() && name.back() != '_') name += '_';
    }
    name.erase(0, std::min(name.find_first_not_of('_'), name.size()));  // "_name" hides a table from readers of lakes
    while (!name.empty() && name.back() == '_') name.pop_back();
    const bool is_number = name.find_first_not_of("0123456789_") == std::string::npos;
    return is_number ? std::string() : name;
}

std::string_view without_extension(std::string_view part) {
    const auto dot = part.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? part : part.substr(0, dot);
}

}  // namespace

std::string table_name_for(const std::string& url) {
    const Url parsed = Url::parse(url);
    std::string_view path = parsed.target_view();
    path = path.substr(0, path.find('?'));
    while (!path.empty()) {
        const auto slash = path.rfind('/');
        const std::string name = as_name(without_extension(path.substr(slash + 1)));
        if (!name.empty()) return name;
        path = path.substr(0, slash);
    }
    const std::string name = as_name(parsed.host());
    return name.empty() ? "table" : name;
}

}  // namespace trawl
