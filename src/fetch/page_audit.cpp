/// PageAudit: whether a short page was the last or has a hole is known when the next one comes.
#include "page_audit.hpp"

#include <algorithm>
#include <functional>

#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {
constexpr std::size_t listed_max = 10;  // pages in a verdict; all are counted
}

std::unordered_set<std::size_t> line_hashes(std::string_view ndjson) {
    std::unordered_set<std::size_t> hashes;
    while (!ndjson.empty()) {
        const std::size_t end = std::min(ndjson.find('\n'), ndjson.size() - 1);
        hashes.insert(std::hash<std::string_view>{}(ndjson.substr(0, end)));
        ndjson.remove_prefix(end + 1);
    }
    return hashes;
}

void PageAudit::taken(std::uint64_t index, std::uint64_t rows, std::uint64_t shared,
                      std::optional<std::uint64_t> full_size) {
    if (last_odd_ && full_size && rows > 0) odd_size(index - 1, *last_odd_, *full_size);
    last_odd_ = full_size && rows != *full_size && index > 0 ? std::optional(rows) : std::nullopt;
    ++pages_;
    rows_ += rows - std::min(rows, shared);
}

void PageAudit::odd_size(std::uint64_t index, std::uint64_t rows, std::uint64_t full_size) {
    ++odd_;
    if (odd_pages_.size() < listed_max)
        odd_pages_.push_back(format("page {} has {} rows instead of {}", index + 1, rows, full_size));
}

void PageAudit::fell_short(const RowRange& missing, std::unordered_set<std::size_t> lines) {
    pending_.reset();
    if (!filters_ && missing.count > 0) pending_ = Hole{missing, std::move(lines), false};
}

void PageAudit::goes_on() {
    if (pending_) holes_.push_back(std::move(*pending_));
    pending_.reset();
}

void PageAudit::doubt_the_last() {
    if (!pending_) return;
    pending_->is_doubtful = true;
    goes_on();
}

std::optional<RowRange> PageAudit::doubtful() const { return pending_ ? std::optional(pending_->range) : std::nullopt; }

std::vector<RowRange> PageAudit::holes() const {
    std::vector<RowRange> ranges;
    for (const Hole& hole : holes_) ranges.push_back(hole.range);
    return ranges;
}

Acceptance PageAudit::filled(const RowRange& hole, const PageView& view) {
    const auto found = std::find_if(holes_.begin(), holes_.end(), [&](const Hole& h) { return h.range == hole; });
    if (found == holes_.end()) return {false, 0, ""};
    const std::unordered_set<std::size_t> lines = line_hashes(view.records.ndjson);
    const bool repeats = !lines.empty() && std::all_of(lines.begin(), lines.end(),
                                                       [&](auto line) { return found->lines.contains(line); });
    if (repeats) {
        filters_ = true;
        holes_.clear();
        pending_.reset();
        return {false, 0,
                "rows behind a short page were its own again: the source counts rows and then leaves some out, so that "
                "short pages are whole"};
    }
    const std::uint64_t rows = std::min<std::uint64_t>(view.records.count, hole.count);
    rows_ += rows;
    found->range = {hole.begin + rows, hole.count - rows};
    const RowRange rest = found->range;
    const bool is_the_end = rows == 0 && found->is_doubtful;
    if (rest.count == 0 || rows == 0) holes_.erase(found);
    if (rows == 0 && !is_the_end) lost(rest);
    return {rows > 0, rows, ""};
}

Acceptance PageAudit::filled_with_nothing(const RowRange& hole) {
    const auto found = std::find_if(holes_.begin(), holes_.end(), [&](const Hole& h) { return h.range == hole; });
    if (found == holes_.end()) return {false, 0, ""};
    const bool is_the_end = found->is_doubtful;
    holes_.erase(found);
    if (!is_the_end) lost(hole);
    return {false, 0, ""};
}

void PageAudit::lost(const RowRange& rows) {
    lost_rows_ += rows.count;
    if (lost_.size() < listed_max)
        lost_.push_back(format("rows {} to {} did not come, also when they were asked for alone", rows.begin + 1,
                               rows.begin + rows.count));
}

std::vector<std::string> PageAudit::problems() const {
    std::vector<std::string> problems = odd_pages_;
    if (odd_ > listed_max) problems.push_back(format("... and {} more pages of another size", odd_ - listed_max));
    problems.insert(problems.end(), lost_.begin(), lost_.end());
    if (lost_.size() == listed_max) problems.push_back(format("... in all {} rows did not come", lost_rows_));
    return problems;
}

}  // namespace trawl::fetch
