#include "row_doubts.hpp"

#include <algorithm>
#include <array>

#include "page_audit.hpp"
#include "row_prints.hpp"

namespace trawl::fetch {
namespace {

// So many rows show whether a field tells them apart; the whole of a large dump need not be read for it.
constexpr std::size_t kLookedAt = 100;

std::string_view first_rows(std::string_view ndjson) {
    std::size_t end = 0;
    for (std::size_t row = 0; row < kLookedAt && end < ndjson.size(); ++row)
        end = std::min(ndjson.find('\n', end), ndjson.size() - 1) + 1;
    return ndjson.substr(0, end);
}

/// Names that nobody gives to anything but a row's own key.
bool is_id(std::string_view path) {
    constexpr std::array<std::string_view, 5> names = {"$.id", "$._id", "$.uuid", "$.guid", "$.ID"};
    return std::find(names.begin(), names.end(), path) != names.end();
}

}  // namespace

void RowDoubts::begin(std::string_view ndjson, bool has_doubtful_place) {
    const RowPrints prints = row_prints(first_rows(ndjson));
    have_id_ = std::any_of(prints.begin(), prints.end(), [](const auto& field) { return is_id(field.first); });
    has_doubtful_place_ = has_doubtful_place;
    if (has_doubtful_place) first_ = line_hashes(ndjson);
}

void RowDoubts::add(std::string_view ndjson, std::uint64_t count) {
    distinct_.add(ndjson);
    given_ += count;
    if (has_doubtful_place_ && count > 0) last_ = line_hashes(ndjson);
}

bool RowDoubts::have_repeats() const {
    return distinct_.is_exact() ? distinct_.count() < given_ : distinct_.are_too_few(given_);
}

bool RowDoubts::come_in_no_order() const { return have_id_ && distinct_.are_too_few(given_); }

bool RowDoubts::are_new(std::string_view ndjson) const {
    const auto lines = line_hashes(ndjson);
    return std::none_of(lines.begin(), lines.end(),
                        [&](auto line) { return first_.contains(line) || last_.contains(line); });
}

}  // namespace trawl::fetch
