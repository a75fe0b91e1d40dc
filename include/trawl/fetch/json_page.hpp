/// One page of a source: valid JSON to the last byte, its records cut out as NDJSON, its facts found by path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/fetch/json_path.hpp"

namespace trawl {

/// The records of one page.
struct Records {
    std::string ndjson;     // each record as the source wrote it (every digit of it), on one line, ended by '\n'
    std::size_t count = 0;  // lines
    std::uint64_t fingerprint = 0;  // of ndjson, within this process: equal for equal rows
    JsonPath path;                  // where they were: give it for the further pages, where an array may be empty
    bool are_elements = false;      // of an array, even if it is empty; else an object is the one record
    std::string explanation;        // "records: $.results (50 objects)"
};

/// A string, number or literal of a page.
struct JsonScalar {
    enum class Kind { string, number, boolean };
    Kind kind = Kind::string;
    std::string text;  // a string decoded, all else as it was sent

    /// A whole number from 0, sent as a number or a string, blanks around it or not: 250, 250.0, 2.5e2 are one.
    [[nodiscard]] std::optional<std::uint64_t> count() const;
    friend bool operator==(const JsonScalar&, const JsonScalar&) = default;
};

/// A scalar outside of all arrays, and where it is: "page" facts such as totals and links are such fields.
struct JsonField {
    JsonPath path;
    JsonScalar value;
    bool is_null = false;
};

/// Move-only. It holds views of the body, which must outlive it.
class JsonPage {
public:
    /// Checks all of `body`. Throws PageError (reason, byte offset, snippet) for what is not JSON, cut off, not UTF-8,
    /// or followed by garbage.
    [[nodiscard]] static JsonPage parse(std::string_view body);

    JsonPage(JsonPage&&) noexcept;
    JsonPage& operator=(JsonPage&&) noexcept;
    ~JsonPage();

    /// Without a path the records are found: a root array; else an array of a usual name (items, results, data, ...) of
    /// objects or empty; else the arrays of objects, the shallowest level first and there the largest; to depth 3.
    /// A path may name an array, an object (one record), null (none) or, with [*], the elements themselves. Where it is
    /// known to lead to arrays, `{}` is one without elements, as PHP writes it.
    /// Throws NoRecordsError, which lists what there is.
    [[nodiscard]] Records records(const std::optional<JsonPath>& path = std::nullopt, bool are_elements = false) const;

    /// The first value at `path`; none if there is nothing, null, an object or an array.
    [[nodiscard]] std::optional<JsonScalar> scalar(const JsonPath& path) const;

    /// All scalars and nulls outside of arrays, at most `depth` keys deep, shallow ones first.
    [[nodiscard]] std::vector<JsonField> fields(std::size_t depth) const;

private:
    struct State;
    explicit JsonPage(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace trawl
