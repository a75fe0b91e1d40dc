/// Opaque cursors: base64 of the place to go on at, so that a client has to hand them back as they are, encoded where a
/// URL needs it ("=" occurs in most). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trawl::origin {

/// The cursor of the page that begins with the record at `place`.
std::string cursor_of(std::size_t place);
/// The place that a cursor stands for; nothing for what cursor_of() never makes.
std::optional<std::size_t> place_of(std::string_view cursor);

}  // namespace trawl::origin
