/// RowDoubts: what the rows that came say against the way in which they were asked for, where no key tells them apart.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "distinct_rows.hpp"

namespace trawl::fetch {

class RowDoubts {
public:
    /// The first page's records. `has_doubtful_place`: are_new() will be asked.
    void begin(std::string_view ndjson, bool has_doubtful_place);
    /// Those of each page that is given, the first one's too.
    void add(std::string_view ndjson, std::uint64_t count);

    /// Rows that were given, and how many of them differ.
    [[nodiscard]] std::uint64_t given() const noexcept { return given_; }
    [[nodiscard]] const DistinctRows& distinct() const noexcept { return distinct_; }

    /// A row has come more than once, word for word: by right, or because it moved while the pages were read.
    [[nodiscard]] bool have_repeats() const;
    /// Rows that have an id of their own have come more than once, and too many for those that move.
    [[nodiscard]] bool come_in_no_order() const;

    /// None of a page's rows is on the first page, or on the last one.
    [[nodiscard]] bool are_new(std::string_view ndjson) const;

private:
    DistinctRows distinct_;
    std::uint64_t given_ = 0;
    bool have_id_ = false;  // as far as the first page shows
    bool has_doubtful_place_ = false;
    std::unordered_set<std::size_t> first_, last_;
};

}  // namespace trawl::fetch
