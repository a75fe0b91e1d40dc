/// A page of JSON, checked to its last byte and kept as a flat tree of slices of its own text.
///
/// The insides of array elements are checked but not kept: a page of 50 records is about 60 nodes. Whoever wants to
/// look into a record outlines its slice. simdjson On-Demand reads the page (its DOM refuses numbers beyond 64 bits,
/// and On-Demand alone leaves skipped values unchecked: hence the walk here, which looks at every token).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trawl::fetch {

enum class JsonKind : std::uint8_t { object, array, string, number, boolean, null };

/// One value. The views point into the text that was outlined.
struct JsonNode {
    JsonKind kind = JsonKind::null;
    std::string_view key;     // between its quotes, escapes as sent; empty for elements and the root
    std::string_view text;    // the value as it was sent, without white space around it
    std::size_t after = 0;    // index of the next node that is not inside this one
    std::size_t count = 0;    // members or elements
    std::size_t objects = 0;  // elements that are objects
};

class JsonOutline {
public:
    /// Throws PageError with the reason and the byte offset. `text` must outlive the outline. A byte order mark is
    /// skipped.
    [[nodiscard]] static JsonOutline read(std::string_view text);

    [[nodiscard]] const JsonNode& root() const { return nodes_.front(); }

    /// Calls `visit(const JsonNode&)` for each member or element, in order.
    template <typename Visit>
    void each_child(const JsonNode& parent, Visit visit) const {
        const std::size_t begin = static_cast<std::size_t>(&parent - nodes_.data()) + 1;
        for (std::size_t at = begin; at < parent.after; at = nodes_[at].after) visit(nodes_[at]);
    }

    /// The member of that (decoded) name, the last one if there are several, as most JSON readers have it.
    [[nodiscard]] const JsonNode* member(const JsonNode& object, std::string_view key) const;

private:
    std::vector<JsonNode> nodes_;
};

/// Whether the array that these keys lead to has an element, read no further than that: what is behind may be anything.
/// False also where there is no such array. Of a name that is there twice the first counts.
[[nodiscard]] bool has_element_at(std::string_view text, const std::vector<std::string_view>& keys);

/// The string that a slice with its quotes means. Throws PageError for a lone surrogate.
[[nodiscard]] std::string decode_string(std::string_view quoted);

/// The name that a key, written between its quotes, means.
[[nodiscard]] std::string decode_name(std::string_view key);

/// The slice without any white space between its tokens.
[[nodiscard]] std::string minify(std::string_view text);

}  // namespace trawl::fetch
