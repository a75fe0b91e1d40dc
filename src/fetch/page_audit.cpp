/// PageAudit: a page is remembered until both its neighbours have been compared with it.
#include <algorithm>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/paginate.hpp"

namespace trawl {
namespace {
constexpr std::size_t listed_max = 10;  // irregular pages in a verdict; all are counted
}

void PageAudit::arrived(std::uint64_t index, const Records& records, std::optional<std::uint64_t> full_size) {
    ++pages_;
    rows_ += records.count;
    // An empty page repeats nothing: it gets a fingerprint that only it has.
    if (records.count > 0) compare_neighbours(index, records.fingerprint);
    const auto note = [&](std::uint64_t page, std::uint64_t rows) {
        ++irregular_;
        if (irregular_pages_.size() < listed_max)
            irregular_pages_.push_back(format("page {} has {} rows instead of {}", page + 1, rows, *full_size));
    };
    // Only the last page may be short, and which one is last is known when a later one comes.
    const bool first = pages_ == 1;
    const bool later = first || index > last_index_;
    const std::uint64_t inner_index = later ? last_index_ : index;
    const std::uint64_t inner_rows = later ? last_rows_ : records.count;
    if (!first && full_size && inner_rows != *full_size) note(inner_index, inner_rows);
    if (later) {
        last_index_ = index;
        last_rows_ = records.count;
    }
}

void PageAudit::compare_neighbours(std::uint64_t index, std::uint64_t fingerprint) {
    Seen seen{fingerprint, index == 0 ? 1 : 2};
    for (const std::uint64_t neighbour : {index - 1, index + 1}) {
        const auto found = waiting_.find(neighbour);
        if (found == waiting_.end()) continue;
        if (found->second.fingerprint == fingerprint)
            throw PaginationError(format(
                "pages {} and {} have the same rows: the source ignores the paginator's parameter, or repeats its "
                "last page; name the right pagination with --paginator",
                std::min(index, neighbour) + 1, std::max(index, neighbour) + 1));
        --seen.neighbours_to_come;
        if (--found->second.neighbours_to_come == 0) waiting_.erase(found);
    }
    if (seen.neighbours_to_come > 0) waiting_.emplace(index, seen);
}

PageVerdict PageAudit::verdict(const Pagination& said) const {
    PageVerdict verdict{pages_, rows_, said.records, irregular_pages_};
    if (irregular_ > listed_max)
        verdict.problems.push_back(format("... and {} more pages of another size", irregular_ - listed_max));
    if (said.pages && *said.pages != pages_)
        verdict.problems.push_back(format("the source said {} pages and {} came", *said.pages, pages_));
    if (said.pages && pages_ > 1 && last_rows_ == 0) verdict.problems.emplace_back("the last page is empty");
    if (said.records && *said.records > rows_)
        verdict.problems.push_back(
            format("the source said {} rows and {} came: {} are missing", *said.records, rows_, *said.records - rows_));
    if (said.records && *said.records < rows_)
        verdict.problems.push_back(
            format("the source said {} rows and {} came: {} more", *said.records, rows_, rows_ - *said.records));
    return verdict;
}

}  // namespace trawl
