/// Paginator: what a page says about the end, and whether it is taken, dropped or refused.
#include <algorithm>
#include <cassert>

#include "ascii.hpp"
#include "page_protocols.hpp"
#include "paginator_state.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/link_header.hpp"

namespace trawl {
namespace {

using More = SeenPage::More;

// Sources that filter rows leave pages empty, but a hundred of them in a row are a source that does not end.
constexpr std::uint64_t empties_max = 100;

constexpr std::size_t kShownMax = 80;  // of a URL, in a message

More more_of(const std::optional<JsonScalar>& field) {
    if (!field) return More::no;
    const std::string text = fetch::to_lower(std::string_view(field->text));
    const bool no = text == "false" || text == "0" || text.empty() || text == "no" || text == "n";
    return no ? More::no : More::yes;
}

std::uint64_t minus(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

bool is_same_page(const SeenPage& a, const SeenPage& b, bool by_place) {
    if (a.rows == 0 || b.rows == 0) return false;
    return a.fingerprint == b.fingerprint || (by_place && a.place && a.place == b.place);
}

}  // namespace

SeenPage Paginator::State::look_at(const PageView& view) const {
    SeenPage page;
    page.rows = view.records.count;
    page.fingerprint = view.records.fingerprint;
    const fetch::PageFacts facts = fetch::find_facts(view);
    const auto& place = is_offset() ? facts.offset : facts.page;
    if (counts() && place) page.place = place->value;
    read_totals(page, view, facts);
    read_more(page, view, facts);
    if (is_offset() && judged > 0 && page.rows < size) page.lines = fetch::line_hashes(view.records.ndjson);
    return page;
}

void Paginator::State::read_totals(SeenPage& page, const PageView& view, const fetch::PageFacts& facts) const {
    if (!pagination.believes_totals || pagination.maximum) return;
    const bool by_pages = pagination.kind == PaginationKind::page_number;
    std::optional<std::uint64_t> named;
    if (pagination.total_path)
        if (const auto field = view.page.scalar(*pagination.total_path)) named = field->count();
    auto rows = pagination.total_path && !by_pages && named ? named : facts.totals.records;
    if (rows && is_offset()) rows = minus(*rows, *pagination.first);
    if (rows && by_pages) rows = minus(*rows, fetch::product(skipped_pages(), pagination.page_size.value_or(size)));
    page.total_rows = rows;
    if (!counts() || pagination.one_by_one) return;
    if (by_pages) {
        const auto pages = pagination.total_path ? named : facts.totals.pages;
        if (pages) page.total_pages = minus(*pages, skipped_pages());
    }
    const bool rows_are_sure = pagination.total_path && !by_pages ? named.has_value() : pagination.records.has_value();
    if (rows && rows_are_sure && !page.total_pages) page.total_pages = pages_of(*rows);
}

void Paginator::State::read_more(SeenPage& page, const PageView& view, const fetch::PageFacts& facts) const {
    if (pagination.has_more_path) {
        const auto field = view.page.scalar(*pagination.has_more_path);
        // A cursor speaks for itself where the field is left out.
        if (field || counts()) page.more = more_of(field);
        page.lacks_more = !field && counts();
    } else if (pagination.link_path) {
        page.more = more_of(view.page.scalar(*pagination.link_path));
    } else if (!pagination.link_relation.empty()) {
        page.more = find_link(view.headers, pagination.link_relation) ? More::yes : More::no;
    }
    if (!counts()) return;
    if (find_link(view.headers, "next")) page.next_from = "the Link header";
    if (facts.next && !facts.next->url.empty()) page.next_from = facts.next->path.str();
}

void Paginator::State::begin(const PageView& first) {
    const bool by_odata = pagination.preset == PaginationPreset::odata;
    pagination = fetch::settled(std::move(pagination), first);
    if (counts() && !pagination.first) pagination.first = is_offset() ? 0 : 1;
    size = first.records.count > 0 ? first.records.count : pagination.limit.value_or(0);
    SeenPage page = look_at(first);
    first_fingerprint = page.fingerprint;
    says_its_place = counts() && page.place == pagination.first;
    tokens.add(std::hash<std::string>{}(first.url.str()));
    if (pagination.kind == PaginationKind::single_page) end.settle(1);
    if (any_order() && pagination.maximum)
        end.limit_to(std::max<std::uint64_t>(
            fetch::rounded_up(minus(*pagination.maximum, *pagination.first), std::max<std::uint64_t>(step(), 1)), 1));
    if (counts() && pagination.has_more_path && !first.page.scalar(*pagination.has_more_path))
        throw PaginationError(
            format("{} is not on the first page, so it cannot say where the end is; check "
                   "has_more_path in --paginator",
                   pagination.has_more_path->str()));
    if (any_order() && pagination.pages && pagination.kind == PaginationKind::page_number)
        page.total_pages = std::max(page.total_pages.value_or(0), *pagination.pages);
    claim(page);
    if (page.total_pages) pagination.pages = page.total_pages;
    if (is_offset() && page.total_pages && !pagination.records) pagination.records = page.total_rows;
    look_for_the_end(0, page);
    if (page.rows == 0 && pagination.stop_after_empty_page && page.more != More::yes) end.settle(1);
    check_it_can_end();
    starts_amid = !counts() && is_amid(first);
    if (page.more != More::no && !starts_amid) first_note = without_successor(first, by_odata);
    check_total(first);
    names_next = !page.next_from.empty();
    prepare_to_probe(first);
    if (page.rows > 0) places.add(page.fingerprint, 0);
    seen.insert_or_assign(0, std::move(page));
}

bool Paginator::State::any_order() const { return counts() && !pagination.one_by_one; }

void Paginator::State::check_it_can_end() const {
    const bool by_page = pagination.stop_after_empty_page || pagination.stop_after_short_page ||
                         pagination.has_more_path || pagination.link_path || !pagination.link_relation.empty();
    if (!counts() || by_page || pagination.end_status || end.end()) return;
    throw PaginationError(
        "the first page states no total, and stop_after_empty_page is false: nothing would end it; name the total with "
        "total_path in --paginator, or a maximum");
}

void Paginator::State::claim(const SeenPage& page) {
    if (page.total_rows) said_rows = std::max(said_rows.value_or(0), *page.total_rows);
    if (!page.total_pages) return;
    end.claim(std::max<std::uint64_t>(*page.total_pages, 1));
    const std::uint64_t pages = end.end().value_or(0);
    if (pages > pagination.pages_max)
        throw PaginationError(
            format("the source says {} pages, more than the {} allowed; raise max_pages in --paginator", pages,
                   pagination.pages_max));
}

void Paginator::State::look_for_the_end(std::uint64_t index, const SeenPage& page) {
    const std::uint64_t at_least = std::max<std::uint64_t>(index, 1);
    if (page.more == More::no) end.show(index + 1);
    if (page.rows == 0 && pagination.stop_after_empty_page && page.more != More::yes) end.show(at_least);
    if (page.rows > 0 && page.rows < size && pagination.stop_after_short_page) end.show(index + 1);
    if (!any_order() || index < 2) return;
    // Two neighbours that are one page lie behind the end, but for the first of them.
    for (const std::uint64_t other : {index - 1, index + 1}) {
        const auto neighbour = seen.find(other);
        if (neighbour != seen.end() && is_same_page(page, neighbour->second, says_its_place))
            end.show(std::max(index, other));
    }
}

Acceptance Paginator::State::accept(std::uint64_t index) {
    assert(index == judged);
    ++judged;
    const auto found = seen.find(index);
    assert(found != seen.end());
    if (const auto last = end.end(); index > 0 && last && index >= *last) return {false, 0, ""};
    const SeenPage page = std::move(found->second);
    seen.erase(found);
    if (index > 0)
        if (auto dropped = refuse(index, page)) return *dropped;
    return take(index, page);
}

std::optional<Acceptance> Paginator::State::refuse(std::uint64_t index, const SeenPage& page) {
    if (page.rows == 0) return refuse_emptiness(index, page);
    empties = 0;
    if (auto dropped = refuse_another_place(index, page)) return dropped;
    if (auto dropped = refuse_repetition(index, page)) return dropped;
    if (is_offset() && any_order() && page.rows > size)
        throw PaginationError(format(
            "page {} has {} rows and the first one {}: rows would come twice; name the parameter for the size of "
            "a page (limit_param and limit in --paginator offset)",
            index + 1, page.rows, size));
    return std::nullopt;
}

bool Paginator::State::is_planned(std::uint64_t index) const {
    const auto claimed = end.claimed();
    return claimed && index < *claimed;
}

// A source that ignores the parameter, or a cache that mixes pages up, says itself that this is not what was asked for.
std::optional<Acceptance> Paginator::State::refuse_another_place(std::uint64_t index, const SeenPage& page) {
    const std::uint64_t asked = any_order() ? value_at(index) : value;
    if (!says_its_place || !page.place || *page.place == asked) return std::nullopt;
    if (index == 1 && pagination.is_guess) return drop_the_guess();
    const bool is_the_last_again = any_order() && index > 1 && *page.place == value_at(index - 1);
    if (is_the_last_again && !is_planned(index)) return drop_as_end(index, repeats_the_last(index));
    throw PaginationError(
        format("page {} says that it is at {}, and {} was asked for: the source does not give what it is asked for; "
               "check --paginator",
               index + 1, *page.place, asked));
}

std::string Paginator::State::repeats_the_last(std::uint64_t index) {
    return format("page {} is page {} again: the source gives its last page for all that lie behind it", index + 1,
                  index);
}

std::optional<Acceptance> Paginator::State::refuse_emptiness(std::uint64_t index, const SeenPage& page) {
    if (const auto claimed = end.claimed(); claimed && index < *claimed) {
        if (index + 1 == *claimed || !pagination.stop_after_empty_page) return std::nullopt;  // the verdict tells
        if (page.total_pages && *page.total_pages <= index)
            return drop_as_end(index, format("page {} is empty, and its total says {} pages where there were {}",
                                             index + 1, *page.total_pages, *claimed));
        if (pagination.total_is_named && !is_offset() && fetch::rounded_up(*claimed, size) == index)
            throw PaginationError(
                format("total_path of page_number counts pages; {} looks like rows ({}, {} a page): leave it out",
                       pagination.total_path->str(), *claimed + skipped_pages(), size));
        throw PaginationError(
            format("page {} of {} is empty: the source changed while it was read, or its total is wrong; run it again, "
                   "or check --paginator",
                   index + 1, *claimed));
    }
    if (!counts() || page.more != More::yes) return std::nullopt;
    if (is_offset() || ++empties > empties_max)
        throw PaginationError(
            format("page {} is empty and says that there is more; check --paginator, or end it with maximum_page, "
                   "maximum_offset",
                   index + 1));
    return std::nullopt;
}

std::optional<Acceptance> Paginator::State::refuse_repetition(std::uint64_t index, const SeenPage& page) {
    if (index == 1 && pagination.is_guess)
        if (is_same_page(page, last_page, false) || fetch::has_mostly_common(page.prints, first_prints))
            return drop_the_guess();
    if (is_same_page(page, last_page, false)) {
        if (index > 1 && counts() && !is_planned(index)) return drop_as_end(index, repeats_the_last(index));
        throw PaginationError(
            format("pages {} and {} have the same rows: the source ignores the paginator's parameter, or repeats its "
                   "last page; name the right pagination with --paginator{}",
                   index, index + 1, advice_on_the_parameter()));
    }
    if (index > 1 && counts() && !is_planned(index) && page.fingerprint == first_fingerprint)
        throw PaginationError(
            format("page {} has the rows of page 1 again: the source starts over behind its end; say where that is "
                   "with maximum_page or maximum_offset in --paginator",
                   index + 1));
    if (page.repeats) {
        const std::string url = any_order() ? counted(value_at(index), limit()).url.redacted() : page.url;
        throw PaginationError(
            format("page {} ({}) has the rows of page {} again: a cache or the source mixes pages up, or goes round in "
                   "circles; run it again, or check --paginator",
                   index + 1, url.substr(0, kShownMax), *page.repeats + 1));
    }
    return std::nullopt;
}

/// What was sent, and how another name is given.
std::string Paginator::State::advice_on_the_parameter() const {
    if (pagination.body_path)
        return format(" (what was set in the request's body is {}; see trawl help paginators)",
                      pagination.body_path->str());
    if (pagination.param.empty()) return " (see trawl help paginators)";
    const std::string_view option = pagination.kind == PaginationKind::cursor ? "cursor_param"
                                    : is_offset()                             ? "offset_param"
                                                                              : "page_param";
    return format(" (the parameter sent was `{}`; for another: {}:{}=NAME, see trawl help paginators)",
                  pagination.param, name(pagination.kind), option);
}

Acceptance Paginator::State::drop_the_guess() {
    ignores_guess = true;
    return drop_as_end(1, format("one page of {} rows was taken: the next one is the same again, so the source has no "
                                 "others, or they are asked for in another way{}",
                                 size, advice_on_the_parameter()));
}

Acceptance Paginator::State::drop_as_end(std::uint64_t index, std::string note) {
    end.settle(index);
    return {false, 0, std::move(note)};
}

Acceptance Paginator::State::take(std::uint64_t index, const SeenPage& page) {
    const std::uint64_t shared = is_offset() && index > 0 ? size - step() : 0;
    if (page.rows > 0) audit.goes_on();
    if (page.rows > 0 && index > 1 && last_page.rows < size) was_short_amid = true;
    audit.taken(index, page.rows, shared, end.claimed() ? std::optional(size) : std::nullopt);
    note_holes(index, page);
    return {true, page.rows, conclude(index, page)};
}

// A short page has a hole if there are rows behind it: those of a later page, or as the total says.
void Paginator::State::note_holes(std::uint64_t index, const SeenPage& page) {
    if (!is_offset() || !any_order() || index == 0 || pagination.stop_after_short_page) return;
    const std::uint64_t begin = index * step() + page.rows;
    const std::uint64_t count = minus((index + 1) * step(), begin);
    const bool is_known = pagination.records && said_rows && !end.is_disproved();
    const std::uint64_t known = is_known ? std::min(count, minus(*said_rows, begin)) : 0;
    const bool says_last = page.more == More::no && !is_known;
    audit.fell_short({begin, says_last ? 0 : known > 0 ? known : count}, page.lines);
    if (known > 0) audit.goes_on();
}

// Where no total vouches for it, a short page is the last only if the source has nothing for the rest of it.
std::vector<RowRange> Paginator::State::holes() {
    const auto last = end.end();
    if (last && judged >= *last && !end.claimed()) audit.doubt_the_last();
    return audit.holes();
}

std::string Paginator::State::conclude(std::uint64_t index, const SeenPage& page) {
    last_page = page;
    last_page.lines.clear();
    if (index == 0) last_page.prints = first_prints;
    std::string note = index == 0 ? first_note : "";
    const std::uint64_t pages = index + 1;
    const auto claimed = end.claimed();
    const bool goes_on = page.more == More::yes || (page.more == More::unknown && !page.next_from.empty());
    if (claimed && pages == *claimed && goes_on && end.end() == pages && !end.limit()) {
        end.disprove();
        note = format(
            "the total says that page {} is the last, and the page that there is more: asked on until none is", pages);
    } else if (claimed && pages < *claimed && page.more == More::no && !conflict_noted) {
        conflict_noted = true;
        note = format("page {} says that it is the last, and the total that there are {}: asked on", pages, *claimed);
    }
    const auto last = end.end();
    const auto behind = seen.find(pages);
    if (last == pages && behind != seen.end() && is_same_page(page, behind->second, says_its_place))
        note = repeats_the_last(pages);
    if (any_order() && pages >= pagination.pages_max && !(last && *last <= pages)) throw_endless();
    return note;
}

void Paginator::State::throw_endless() const {
    throw PaginationError(format("{} pages and still no end; if there are really more, raise max_pages in --paginator",
                                 pagination.pages_max));
}

// Rows where there should be none: but for a source that gives its last or its first page for all behind the end. Where
// the last page says that it is the last, nobody looks further.
bool Paginator::State::has_rows_behind(std::uint64_t last) const {
    if (!any_order() || end.claimed() || end.limit() || last_page.says_it_is_last() || ignores_guess) return false;
    if (pagination.stop_after_short_page && last_page.rows < size) return false;
    return std::any_of(seen.begin(), seen.end(), [&](const auto& entry) {
        const SeenPage& page = entry.second;
        const bool is_known = page.fingerprint == first_fingerprint || is_same_page(page, last_page, says_its_place);
        return entry.first >= last && page.rows > 0 && !is_known;
    });
}

PageVerdict Paginator::State::verdict() const {
    PageVerdict verdict{audit.pages(), audit.rows(), std::nullopt, std::nullopt, audit.problems(), ""};
    const auto fail = [&verdict](std::string problem) {
        verdict.failure = problem;
        verdict.problems.push_back(std::move(problem));
    };
    const std::uint64_t pages = verdict.pages, rows = verdict.rows;
    auto holes = audit.holes();
    if (const auto doubtful = audit.doubtful(); doubtful && !end.claimed()) holes.push_back(*doubtful);
    for (const RowRange& hole : holes)
        fail(format("rows {} to {} are missing", hole.begin + 1, hole.begin + hole.count));
    if (const auto said = end.claimed(); said && counts() && *said != pages && !end.limit()) {
        verdict.problems.push_back(format("the source said {} pages and {} came", *said, pages));
        if (pages < *said) verdict.failure = verdict.problems.back();
    }
    if (end.claimed() && pages > 1 && last_page.rows == 0) verdict.problems.emplace_back("the last page is empty");
    if (has_rows_behind(pages))
        fail(format("page {} looks like the end, and there are other rows behind it", pages + 1));
    if (pagination.maximum) return verdict;
    const bool is_sure = pagination.records && !end.is_disproved();
    auto said = pagination.records;
    if (said_rows && pagination.kind != PaginationKind::single_page) said = std::max(said.value_or(0), *said_rows);
    if (!starts_amid) verdict.stated_rows = said;
    if (!said || (!is_sure && rows >= *said) || starts_amid) return verdict;
    verdict.expected_rows = said;
    if (*said > rows) fail(format("the source said {} rows and {} came: {} are missing", *said, rows, *said - rows));
    if (*said < rows) fail(format("the source said {} rows and {} came: {} more", *said, rows, rows - *said));
    return verdict;
}

}  // namespace trawl
