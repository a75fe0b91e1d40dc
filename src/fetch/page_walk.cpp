/// Paginator: cursors and links, and what else is asked for one page after the other.
#include <algorithm>
#include <array>

#include "ascii.hpp"
#include "json_edit.hpp"
#include "page_facts.hpp"
#include "paginator_state.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/link_header.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl {
namespace {

constexpr std::size_t shown_max = 80;  // of a token, in a message

/// Fields for the URL of the page before, by plain_name.
constexpr std::array<std::string_view, 8> previous_names = {
    "prev", "previous", "prevurl", "previousurl", "prevlink", "previouslink", "prevpageurl", "previouspageurl"};

std::optional<std::string> header(const PageView& view, std::string_view name) {
    for (const auto& [key, value] : view.headers)
        if (fetch::to_lower(std::string_view(key)) == name) return std::string(fetch::trim(value));
    return std::nullopt;
}

}  // namespace

std::optional<PageRequest> Paginator::State::next(const PageView& view) {
    if (const auto last = end.end(); last && judged >= *last) return std::nullopt;
    std::optional<PageRequest> request;
    if (counts()) {
        // By the rows that came, not by those asked for: a source that gives fewer than `limit` loses none.
        const std::uint64_t rows = view.records.count - std::min(view.records.count, pagination.overlap);
        const std::uint64_t by = is_offset() ? rows : 1;
        if (by == 0) throw PaginationError("an empty page moves no offset on; let stop_after_empty_page be true");
        value = fetch::sum(value, by);
        if (pagination.maximum && value >= *pagination.maximum) return std::nullopt;
        request = counted(value, pagination.limit);
    } else {
        request = pagination.kind == PaginationKind::cursor ? next_cursor(view) : next_link(view);
    }
    if (request && judged >= pagination.pages_max) throw_endless();
    return request;
}

std::optional<JsonScalar> Paginator::State::cursor_of(const PageView& view) const {
    if (!pagination.cursor_header.empty()) {
        const auto text = header(view, pagination.cursor_header);
        return text ? std::optional(JsonScalar{JsonScalar::Kind::string, *text}) : std::nullopt;
    }
    if (!pagination.cursor_record_path) return view.page.scalar(pagination.next_path);
    if (view.records.count == 0) return std::nullopt;
    std::string_view last = view.records.ndjson;
    last.remove_suffix(1);
    last.remove_prefix(last.rfind('\n') + 1);  // npos + 1 is 0
    auto found = JsonPage::parse(last).scalar(*pagination.cursor_record_path);
    if (found) return found;
    throw PaginationError(
        format("the last record of page {} has nothing at {}; check cursor_record_path in --paginator", judged,
               pagination.cursor_record_path->str()));
}

std::string Paginator::State::cursor_place() const {
    if (!pagination.cursor_header.empty()) return format("the header {}", pagination.cursor_header);
    return (pagination.cursor_record_path ? *pagination.cursor_record_path : pagination.next_path).str();
}

std::optional<PageRequest> Paginator::State::next_cursor(const PageView& view) {
    const auto cursor = cursor_of(view);
    const bool is_boolean = cursor && cursor->kind == JsonScalar::Kind::boolean;
    if (is_boolean && cursor->text == "true")
        throw PaginationError(format(
            "{} is true, which is no cursor; name the right one (cursor_path), or how pages follow", cursor_place()));
    if (!cursor || cursor->text.empty() || is_boolean) {
        if (last_page.more != SeenPage::More::yes) return std::nullopt;
        throw PaginationError(format("page {} says in {} that there is more, but {} has no cursor; check --paginator",
                                     judged, pagination.has_more_path->str(), cursor_place()));
    }
    PageRequest request = start;
    if (pagination.body_path) {
        const bool is_text = cursor->kind == JsonScalar::Kind::string;
        request.body =
            fetch::with_value(start.body, *pagination.body_path, is_text ? quote_json(cursor->text) : cursor->text);
    } else {
        request.url = start.url.with_query(pagination.param, cursor->text);
    }
    check_unseen(cursor->text, request.url);
    return request;
}

std::optional<PageRequest> Paginator::State::next_link(const PageView& view) {
    std::optional<std::string> target;
    if (pagination.kind == PaginationKind::header_link) {
        target = find_link(view.headers, pagination.relation);
    } else if (const auto link = view.page.scalar(pagination.next_path); link && link->text != "false") {
        if (link->kind != JsonScalar::Kind::string)
            throw PaginationError(format(
                "{} is {}, which is no URL; name the right field (next_url_path), or page_number if it means that "
                "there is more",
                pagination.next_path.str(), link->text));
        target = link->text;
    }
    if (!target || target->empty()) {
        check_says_no_more(view);
        return std::nullopt;
    }
    PageRequest request = start;
    request.url = view.url.resolve(*target);
    check_unseen(request.url.str(), request.url);
    return request;
}

// A page that lost its link is no last one.
void Paginator::State::check_says_no_more(const PageView& view) const {
    const auto more = fetch::says_more(view);
    if (!more) return;
    throw PaginationError(
        format("page {} says in {} that there is more, and names no next page; run it again, or check --paginator",
               judged, more->str()));
}

void Paginator::State::check_unseen(const std::string& token, const Url& url) {
    if (tokens.add(std::hash<std::string>{}(token))) return;
    throw PaginationError(
        format("page {} leads back to a page that was there before: {}", judged, url.redacted().substr(0, shown_max)));
}

// The user began at a later page: the cursor is in the request, or the source names a page before this one.
bool Paginator::State::is_amid(const PageView& first) const {
    if (pagination.kind == PaginationKind::cursor && !pagination.body_path) {
        const auto own = start.url.query(pagination.param);
        if (own && !own->empty()) return true;
    }
    if (find_link(first.headers, "prev") || find_link(first.headers, "previous")) return true;
    const std::vector<JsonField> fields = first.page.fields(3);  // as deep as facts about pages are looked for
    return std::any_of(fields.begin(), fields.end(), [](const JsonField& field) {
        const std::string name = fetch::plain_name(field.path.steps().back().key);
        const bool names_previous =
            std::find(previous_names.begin(), previous_names.end(), name) != previous_names.end();
        return names_previous && !field.is_null && field.value.kind == JsonScalar::Kind::string &&
               !field.value.text.empty();
    });
}

}  // namespace trawl
