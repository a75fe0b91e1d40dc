/// Where a value is in a JSON document: the part of JSONPath (RFC 9535) that connectors use.
///
///     path = ["$"] { "." name | "[" digits "]" | "[*]" | "['" name "']" | "[\"" name "\"]" }     ("$." may be left
///     out)
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trawl {

/// A value. `$`, `$.items`, `items`, `data.items`, `$.data[*]`, `$['@odata.nextLink']`, `$.pages[0].rows`.
class JsonPath {
public:
    enum class StepKind { key, index, every };
    struct Step {
        StepKind kind = StepKind::key;
        std::string key;        // of a key
        std::size_t index = 0;  // of an index
        friend bool operator==(const Step&, const Step&) = default;
    };

    /// The whole document.
    JsonPath() = default;

    /// Throws UsageError with the position of what it cannot read; filters, slices and ".." are not supported.
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
