/// Answers that say 200 and are no page: what a proxy or a crash made of one. They may come right when asked for again.
#pragma once

#include <optional>
#include <string>

#include "trawl/http/response.hpp"

namespace trawl::fetch {

/// Why the JSON that an answer holds, if it holds any, ends too early, although its framing may be whole. It is parsed
/// only where its brackets do not add up: whole pages are not read twice.
[[nodiscard]] std::optional<std::string> cut_off_in(const Response& response);

/// Why a successful answer, where JSON is expected, is damaged: it is empty, HTML, or ends too early. All of it is
/// parsed where its framing does not say where it ends (RFC 9112, section 6.3, rule 8).
[[nodiscard]] std::optional<std::string> damage_in(const Response& response);

}  // namespace trawl::fetch
