/// One JSON text as a flat tape of nodes, each with its raw text: what types, columns and log entries are read from.
/// Rules: strict JSON (RFC 8259) in UTF-8; number texts are kept, never converted; the only file that names simdjson
/// below fetch is json_tape.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/base/error.hpp"

namespace trawl {

struct JsonNode {
    enum class What : std::uint8_t { null, boolean, number, string, array, object };
    What what = What::null;
    std::uint32_t end = 0;  ///< index of the first node after this one and its children
    std::string_view key;   ///< unescaped; only in objects
    std::string_view text;  ///< string: unescaped; else as raw
    std::string_view raw;   ///< the JSON text of the value
};

/// A node and its tape; valid as long as the reader has not parsed the next text.
class JsonView {
public:
    JsonView(const std::vector<JsonNode>& tape, std::uint32_t at) : tape_(&tape), at_(at) {}
    [[nodiscard]] const JsonNode& operator*() const { return (*tape_)[at_]; }
    [[nodiscard]] const JsonNode* operator->() const { return &(*tape_)[at_]; }
    /// Its node's index in the tape.
    [[nodiscard]] std::uint32_t at() const noexcept { return at_; }

    /// Children in order: for (auto child = view.first(); child != view.last(); child = child.next())
    [[nodiscard]] JsonView first() const { return {*tape_, at_ + 1}; }
    [[nodiscard]] JsonView last() const { return {*tape_, (**this).end}; }
    [[nodiscard]] JsonView next() const { return {*tape_, (**this).end}; }
    friend bool operator==(const JsonView& a, const JsonView& b) { return a.at_ == b.at_; }

    [[nodiscard]] bool is(JsonNode::What what) const { return (**this).what == what; }
    /// The member of that key (the last one, if it is there twice). Nothing if there is none or this is no object.
    [[nodiscard]] std::optional<JsonView> find(std::string_view key) const;
    /// The member's text if it is there and not null, else `otherwise`.
    [[nodiscard]] std::string text(std::string_view key, std::string_view otherwise = "") const;
    /// The member as a whole number. Throws JsonError if it is there but is none.
    [[nodiscard]] std::optional<std::int64_t> whole(std::string_view key) const;

private:
    const std::vector<JsonNode>* tape_;
    std::uint32_t at_;
};

class JsonReader {
public:
    JsonReader();
    ~JsonReader();
    JsonReader(JsonReader&&) noexcept;
    JsonReader& operator=(JsonReader&&) noexcept;

    /// Parses one value; the text is copied. Throws JsonError.
    JsonView parse(std::string_view text);
    /// The same, but what is no object (a bare 7, [1], "x") is read as {"value": ...}.
    JsonView parse_record(std::string_view text);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trawl
