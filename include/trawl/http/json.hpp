/// Json: a value in a JSON document that somebody sent, read by key and index.
///
///     Json user = response.json();
///     std::string name = user["name"].string();
///     for (Json item : user["items"].items()) total += item["price"].number();
///
/// Rules: the whole text is checked when it is parsed: strict JSON (RFC 8259) in UTF-8. A Json is a place in a document
/// that it shares with its copies: cheap to copy, valid as long as it lives, never changed. Of two members of one name
/// the last counts. Numbers keep every digit (raw()). What is not there, or of another type, is a JsonError that names
/// the place ("$.items[2].price is \"free\", not a number"); find() is for what may be missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trawl/http/json_tape.hpp"

namespace trawl {

class Json {
public:
    using Kind = JsonNode::What;

    /// Copies `text`. Throws JsonError.
    [[nodiscard]] static Json parse(std::string_view text);

    [[nodiscard]] Kind kind() const noexcept { return view_->what; }
    [[nodiscard]] bool is_null() const noexcept { return kind() == Kind::null; }
    [[nodiscard]] bool is_object() const noexcept { return kind() == Kind::object; }
    [[nodiscard]] bool is_array() const noexcept { return kind() == Kind::array; }

    /// The member called `key`. Throws JsonError when this is no object or has none.
    [[nodiscard]] Json operator[](std::string_view key) const;
    /// The element at `index`. Throws JsonError when this is no array or is shorter.
    [[nodiscard]] Json operator[](std::size_t index) const;
    /// The member called `key`; none when it is missing, and when this is null or no object.
    [[nodiscard]] std::optional<Json> find(std::string_view key) const;

    /// Of an array. Throws JsonError when it is none.
    [[nodiscard]] std::vector<Json> items() const;
    /// Of an object, in order, all of them. Throws JsonError when it is none.
    [[nodiscard]] std::vector<std::pair<std::string, Json>> members() const;
    /// How many items or members. Throws JsonError when it is a scalar.
    [[nodiscard]] std::size_t size() const;

    /// Throws JsonError when it is no string.
    [[nodiscard]] std::string string() const;
    [[nodiscard]] bool boolean() const;
    /// Throws JsonError when it is no number; one that no double holds exactly is rounded.
    [[nodiscard]] double number() const;
    /// Throws JsonError when it is no whole number of 64 bits: 1.0 and 1e3 are none.
    [[nodiscard]] std::int64_t integer() const;

    /// The value's text as it was sent.
    [[nodiscard]] std::string_view raw() const noexcept { return view_->raw; }
    /// Where it is: "$.items[2].price".
    [[nodiscard]] std::string path() const;

private:
    Json(std::shared_ptr<const JsonReader> document, JsonView root, JsonView view) noexcept
        : document_(std::move(document)), root_(root), view_(view) {}
    [[nodiscard]] Json at(JsonView view) const noexcept { return {document_, root_, view}; }
    void require(Kind wanted, std::string_view what) const;
    [[noreturn]] void refuse(std::string_view wanted) const;

    std::shared_ptr<const JsonReader> document_;
    JsonView root_, view_;
};

}  // namespace trawl
