/// Rows that moved a little are at the end of one page and again at the beginning of the next.
#include "change_watch.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

constexpr const char* advice = "name a primary key (--primary-key), and such rows are found and read again";

/// The most rows that end `left` and begin `right`.
std::size_t common_rows(const std::vector<KeyHash>& left, const std::vector<KeyHash>& right) {
    for (std::size_t n = std::min(left.size(), right.size()); n > 0; --n)
        if (std::equal(left.end() - static_cast<std::ptrdiff_t>(n), left.end(), right.begin())) return n;
    return 0;
}

std::size_t equal_rows(const std::vector<KeyHash>& left, const std::vector<KeyHash>& right) {
    const std::unordered_set<KeyHash, HashOfKey> rows(left.begin(), left.end());
    return static_cast<std::size_t>(
        std::count_if(right.begin(), right.end(), [&](const KeyHash& row) { return rows.contains(row); }));
}

}  // namespace

void ChangeWatch::Places::add(std::uint64_t page, std::size_t more) {
    ++count;
    rows += more;
    first = std::min(page, first.value_or(page));
}

void ChangeWatch::page(std::uint64_t index, std::vector<KeyHash> rows, std::optional<std::uint64_t> total) {
    if (total) total_was(*total);
    Waiting page{std::move(rows), index == 0 ? 1 : 2};
    for (const bool is_left : {true, false}) {
        if (is_left && index == 0) continue;
        const auto neighbour = waiting_.find(is_left ? index - 1 : index + 1);
        if (neighbour == waiting_.end()) continue;
        if (is_left)
            compare(index - 1, neighbour->second.rows, page.rows);
        else
            compare(index, page.rows, neighbour->second.rows);
        --page.neighbours_to_come;
        if (--neighbour->second.neighbours_to_come == 0) waiting_.erase(neighbour);
    }
    if (page.neighbours_to_come > 0) waiting_.emplace(index, std::move(page));
}

void ChangeWatch::compare(std::uint64_t left_index, const std::vector<KeyHash>& left,
                          const std::vector<KeyHash>& right) {
    if (left.empty() || right.empty()) return;
    const std::size_t common = common_rows(left, right), equal = equal_rows(left, right);
    if (common > overlap_)
        shifted_.add(left_index, common - overlap_);
    else if (common < overlap_)
        torn_.add(left_index, 0);
    if (equal > std::max(common, overlap_)) scattered_.add(left_index, equal - common);
}

void ChangeWatch::total_was(std::uint64_t total) {
    if (!total_first_) {
        total_first_ = total;
        total_least_ = total_most_ = total;
    }
    total_last_ = total;
    total_least_ = std::min(total_least_, total);
    total_most_ = std::max(total_most_, total);
}

std::string ChangeWatch::totals_text() const {
    return format(
        "the source's total was {} at first and {} at last, from {} to {} in between: rows came or went while pages "
        "were read, and some may be missing or there twice; {}",
        *total_first_, total_last_, total_least_, total_most_, advice);
}

std::vector<std::string> ChangeWatch::verdict() const {
    std::vector<std::string> texts;
    if (total_first_ && total_least_ != total_most_) texts.push_back(totals_text());
    if (shifted_.count > 0)
        texts.push_back(format(
            "{} rows at the end of a page begin the next one as well (first on pages {} and {}): rows were inserted "
            "before them while pages were read, and these are there twice; {}",
            shifted_.rows, *shifted_.first + 1, *shifted_.first + 2, advice));
    if (torn_.count > 0)
        texts.push_back(
            format("{} pages do not begin with the last row of the one before (first pages {} and {}): rows were "
                   "deleted or inserted while pages were read, and some may be missing; {}",
                   torn_.count, *torn_.first + 1, *torn_.first + 2, advice));
    if (scattered_.count > 0)
        texts.push_back(
            format("{} rows are on two neighbouring pages (first on pages {} and {}): the source's order changed while "
                   "pages were read, or it has rows that are alike; {}",
                   scattered_.rows, *scattered_.first + 1, *scattered_.first + 2, advice));
    return texts;
}

}  // namespace trawl::fetch
