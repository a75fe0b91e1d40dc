/// A TOML file as plain values, each with its place in the file: what connectors and secrets are read from.
///
/// Rules: members of a table stand in the order of the file; numbers and dates are kept as text; the only file that
/// names toml++ is toml_document.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/fetch/file_place.hpp"

namespace trawl::fetch {

enum class TomlKind : std::uint8_t { string, integer, real, boolean, date, array, table };

/// "a string", "a whole number", ...: for messages.
[[nodiscard]] std::string_view kind_name(TomlKind kind);

struct TomlMember;

struct TomlValue {
    TomlKind kind = TomlKind::table;
    FilePlace at;
    std::string text;                 // a string's content; a number as JSON has it; true, false; a date in ISO 8601
    std::string written;              // the string before secrets were put in: what messages may quote
    std::string braced;               // the string with the braces of secrets doubled: what templates are read from
    bool is_secret = false;           // a secret was put in
    bool lacks_secret = false;        // one is missing, which has been told
    std::vector<TomlValue> items;     // of an array
    std::vector<TomlMember> members;  // of a table

    [[nodiscard]] bool is(TomlKind wanted) const noexcept { return kind == wanted; }
    [[nodiscard]] const TomlMember* find(std::string_view name) const;
};

/// Of its kind; "nan or infinity" for those, which JSON does not have.
[[nodiscard]] std::string_view kind_name(const TomlValue& value);

struct TomlMember {
    std::string name;
    FilePlace at;  // of the name
    TomlValue value;
};

/// The root table of `text`. Throws ConnectorError with the place of what is not TOML. `quotes` is false for files
/// whose content must not be repeated: the message then only tells where.
[[nodiscard]] TomlValue read_toml(std::string_view text, const std::string& file, bool quotes);

}  // namespace trawl::fetch
