/// A page of JSON: checked as a whole, outlined, and its records cut out as they were written.
///
/// Rules: no number is converted (1.0, 30 digits and 1e400 stay text); a page that is damaged anywhere is refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trawl::fetch {

/// What a retrieval has to know of a value. The members of objects inside arrays are not kept.
struct JsonValue {
    enum class Kind { null, boolean, number, string, object, array };
    Kind kind = Kind::null;
    std::string text;                                        // a scalar's text; a string's, decoded
    std::vector<std::pair<std::string, JsonValue>> members;  // of an object, in order
    std::size_t size = 0;                                    // of an array
    std::size_t objects = 0;                                 // how many of the array's elements are objects

    [[nodiscard]] bool is(Kind other) const noexcept { return kind == other; }
    /// The first member of that name; null when there is none, or when this is no object.
    [[nodiscard]] const JsonValue* member(std::string_view name) const noexcept;
};

/// Where a value is: the names that lead to it from the root. Written "$.data.items".
using JsonPath = std::vector<std::string>;

/// Reads "$", "$.data.items", "data.items", "$.data.items[*]", "$['odd name'].x". Throws UsageError.
JsonPath parse_json_path(std::string_view text);
/// The reverse: "$.data.items".
std::string json_path_text(const JsonPath& path);

struct CutRecords {
    std::string lines;  // a record per line
    std::size_t count = 0;
};

class JsonPage {
public:
    /// Throws PageError: what is wrong, and how the page begins.
    explicit JsonPage(std::string body);

    [[nodiscard]] const JsonValue& root() const noexcept { return root_; }
    /// The value at `path`, or null.
    [[nodiscard]] const JsonValue* find(const JsonPath& path) const noexcept;
    /// The elements of the array at `path`; the object there, if it is one. Requires: find(path) is an array or an
    /// object.
    [[nodiscard]] CutRecords cut(const JsonPath& path) const;
    [[nodiscard]] std::size_t bytes() const noexcept { return size_; }

private:
    std::string body_;  // with room behind it for the parser
    std::size_t begin_ = 0;
    std::size_t size_ = 0;
    JsonValue root_;
};

}  // namespace trawl::fetch
