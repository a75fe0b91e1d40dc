/// What tells one version of a resource from another (RFC 9110 section 8.8): entity tags, dates of modification.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "trawl/http/headers.hpp"

namespace trawl::http {

/// [ "W/" ] and visible bytes without a quote, in quotes (section 8.8.3).
[[nodiscard]] bool is_entity_tag(std::string_view text) noexcept;
/// Two versions that differ in a byte have different ones. Requires: an entity tag.
[[nodiscard]] bool is_strong(std::string_view entity_tag) noexcept;

/// The one ETag, if it is an entity tag.
[[nodiscard]] std::optional<std::string_view> etag_of(const Headers& answer) noexcept;
[[nodiscard]] std::optional<std::chrono::sys_seconds> last_modified_of(const Headers& answer);

/// What If-Range may be given (section 13.1.5): a strong entity tag, or without any tag a Last-Modified that was a
/// minute old when the answer was made, so that no change of the same second hides behind it (section 8.8.2.2; clocks
/// of a server and of its files' server differ by less). Nor is a tag trusted of what was modified in the second of the
/// answer: servers make it of the time in seconds and of the size (nginx does), and call it strong.
[[nodiscard]] std::optional<std::string> strong_validator(const Headers& answer);

}  // namespace trawl::http
