/// Paginator: fields and headers that the user named, against the first page. A name that leads nowhere must not pass
/// for the end where the page says in another way that there is more.
#include <algorithm>
#include <utility>

#include "ascii.hpp"
#include "page_facts.hpp"
#include "paginator_state.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"
#include "trawl/fetch/detect.hpp"
#include "trawl/fetch/link_header.hpp"

namespace trawl {
namespace {

/// The field is there, and null: a source that says so has no next page, one that has no such field may be another.
bool is_null(const PageView& view, const JsonPath& path) {
    const std::vector<JsonField> fields = view.page.fields(path.steps().size());
    return std::any_of(fields.begin(), fields.end(),
                       [&](const JsonField& field) { return field.is_null && field.path == path; });
}

bool has_header(const PageView& view, std::string_view name) {
    return std::any_of(view.headers.begin(), view.headers.end(),
                       [&](const auto& field) { return fetch::to_lower(std::string_view(field.first)) == name; });
}

/// Another spelling, or a slip of the keys.
bool is_near(std::string_view a, std::string_view b) {
    constexpr std::size_t letters_a_slip = 4;
    return fetch::plain_name(a) == fetch::plain_name(b) ||
           edit_distance(a, b) <= std::min(a.size(), b.size()) / letters_a_slip;
}

/// A field beside the one that is not there, whose name is nearly the same.
std::optional<JsonPath> near_miss(const PageView& view, const JsonPath& path) {
    const auto& steps = path.steps();
    if (steps.empty() || steps.back().kind != JsonPath::StepKind::key) return std::nullopt;
    for (const JsonField& field : view.page.fields(steps.size())) {
        const auto& found = field.path.steps();
        if (field.is_null || found.size() != steps.size()) continue;
        JsonPath renamed;
        for (std::size_t i = 0; i + 1 < found.size(); ++i) renamed = renamed.child(found[i].key);
        if (renamed.child(steps.back().key) == path && is_near(found.back().key, steps.back().key)) return field.path;
    }
    return std::nullopt;
}

/// What else the page says about more of them, as the detection sees it.
struct Otherwise {
    std::string says_more;     // how it says so; empty: nothing does
    bool is_in_doubt = false;  // nothing says that it is the only one, either
};

Otherwise look_otherwise(const PageView& first) {
    try {
        const Pagination found = detect(first);
        const bool is_single = found.kind == PaginationKind::single_page;
        if (is_single || found.is_guess) return {"", found.is_guess || !found.warnings.empty()};
        if (found.pages.value_or(2) < 2) return {};
        if (!found.next_path.steps().empty())
            return {format("it has {}, which looks like {}", found.next_path.str(),
                           found.kind == PaginationKind::cursor ? "a cursor" : "the next URL"),
                    false};
        const std::string_view explanation = found.explanation;
        return {format("it says otherwise how pages follow: {}", explanation.substr(explanation.find(' ') + 1)), false};
    } catch (const PaginationError& error) {
        return {error.what(), false};
    }
}

}  // namespace

/// How the user named what would lead on; empty where the page has it, or names are not what it goes by.
std::string Paginator::State::named_but_absent(const PageView& first, bool by_odata) const {
    if (by_odata) return pagination.kind == PaginationKind::single_page ? "@odata.nextLink" : "";
    if (pagination.kind == PaginationKind::header_link)
        return find_link(first.headers, pagination.relation) ? ""
                                                             : format("Link header with rel={}", pagination.relation);
    const bool is_cursor = pagination.kind == PaginationKind::cursor && !pagination.cursor_record_path;
    if (is_cursor && !pagination.cursor_header.empty())
        return has_header(first, pagination.cursor_header) ? "" : format("header {}", pagination.cursor_header);
    if (!is_cursor && pagination.kind != PaginationKind::json_link) return "";
    if (first.page.scalar(pagination.next_path) || is_null(first, pagination.next_path)) return "";
    return format("{}={}", is_cursor ? "cursor_path" : "next_url_path", pagination.next_path.str());
}

/// A note where one page is taken for all. Most sources leave the Link header out where there is no next page, so that
/// needs none.
std::string Paginator::State::without_successor(const PageView& first, bool by_odata) const {
    const std::string absent = named_but_absent(first, by_odata);
    if (absent.empty() || first.records.count == 0) return "";
    const bool is_path =
        !by_odata && pagination.kind != PaginationKind::header_link && pagination.cursor_header.empty();
    if (const auto near = is_path ? near_miss(first, pagination.next_path) : std::nullopt)
        throw PaginationError(format("`{}` is not in the page; it has {}, which looks like {}", absent, near->str(),
                                     pagination.kind == PaginationKind::cursor ? "a cursor" : "the next URL"));
    const Otherwise otherwise = look_otherwise(first);
    if (!otherwise.says_more.empty())
        throw PaginationError(format("`{}` is not in the page; {}", absent, otherwise.says_more));
    if (!is_path && !otherwise.is_in_doubt) return "";
    return format("the first page has no {}: one page was taken", is_path ? pagination.next_path.str() : absent);
}

void Paginator::State::check_total(const PageView& first) const {
    if (!pagination.total_is_named || !pagination.total_path || first.records.count == 0) return;
    const auto said = first.page.scalar(*pagination.total_path);
    if ((said && said->count()) || is_null(first, *pagination.total_path)) return;
    const fetch::Totals totals = fetch::find_totals(first);
    const bool by_pages = pagination.kind == PaginationKind::page_number;
    std::string there = by_pages ? totals.pages_from : totals.records_from;
    if (const auto near = said || !there.empty() ? std::nullopt : near_miss(first, *pagination.total_path))
        there = near->str();
    const std::string problem = said ? format("is \"{}\", which is no count", said->text) : "is not in the page";
    throw PaginationError(
        format("`total_path={}` {}{}", pagination.total_path->str(), problem,
               there.empty() ? "; without it, pages are asked for until one is empty" : "; it has " + there));
}

}  // namespace trawl
