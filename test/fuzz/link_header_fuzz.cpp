/// Any bytes as a Link header. A link has a relation, in lower case; what was read before a header's last link is read
/// whatever follows it.
#include <algorithm>

#include "fuzz.hpp"
#include "trawl/fetch/link_header.hpp"

namespace trawl {
namespace {

using fuzz::require;

bool is_rel(std::string_view rel) {
    return !rel.empty() && std::ranges::none_of(rel, [](char c) { return c == ' ' || (c >= 'A' && c <= 'Z'); });
}

void check(std::string_view text) {
    const std::vector<Link> links = parse_link_header(text);
    for (const Link& link : links) require(!link.rels.empty() && std::ranges::all_of(link.rels, is_rel));
    const std::string behind = "<first>; rel=first, " + std::string(text);
    const std::vector<Link> longer = parse_link_header(behind);
    require(longer.size() == links.size() + 1 && longer[0].target == "first");
    for (std::size_t i = 0; i < links.size(); ++i)
        require(longer[i + 1].target == links[i].target && longer[i + 1].rels == links[i].rels);
}

}  // namespace
}  // namespace trawl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    trawl::check(trawl::fuzz::text_of(data, size));
    return 0;
}
