/// Bodies of a row a line (NDJSON, JSON Lines), made into the JSON array that they stand for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trawl::fetch {

/// The media types that people send it with: application/x-ndjson, application/jsonl and others; parameters may follow.
[[nodiscard]] bool is_lines_type(std::string_view content_type);

/// Two lines or more, each of which looks like an object: what is no JSON text may be that.
[[nodiscard]] bool looks_like_lines(std::string_view body);

/// "[{...},\n{...}]" with a line of the array for each line of the body, so that what is wrong in one is told by its
/// number; blank lines are skipped. What the lines hold is not looked at.
[[nodiscard]] std::string array_of_lines(std::string_view body);

}  // namespace trawl::fetch
