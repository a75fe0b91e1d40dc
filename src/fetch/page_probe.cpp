/// Paginator: one look behind an end for which nothing but a total vouches.
///
/// A total that is a page too small loses rows in silence where the last page that it allows is full. So the page
/// behind that one is asked for: one request, and none where a short last page, or the pages themselves, say where the
/// end is.
#include <algorithm>
#include <array>

#include "page_facts.hpp"
#include "paginator_state.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

/// Where nobody says how large a page is, the only one may be full if its size is one that people choose: 10, 25, 12,
/// 16 and their multiples.
bool looks_like_a_page_size(std::uint64_t rows) {
    constexpr std::uint64_t least = 10;
    constexpr std::array<std::uint64_t, 3> factors = {5, 12, 16};
    return rows >= least && std::any_of(factors.begin(), factors.end(), [&](auto n) { return rows % n == 0; });
}

}  // namespace

/// The rows that a page can have, as the answer or the request says.
std::optional<std::uint64_t> Paginator::State::stated_size(const PageView& first) const {
    if (const auto said = fetch::find_totals(first).page_size) return said;
    if (pagination.limit) return pagination.limit;
    for (const auto& [key, text] : start.url.query_params())
        if (fetch::is_limit_param(key)) return JsonScalar{JsonScalar::Kind::string, text}.count();
    return std::nullopt;
}

void Paginator::State::prepare_to_probe(const PageView& first) {
    const auto claimed = end.claimed();
    if (pagination.is_guess) first_prints = fetch::row_prints(first.records.ndjson);
    if (!any_order() || !claimed || end.limit()) return;
    const auto stated = stated_size(first);
    first_is_full = stated ? size >= *stated : looks_like_a_page_size(size);
    first_prints = fetch::row_prints(first.records.ndjson);
}

bool Paginator::State::pages_say_the_end() const {
    return pagination.has_more_path || pagination.link_path || !pagination.link_relation.empty() || names_next;
}

/// Whether the last of so many pages has as many rows as any; as soon as that is known.
bool Paginator::State::is_full(std::uint64_t pages) const {
    if (pages < 2) return first_is_full;
    if (judged == pages) return last_page.rows >= size;
    if (const auto last = seen.find(pages - 1); last != seen.end()) return last->second.rows >= size;
    const std::uint64_t rows_a_page = is_offset() ? size : pagination.page_size.value_or(size);
    return said_rows && rows_a_page > 0 && *said_rows % rows_a_page == 0;
}

std::optional<std::uint64_t> Paginator::State::probe() const {
    const auto pages = end.claimed();
    const bool is_settled = !pages || end.end() != pages || *pages == probed_at || *pages >= pagination.pages_max;
    if (!any_order() || judged == 0 || size == 0 || end.limit() || is_settled) return std::nullopt;
    return !pages_say_the_end() && is_full(*pages) ? pages : std::nullopt;
}

/// Its last or its first page is what a source may give for all that lie behind the end.
bool Paginator::State::is_known_page(std::uint64_t index, const SeenPage& page, const PageView& view) const {
    if (is_offset() && page.rows <= size - step()) return true;  // those that it shares with the page before
    if (says_its_place && page.place && *page.place != value_at(index)) return true;
    if (page.fingerprint == last_page.fingerprint || page.fingerprint == first_fingerprint) return true;
    const fetch::RowPrints prints = fetch::row_prints(view.records.ndjson);
    fetch::RowPrints first = first_prints, last = last_page.prints;
    if (index > 1) fetch::drop_common(last, first_prints);
    if (index > 1) fetch::drop_common(first, last_page.prints);
    return fetch::has_common(prints, last) || fetch::has_common(prints, first);
}

std::string Paginator::State::probed(std::uint64_t index, const PageView* view) {
    probed_at = index;
    if (view == nullptr || view->records.count == 0 || end.claimed() != index) return "";
    if (is_known_page(index, look_at(*view), *view)) return "";
    end.disprove();
    return format("the total says that page {} is the last, and page {} has rows: asked on until none has", index,
                  index + 1);
}

}  // namespace trawl
