/// Where values are in a JSON document: the part of JSONPath (RFC 9535) that connectors use.
///
///     path      = ["$"] { "." name | "[" selector "]" }                 ("$." may be left out)
///     selector  = "'" name "'" | '"' name '"'                           a member
///               | integer                                               an element; -1 is the last
///               | "*"                                                   all elements
///               | [integer] ":" [integer] [":" positive]                a slice of the elements, its end not included
///               | "?" condition                                         the elements for which it holds
///     condition = and { "||" and }        and = test { "&&" test }
///     test      = "!" test | "(" condition ")" | "@" path [ ("==" | "!=" | "<" | "<=" | ">" | ">=") literal ]
///     literal   = "'" text "'" | '"' text '"' | number | "true" | "false" | "null"
///
/// `$.items`, `data.items`, `$['@odata.nextLink']`, `$.pages[-1].rows`, `$.groups[*].items`,
/// `$.included[?(@.type == 'user' && @.age >= 18)]`. Left out of the RFC: "..", ".*", unions, negative steps,
/// functions, comparisons of two paths, and selectors of elements on objects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trawl {

struct JsonFilter;

/// A value. `$` is the whole document.
class JsonPath {
public:
    enum class StepKind { key, index, every, slice, filter };
    /// `[begin:end:stride]`. What is negative counts from the end.
    struct Slice {
        std::optional<std::int64_t> begin, end;
        std::int64_t stride = 1;
        friend bool operator==(const Slice&, const Slice&) = default;
    };
    struct Step {
        StepKind kind = StepKind::key;
        std::string key;                                // of a key
        std::size_t index = 0;                          // of an index
        bool from_end = false;                          // the index counts from the end: 1 is the last element
        Slice slice = {};                               // of a slice
        std::shared_ptr<const JsonFilter> filter = {};  // of a filter
        friend bool operator==(const Step& left, const Step& right);
    };

    /// The whole document.
    JsonPath() = default;
    explicit JsonPath(std::vector<Step> steps) : steps_(std::move(steps)) {}

    /// Throws UsageError with the position of what it cannot read.
    [[nodiscard]] static JsonPath parse(std::string_view text);

    [[nodiscard]] JsonPath child(std::string_view key) const;
    [[nodiscard]] const std::vector<Step>& steps() const noexcept { return steps_; }

    /// Canonical: parse(str()) gives the same path.
    [[nodiscard]] std::string str() const;

    friend bool operator==(const JsonPath&, const JsonPath&) = default;

private:
    std::vector<Step> steps_;
};

}  // namespace trawl
