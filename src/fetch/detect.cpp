/// One function for each row of the header's list; each gives nothing when its facts are not there.
#include "trawl/fetch/detect.hpp"

#include <algorithm>
#include <array>

#include "page_facts.hpp"
#include "page_protocols.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/link_header.hpp"
#include "url_step.hpp"

namespace trawl {
namespace {

using fetch::Totals;
using fetch::UrlStep;

/// Where a page is among all, and how many rows each has: what turns totals into a plan.
struct Grid {
    bool is_offset = false;
    std::string param;
    std::optional<JsonPath> body_path;  // instead of `param`
    std::uint64_t first = 0;            // page number or offset of the page that came
    std::uint64_t size = 0;             // rows a page
};

/// A number that the request had, in its URL or in its JSON.
struct Asked {
    std::string name;
    std::uint64_t value = 0;
    std::optional<JsonPath> body_path;
};

/// The request's own value of that sort.
template <typename Is>
std::optional<Asked> in_request(const PageView& view, Is is) {
    for (const auto& [key, text] : view.url.query_params()) {
        const auto value = JsonScalar{JsonScalar::Kind::string, text}.count();
        if (is(key) && value) return Asked{key, *value, std::nullopt};
    }
    if (view.sent.empty()) return std::nullopt;
    const JsonPage sent = JsonPage::parse(view.sent);
    for (const JsonField& field : sent.fields(2)) {  // {"pagination": {"page": 1}}
        const std::string& key = field.path.steps().back().key;
        const auto value = field.is_null ? std::nullopt : field.value.count();
        if (is(key) && value) return Asked{key, *value, field.path};
    }
    return std::nullopt;
}

/// The parameter for the size of a page, in the request or, if that left it out, in the URL of the next page.
void name_the_limit(Pagination& found, const PageView& view, const std::optional<Url>& next) {
    auto asked = in_request(view, fetch::is_limit_param);
    if (!asked && next)
        for (const auto& [key, text] : next->query_params())
            if (const auto rows = JsonScalar{JsonScalar::Kind::string, text}.count();
                rows && fetch::is_limit_param(key))
                asked = Asked{key, *rows, std::nullopt};
    if (!asked || asked->value == 0) return;
    found.limit_param = asked->body_path ? "" : asked->name;
    found.limit_body_path = asked->body_path;
    if (found.kind == PaginationKind::offset) found.limit = asked->value;
}

/// The rows or pages before this one. Page numbers begin at 0 only where the first page says 0.
std::uint64_t before(const Grid& grid) {
    if (grid.is_offset) return grid.first;
    return grid.first == 0 ? 0 : grid.first - 1;
}

std::uint64_t minus(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

std::string in_words(const Grid& grid, const Totals& totals, std::uint64_t pages) {
    std::string facts;
    if (totals.records) facts += format("total {} in {}, ", *totals.records, totals.records_from);
    if (totals.pages) facts += format("{} pages in {}, ", *totals.pages, totals.pages_from);
    return format("pagination: {} `{}`, {} page{} ({}{} a page)", grid.is_offset ? "offset" : "page number", grid.param,
                  pages, pages == 1 ? "" : "s", facts, grid.size);
}

/// The plan that the totals allow, this page included; none if they say nothing. A warning if they disagree.
std::optional<Pagination> plan(const Grid& grid, const Totals& totals) {
    const std::uint64_t skipped_pages = grid.is_offset ? 0 : before(grid);
    const std::uint64_t skipped_rows = grid.is_offset ? before(grid) : before(grid) * grid.size;
    std::optional<std::uint64_t> by_rows, by_pages;
    if (totals.records) by_rows = fetch::rounded_up(minus(*totals.records, skipped_rows), grid.size);
    if (totals.pages && !grid.is_offset) by_pages = minus(*totals.pages, skipped_pages);
    if (!by_rows && !by_pages) return std::nullopt;
    Pagination found;
    found.kind = grid.is_offset ? PaginationKind::offset : PaginationKind::page_number;
    found.param = grid.body_path ? "" : grid.param;
    found.body_path = grid.body_path;
    found.first = grid.first;
    found.page_size = grid.size;
    found.pages = std::max<std::uint64_t>(by_pages.value_or(by_rows.value_or(1)), 1);
    if (totals.records) found.records = minus(*totals.records, skipped_rows);
    if (by_rows && by_pages && *by_rows != *by_pages)
        found.warnings.push_back(format("{} rows at {} a page are {} pages, but {} says {}", *totals.records, grid.size,
                                        *by_rows, totals.pages_from, *by_pages));
    found.explanation = in_words(grid, totals, *found.pages);
    return found;
}

/// All that links to the next page say about numbers: where they go, and that the last page has none.
Pagination ahead(const Grid& grid) {
    Pagination found;
    found.kind = grid.is_offset ? PaginationKind::offset : PaginationKind::page_number;
    found.param = grid.param;
    found.first = grid.first;
    found.page_size = grid.size;
    found.explanation = format("pagination: {} `{}` in the next URL ({} a page), asked for ahead until none is named",
                               grid.is_offset ? "offset" : "page number", grid.param, grid.size);
    return found;
}

void end_where_links_end(Pagination& found, const Pagination& sequential) {
    if (sequential.kind == PaginationKind::header_link) found.link_relation = sequential.relation;
    if (sequential.kind == PaginationKind::json_link) found.link_path = sequential.next_path;
}

/// `sequential` follows the next URL as it comes; better is any order, if the URL is one of a series.
Pagination from_next(const PageView& view, Pagination sequential, const std::string& target, Totals totals) {
    const Url next = view.url.resolve(target);
    const auto step = fetch::step_between(view.url, next, view.records.count);
    if (!step) return sequential;
    const Grid grid{step->is_offset, step->param, std::nullopt, step->from, view.records.count};
    if (const auto link = find_link(view.headers, "last"); link && !grid.is_offset) {
        const auto last = fetch::value_in(view.url.resolve(*link), view.url, step->param);
        // The page's number, so one more than that if they are counted from 0.
        if (last) totals.pages = *last + (grid.first == 0 ? 1 : 0);
        if (last) totals.pages_from = "the Link header";
    }
    Pagination found = plan(grid, totals).value_or(ahead(grid));
    end_where_links_end(found, sequential);
    name_the_limit(found, view, next);
    if (found.pages.value_or(2) < 2)
        found.warnings.push_back("there is a next page, but the totals say that this is the last");
    if (found.warnings.empty()) return found;
    sequential.warnings = found.warnings;
    sequential.warnings.push_back("so the next URLs are followed one by one");
    return sequential;
}

std::optional<Pagination> by_link_header(const PageView& view, const Totals& totals) {
    const auto target = find_link(view.headers, "next");
    if (!target) return std::nullopt;
    Pagination found;
    found.kind = PaginationKind::header_link;
    found.stop_after_empty_page = false;
    found.explanation = "pagination: the Link header's rel=next, page by page";
    return from_next(view, std::move(found), *target, totals);
}

Pagination single_page(const PageView& view, std::string_view why) {
    Pagination found;
    found.records = view.records.count;
    found.pages = 1;
    found.explanation = format("pagination: a single page ({})", why);
    return found;
}

/// The request's own page number, else what the page says that it is, for which the parameter is `page`.
std::optional<Asked> page_number(const PageView& view) {
    const auto asked = in_request(view, fetch::is_page_param);
    if (asked) return asked;
    const auto place = fetch::find_page_number(view);
    return place ? std::optional(Asked{"page", place->value, std::nullopt}) : std::nullopt;
}

std::optional<Asked> offset(const PageView& view) {
    const auto asked = in_request(view, fetch::is_offset_param);
    if (asked) return asked;
    const auto place = fetch::find_offset(view);
    return place ? std::optional(Asked{place->name, place->value, std::nullopt}) : std::nullopt;
}

bool is_first_page(const PageView& view) {
    const auto page = page_number(view);
    const auto skipped = offset(view);
    return (!page || page->value < 2) && (!skipped || skipped->value == 0);
}

/// The field for the next URL is there and null. That is the end, also where a total says otherwise: nothing tells how
/// to ask for more, and the source was asked.
std::optional<Pagination> by_null_next(const PageView& view, const Totals& totals, const JsonPath& path) {
    if (fetch::find_cursor(view)) return std::nullopt;
    if (fetch::says_more(view)) return std::nullopt;  // the rest of the page says how, or it is an error
    Pagination found = single_page(view, format("{} is null", path.str()));
    if (!totals.records || *totals.records <= view.records.count || !is_first_page(view)) return found;
    found.records = totals.records;
    found.warnings.push_back(format("{} says {} rows and this page has {}, but {} is null: nothing more is fetched",
                                    totals.records_from, *totals.records, view.records.count, path.str()));
    return found;
}

std::optional<Pagination> by_next_url(const PageView& view, const Totals& totals) {
    const auto next = fetch::find_next_url(view);
    if (!next) return std::nullopt;
    if (next->url.empty()) return by_null_next(view, totals, next->path);
    Pagination found;
    found.kind = PaginationKind::json_link;
    found.next_path = next->path;
    found.stop_after_empty_page = false;
    found.explanation = format("pagination: the next URL in {}, page by page", next->path.str());
    return from_next(view, std::move(found), next->url, totals);
}

/// The rows of a full page. A source may clamp what it says or was asked for, so the first page's own rows count,
/// unless the stated size is what makes the totals agree (rows that are filtered out leave a page short).
std::uint64_t size_of_pages(const PageView& view, const Totals& totals) {
    const std::uint64_t stated = totals.page_size.value_or(0);
    const bool fits = totals.records && totals.pages && fetch::rounded_up(*totals.records, stated) == *totals.pages;
    return stated > 0 && (fits || !is_first_page(view)) ? stated : view.records.count;
}

/// Totals that contradict each other plan nothing: the pages are asked for until one is empty.
void walk_if_in_doubt(Pagination& pagination) {
    if (pagination.warnings.empty()) return;
    pagination.one_by_one = true;
    pagination.pages.reset();
    pagination.warnings.emplace_back("so the pages are fetched one by one until one is empty");
}

std::optional<Pagination> by_page_number(const PageView& view, const Totals& totals) {
    const auto place = page_number(view);
    if (!place && !totals.pages) return std::nullopt;
    const Asked at = place.value_or(Asked{"page", 1, std::nullopt});
    auto found = plan(Grid{false, at.name, at.body_path, at.value, size_of_pages(view, totals)}, totals);
    if (!found) return std::nullopt;
    name_the_limit(*found, view, std::nullopt);
    walk_if_in_doubt(*found);
    return found;
}

std::optional<Pagination> by_offset(const PageView& view, const Totals& totals) {
    const auto place = offset(view);
    if (!place || !totals.records) return std::nullopt;
    auto found = plan(Grid{true, place->name, place->body_path, place->value, view.records.count}, totals);
    if (found) name_the_limit(*found, view, std::nullopt);
    return found;
}

/// The pages from `place` on, which is a page number or else an offset.
Pagination at_place(const Asked& place, bool is_page) {
    Pagination found;
    found.kind = is_page ? PaginationKind::page_number : PaginationKind::offset;
    found.param = place.body_path ? "" : place.name;
    found.body_path = place.body_path;
    found.first = place.value;
    return found;
}

/// A page number or an offset, and instead of a total a field such as `has_more`.
std::optional<Pagination> by_more(const PageView& view) {
    const auto more = fetch::says_more(view);
    const auto page = page_number(view);
    const auto place = page ? page : offset(view);
    if (!more || !place) return std::nullopt;
    Pagination found = at_place(*place, page.has_value());
    found.has_more_path = more;
    name_the_limit(found, view, std::nullopt);
    found.explanation = format("pagination: {} `{}` while {} is true, asked for ahead", page ? "page number" : "offset",
                               place->name, more->str());
    return found;
}

/// `next_page: 2` on page 1 is no cursor: the numbers of all pages are known.
std::optional<Pagination> by_next_number(const PageView& view, const fetch::NextCursor& cursor) {
    const auto next = view.page.scalar(cursor.path);
    if (!next) return std::nullopt;
    // Not as an optional: g++ 12 takes the value behind its check for one that may be missing.
    const std::uint64_t value = next->count().value_or(0);  // no page follows another one as number 0
    const auto here = page_number(view);
    if (!fetch::is_page_param(cursor.param) || value != (here ? here->value : 1) + 1) return std::nullopt;
    Pagination found = ahead(Grid{false, cursor.param, std::nullopt, value - 1, view.records.count});
    found.link_path = cursor.path;
    name_the_limit(found, view, std::nullopt);
    found.explanation =
        format("pagination: page number `{}`, asked for ahead until {} is null", cursor.param, cursor.path.str());
    return found;
}

std::optional<Pagination> by_cursor(const PageView& view) {
    const auto cursor = fetch::find_cursor(view);
    if (!cursor) return std::nullopt;
    if (cursor->param.empty())
        throw PaginationError(
            format("{} holds a cursor, but the parameter that takes it is not known; say it: --paginator "
                   "cursor:cursor_path={},cursor_param=NAME",
                   cursor->path.str(), cursor->path.str()));
    if (auto numbered = by_next_number(view, *cursor)) return numbered;
    Pagination found;
    found.kind = PaginationKind::cursor;
    found.param = cursor->param;
    found.has_more_path = fetch::says_more(view);
    found.next_path = cursor->path;
    found.stop_after_empty_page = false;
    found.explanation =
        format("pagination: the cursor in {}, sent as `{}`, page by page", cursor->path.str(), cursor->param);
    return found;
}

/// How many rows people have a page hold, where its size is not said.
bool is_usual_size(std::uint64_t rows) {
    constexpr std::array<std::uint64_t, 10> sizes = {10, 20, 25, 30, 50, 100, 200, 250, 500, 1000};
    return std::find(sizes.begin(), sizes.end(), rows) != sizes.end();
}

/// No total and nothing else says whether more pages follow, and this one may be full.
bool may_go_on(const PageView& view, const Totals& totals) {
    if (totals.records || totals.pages || fetch::says_no_more(view)) return false;
    const auto asked = in_request(view, fetch::is_limit_param);
    const auto size = totals.page_size ? totals.page_size : asked ? std::optional(asked->value) : std::nullopt;
    if (!size || view.records.count >= *size) return true;
    // A source may clamp the size, or filter its rows behind it: a page that says where it is is asked what follows.
    return is_usual_size(view.records.count) || page_number(view) || offset(view);
}

/// The offset of a request that only says how many rows it wants: those that go by the name of its parameter.
std::optional<Asked> offset_beside_limit(const PageView& view) {
    constexpr std::array<std::array<std::string_view, 2>, 6> pairs = {{{"limit", "offset"},
                                                                       {"$top", "$skip"},
                                                                       {"top", "skip"},
                                                                       {"take", "skip"},
                                                                       {"maxResults", "startAt"},
                                                                       {"rows", "start"}}};
    const auto limit = in_request(view, fetch::is_limit_param);
    if (!limit || limit->body_path || limit->value < 2) return std::nullopt;
    for (const auto& [rows, skipped] : pairs)
        if (limit->name == rows) return Asked{std::string(skipped), 0, std::nullopt};
    return std::nullopt;
}

/// The request or the page says where it is among others, and nothing how many there are: they are asked for until one
/// is empty. A source that gives this page again has no others.
std::optional<Pagination> by_place(const PageView& view) {
    const auto page = page_number(view);
    auto place = page ? page : offset(view);
    if (!place) place = offset_beside_limit(view);
    if (!place) return std::nullopt;
    Pagination found = at_place(*place, page.has_value());
    found.is_guess = true;
    name_the_limit(found, view, std::nullopt);
    found.explanation = format("pagination: {} `{}`, asked for ahead until a page is empty (nothing says how many)",
                               page ? "page number" : "offset", place->name);
    return found;
}

/// Nothing says whether it is the only one, and it looks full: whoever asked must know.
Pagination single_page_in_doubt(const PageView& view) {
    Pagination found = single_page(view, "no next page, total or cursor in it");
    const std::uint64_t rows = view.records.count;
    if (is_usual_size(rows) || in_request(view, fetch::is_limit_param))
        found.warnings.push_back(format(
            "one page of {} rows was taken; nothing in it says whether there are more. If there are: --paginator "
            "page_number (see trawl help paginators)",
            rows));
    return found;
}

[[noreturn]] void fail_more(const PageView& view, const std::string& evidence) {
    throw PaginationError(
        format("{}, this page has {}, and nothing says how to ask for the others; name the pagination "
               "(--paginator page_number:page_param=NAME, offset:limit=100, ...; see trawl help paginators), or take "
               "this page alone (single_page)",
               evidence, view.records.count));
}

/// An empty page is all there is, unless it says itself that it is not: it would replace a table by nothing.
Pagination empty_page(const PageView& view, const Totals& totals) {
    const bool has_rows = totals.records.value_or(0) > 0, has_pages = totals.pages.value_or(0) > 1;
    if (!is_first_page(view) || (!has_rows && !has_pages)) return single_page(view, "it is empty");
    throw PaginationError(
        format("the first page has no rows, and {} says {} {}: the source does not give what it has; run it again, or "
               "take it for "
               "empty (--paginator single_page)",
               has_rows ? totals.records_from : totals.pages_from, has_rows ? *totals.records : *totals.pages,
               has_rows ? "rows" : "pages"));
}

}  // namespace

Pagination detect(const PageView& first) {
    const Totals totals = fetch::find_totals(first);
    if (const auto found = by_link_header(first, totals)) return *found;
    if (const auto found = fetch::by_odata(first)) return *found;
    if (const auto found = fetch::by_relay(first)) return *found;
    if (const auto found = by_next_url(first, totals)) return *found;
    if (first.records.count == 0) return empty_page(first, totals);
    if (const auto found = by_page_number(first, totals)) return *found;
    if (const auto found = by_offset(first, totals)) return *found;
    if (const auto found = by_cursor(first)) return *found;
    if (const auto found = by_more(first)) return *found;
    if (const auto more = fetch::says_more(first))
        fail_more(first, format("{} says that there are more rows", more->str()));
    if (totals.records && *totals.records > first.records.count)
        fail_more(first, format("{} says {} rows", totals.records_from, *totals.records));
    if (!may_go_on(first, totals)) return single_page(first, "no next page, total or cursor in it");
    if (const auto found = by_place(first)) return *found;
    return single_page_in_doubt(first);
}

}  // namespace trawl
