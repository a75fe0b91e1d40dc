#include "host_name.hpp"

#include <algorithm>

#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

// RFC 1035, section 2.3.4: a name's 255 bytes on the wire, less the first length and the root.
constexpr std::size_t kNameMax = 253;
constexpr std::size_t kLabelMax = 63;
constexpr std::size_t kShownMax = 80;  // of a name that is wrong: a line

bool may_be_in_a_label(char byte) noexcept {
    const char lower = static_cast<char>(byte | 0x20);
    return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
}

// What may do harm to a terminal is not shown.
std::string shown(std::string_view host) {
    std::string text(host.substr(0, kShownMax));
    std::ranges::replace_if(text, [](char byte) { return byte < ' ' || byte > '~'; }, '?');
    return host.size() > kShownMax ? text + "..." : text;
}

const char* fault_of(std::string_view label) noexcept {
    if (label.empty()) return "it has an empty part";
    if (label.size() > kLabelMax) return "a part between two dots is longer than 63 bytes";
    if (std::ranges::any_of(label, [](char byte) { return (byte & 0x80) != 0; }))
        return "it is not ASCII: write it in its form for DNS (xn--...)";
    if (!std::ranges::all_of(label, may_be_in_a_label)) return "it has a character that no name of a host has";
    return nullptr;
}

const char* fault_of_name(std::string_view name) noexcept {
    if (name.empty()) return "it is empty";
    if (name.size() > kNameMax) return "it is longer than 253 bytes";
    for (;;) {
        const std::size_t end = name.find('.');
        if (const char* fault = fault_of(name.substr(0, end))) return fault;
        if (end == std::string_view::npos) return nullptr;
        name.remove_prefix(end + 1);
    }
}

}  // namespace

std::string checked_host_name(std::string_view host) {
    if (const char* fault = fault_of_name(without_root(host))) {
        throw ResolveError(format("no address for host '{}': {}", shown(host), fault), ResolveError::Reason::kBadName);
    }
    std::string name(host);
    std::ranges::transform(name, name.begin(), [](char byte) { return to_lower(byte); });
    return name;
}

bool is_under(std::string_view name, std::string_view suffix) noexcept {
    name = without_root(name);
    if (!name.ends_with(suffix)) return false;
    return name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.';
}

}  // namespace trawl::net
