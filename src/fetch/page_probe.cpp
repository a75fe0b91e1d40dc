/// Paginator: looks behind an end for which only one thing vouches, and before a beginning that nobody named.
///
/// A total that is a page too small loses rows in silence where the last page that it allows is full. So the page
/// behind that one is asked for: one request, and none where a short last page, or the pages themselves, say where the
/// end is. In the same way an empty page amid the others ends a source without a total, and a source that counts its
/// pages from 0 loses its first one where 1 was taken for granted.
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

/// Of pages whose rows can be told from each other: two that have all rows in common, wherever they are.
void Paginator::State::look_for_a_repetition(std::uint64_t index, SeenPage& page, const PageView& view) {
    if (page.rows < 2 || !places.is_kept(page.fingerprint)) return;
    const auto [first, is_new] = places.add(page.fingerprint, index);
    if (is_new || first == index || fetch::row_prints(view.records.ndjson).empty()) return;
    if (first < index) {
        page.repeats = first;
        if (!any_order()) page.url = view.url.redacted();
    } else {  // which came before this one
        const auto later = seen.find(first);
        if (later != seen.end()) later->second.repeats = index;
        places.move_forward(page.fingerprint, index);
    }
}

bool Paginator::State::may_begin_before() const {
    const bool by_links = pagination.link_path || !pagination.link_relation.empty() || names_next;
    return pagination.kind == PaginationKind::page_number && any_order() && pagination.first == 1 && !is_first_told &&
           !says_its_place && !by_links && !end.limit();
}

bool Paginator::State::is_begin_in_doubt() const {
    if (!may_begin_before() || audit.pages() < 2 || ignores_guess) return false;
    if (said_rows && audit.rows() >= *said_rows) return false;
    return !end.claimed() || last_page.rows == 0;
}

std::optional<std::uint64_t> Paginator::State::unseen_behind() const {
    constexpr std::uint64_t least = 2;  // a source of one page is not asked twice whether it has another
    const auto last = end.end();
    if (!any_order() || size == 0 || !last || *last < least || *last > judged || end.claimed() || end.limit() ||
        end.is_settled())
        return std::nullopt;
    if (last_page.says_it_is_last() || ignores_guess) return std::nullopt;
    if (last_page.rows < size && (pagination.stop_after_short_page || !was_short_amid)) return std::nullopt;
    if (last_page.lacks_more) return seen.contains(*last) ? std::nullopt : last;
    const auto at_the_end = seen.find(*last);
    const bool has_rows = at_the_end != seen.end() && at_the_end->second.rows > 0;  // the last page's again
    return has_rows || seen.contains(*last + 1) ? std::nullopt : std::optional(*last + 1);
}

}  // namespace trawl
