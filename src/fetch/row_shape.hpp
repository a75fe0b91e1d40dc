/// RowShape: an answer that is no page may pass for one: an object instead of the array is a row, and so is a text in
/// it. What the first page's rows look like tells.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace trawl::fetch {

class RowShape {
public:
    /// The first page's records, each on a line.
    void learn(std::string_view ndjson);

    /// Why the `count` records of a later page are none: not one of them is an object, where the others were; or the
    /// only one has none of their fields, or nothing but nulls in them, which none of the others had.
    [[nodiscard]] std::optional<std::string> refusal(std::string_view ndjson, std::size_t count) const;

private:
    bool are_objects_ = false;
    bool has_bare_rows_ = false;  // empty, or nothing but nulls
    std::set<std::string, std::less<>> keys_;
};

}  // namespace trawl::fetch
