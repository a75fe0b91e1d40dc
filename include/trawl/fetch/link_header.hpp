/// The Link header (RFC 8288 section 3): where a response says its next, last, first and previous pages are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trawl {

/// One link. The target is as it was sent: resolve it against the URL of the response.
struct Link {
    std::string target;
    std::vector<std::string> rels;  // lower case; a link may have several
};

/// Reads one field value with any number of links. What is damaged is skipped up to the next comma outside of <> and
/// quotes: a link is either read whole or not at all. Linear in the size of the text. Links with an `anchor` are about
/// something else and are left out (section 3.2).
[[nodiscard]] std::vector<Link> parse_link_header(std::string_view value);

/// The target of the first link of that relation, in all Link fields of `headers` (names in any case).
[[nodiscard]] std::optional<std::string> find_link(const std::vector<std::pair<std::string, std::string>>& headers,
                                                   std::string_view rel);

}  // namespace trawl
