/// Moves: the rows of a list that changes while its pages are read, each given once. What Seams decides, done to pages.
#pragma once

#include <cstdint>
#include <optional>

#include "fetched_page.hpp"
#include "seams.hpp"
#include "trawl/fetch/paginate.hpp"

namespace trawl::fetch {

class Moves {
public:
    /// For a source that can be asked for rows by their position. Nothing when it cannot: then nothing is proven.
    /// Requires: the first page, of `rows` rows, was accepted.
    [[nodiscard]] static std::optional<Moves> of(const Paginator& paginator, std::uint64_t rows);

    /// Leaves in `rows` those that were not given before. `begin`, `asked`: the positions that were asked for.
    void take(PageRows& rows, std::uint64_t begin, std::uint64_t asked);

    /// Where planned page `index` begins.
    [[nodiscard]] std::uint64_t begin_of(std::uint64_t index) const noexcept;
    [[nodiscard]] std::uint64_t page_size() const noexcept { return page_size_; }
    /// Rows a page, where the boundaries between planned pages are to be read too; nothing where pages overlap.
    [[nodiscard]] std::optional<std::uint64_t> bridges() const noexcept;

    [[nodiscard]] const Seams& seams() const noexcept { return seams_; }

private:
    Moves(SliceKind kind, std::uint64_t page_size)
        : kind_(kind), page_size_(page_size), seams_(options_for(kind, page_size)) {}
    [[nodiscard]] static SeamsOptions options_for(SliceKind kind, std::uint64_t page_size);

    SliceKind kind_;
    std::uint64_t page_size_;
    Seams seams_;
};

}  // namespace trawl::fetch
