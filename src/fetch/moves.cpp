#include "moves.hpp"

#include <string>
#include <string_view>

namespace trawl::fetch {
namespace {

/// The lines of `ndjson` at `indexes`, which ascend.
std::string lines_at(std::string_view ndjson, const std::vector<std::size_t>& indexes) {
    std::string kept;
    std::size_t line = 0;
    for (const std::size_t index : indexes) {
        for (; line < index; ++line) ndjson.remove_prefix(ndjson.find('\n') + 1);
        kept += ndjson.substr(0, ndjson.find('\n') + 1);
    }
    return kept;
}

}  // namespace

std::optional<Moves> Moves::of(const Paginator& paginator, std::uint64_t rows) {
    constexpr std::uint64_t kLeast = 2;  // rows a page: neighbours could not share one otherwise
    const std::uint64_t size = paginator.pagination().page_size.value_or(rows);
    if (!paginator.any_order() || size < kLeast || !paginator.covering(size - 1, kLeast)) return std::nullopt;
    const bool by_offset = paginator.pagination().kind == PaginationKind::offset;
    return Moves(by_offset ? SliceKind::offset : SliceKind::page, size);
}

SeamsOptions Moves::options_for(SliceKind kind, std::uint64_t page_size) {
    SeamsOptions options;
    options.kind = kind;
    options.slice_size = page_size;
    return options;
}

void Moves::take(PageRows& rows, std::uint64_t begin, std::uint64_t asked) {
    const std::vector<std::size_t> fresh = seams_.take(Slice{begin, asked, std::move(rows.keys)});
    if (fresh.size() == rows.count) return;
    rows.ndjson = lines_at(rows.ndjson, fresh);
    rows.count = fresh.size();
}

std::uint64_t Moves::begin_of(std::uint64_t index) const noexcept {
    return index * (kind_ == SliceKind::offset ? page_size_ - 1 : page_size_);
}

std::optional<std::uint64_t> Moves::bridges() const noexcept {
    return kind_ == SliceKind::page ? std::optional(page_size_) : std::nullopt;
}

}  // namespace trawl::fetch
