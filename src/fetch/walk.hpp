/// From page to page, without I/O: which URL comes next, and when the pages contradict each other.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>

#include "pagination.hpp"

namespace trawl::fetch {

/// The URL of page `index` (0 is the first). Requires: pagination.pattern.
Url page_url(const Pagination& pagination, std::uint64_t index);

/// One page after the other, for what cannot be asked for out of order.
class Walk {
public:
    explicit Walk(Pagination pagination) : pagination_(std::move(pagination)) {}

    /// What comes after this page; nothing behind the last. Throws PaginationError for a next page that was there
    /// before, and InvalidUrl for a next URL that is none.
    std::optional<Url> after(const PageFacts& page);

private:
    std::optional<Url> by_number(const PageFacts& page);
    std::optional<Url> by_cursor(const PageFacts& page);
    std::optional<Url> by_link(const PageFacts& page);

    Pagination pagination_;
    std::uint64_t index_ = 0;
    std::uint64_t records_ = 0;
    std::unordered_set<std::string> seen_;
};

/// Looks at the pages in order: the same body twice in a row means that the source does not turn pages.
class RepeatGuard {
public:
    /// Throws PaginationError. `url` is for the message.
    void check(std::uint64_t index, std::string_view records, const Url& url);

private:
    std::size_t last_hash_ = 0;
    std::size_t last_size_ = 0;
};

}  // namespace trawl::fetch
