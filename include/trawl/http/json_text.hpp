/// The lexical half of JSON (RFC 8259): is this token a number, a string, a literal? Bytes only, nothing is converted,
/// so that a number keeps every digit that the source sent.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trawl {

/// `text` without JSON's white space at its ends.
[[nodiscard]] std::string_view trim_json(std::string_view text);

/// RFC 8259 section 6, of any length and size: 1E400 and 30 digits are numbers.
[[nodiscard]] bool is_json_number(std::string_view token);

/// `token` starts with a quote: the offset of the quote that closes it, npos if there is none.
[[nodiscard]] std::size_t closing_quote(std::string_view token);

/// Every backslash between the quotes begins an escape that RFC 8259 section 7 names. Lone surrogates pass: they are
/// in the grammar. Raw control characters are simdjson's to find.
[[nodiscard]] bool has_good_escapes(std::string_view inside);

/// Where in valid JSON an escape stands for half of a character: "\ud800" without the other half behind it. npos:
/// nowhere.
[[nodiscard]] std::size_t find_lone_surrogate(std::string_view json);

/// `text` as a JSON string, with its quotes. Requires: `text` is UTF-8.
[[nodiscard]] std::string quote_json(std::string_view text);

}  // namespace trawl
