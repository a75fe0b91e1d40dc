/// The Link header field (RFC 8288): where other pages are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trawl::fetch {

/// The target of the first link in `field` whose relation types include `rel`, as it is written there. Text that is no
/// link is passed over.
std::optional<std::string> link_target(std::string_view field, std::string_view rel);

}  // namespace trawl::fetch
