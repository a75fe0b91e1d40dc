/// The text side of URLs: percent-encoding, the pieces of a query, dot segments, redaction. Nothing here can fail.
#pragma once

#include <string>
#include <string_view>

namespace trawl::http {

/// Everything but RFC 3986's unreserved characters becomes %XX: fit for a key or a value of a query.
[[nodiscard]] std::string encode_component(std::string_view text);

enum class UrlPart { userinfo, path, query };

/// Encodes what may not stand in that part and leaves the rest, valid %XX included, byte for byte. Fragments count as
/// queries. Square brackets stay in queries, where APIs use them (`filter[name]=x`).
[[nodiscard]] std::string encode_part(std::string_view text, UrlPart part);

[[nodiscard]] std::string decode_percent(std::string_view text);
/// As decode_percent, and "+" is a space (the form encoding of queries).
[[nodiscard]] std::string decode_form(std::string_view text);

/// Takes the next `key=value` off the front of `query`. Both still encoded; `whole` is the piece as it was written.
struct QueryPiece {
    std::string_view whole, key, value;
};
[[nodiscard]] QueryPiece next_query_piece(std::string_view& query);

/// RFC 3986 section 5.2.4.
[[nodiscard]] std::string remove_dot_segments(std::string_view path);

/// Whether `text` is a path from the root, perhaps with a query, that is in normal form for certain: nothing in it is
/// to be encoded or left out. False also for some that are, those with a "%" among them.
[[nodiscard]] bool is_plain_target(std::string_view text) noexcept;

/// A key whose value must not reach a log: "token", "api_key", "X-Amz-Signature", ...
[[nodiscard]] bool is_secret_key(std::string_view decoded_key);

/// Removes what looks like userinfo and fragment and masks secret values, in any text that is meant to be a URL; also
/// in one that is not. Control characters become "?", so that it may stand in a one-line message.
[[nodiscard]] std::string redact_url_text(std::string_view text);

/// For text that does not parse, where a password may contain anything: all between "//" and the last "@" is dropped.
[[nodiscard]] std::string without_userinfo(std::string_view text);

[[nodiscard]] std::string lower_ascii(std::string_view text);

}  // namespace trawl::http
