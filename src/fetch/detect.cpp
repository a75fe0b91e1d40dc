#include "detect.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string_view>
#include <vector>

#include "link_header.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

using Names = std::span<const std::string_view>;

// Where sources put what they say about paging: the page itself, an object of one of these names, or one within such.
constexpr std::string_view kEnvelopes[]{"meta",     "pagination", "paging",   "page",    "_meta",
                                        "pageInfo", "page_info",  "metadata", "links",   "_links",
                                        "response", "result",     "data",     "payload", "d"};
constexpr std::size_t kEnvelopeDepthMax = 3;  // {"response": {"meta": {"paging": {...}}}}
constexpr std::string_view kTotalRecords[]{
    "total",      "count",         "total_count",  "totalCount",    "total_records", "totalRecords", "total_items",
    "totalItems", "total_results", "totalResults", "totalElements", "@odata.count",  "numFound"};
constexpr std::string_view kTotalPages[]{"total_pages", "totalPages", "pages",     "last_page", "lastPage",
                                         "page_count",  "pageCount",  "num_pages", "numPages",  "pages_total"};
constexpr std::string_view kPageNumbers[]{"page", "current_page", "currentPage", "page_number", "pageNumber", "number"};
constexpr std::string_view kPageSizes[]{"page_size", "pageSize", "per_page",      "perPage",
                                        "limit",     "size",     "items_per_page"};
constexpr std::string_view kOffsets[]{"offset", "skip", "start", "startAt", "start_at", "startIndex"};
constexpr std::string_view kPageParams[]{"page", "_page", "p", "page_number", "pageNumber", "pageNo", "page[number]"};
constexpr std::string_view kNextUrls[]{"next",      "next_url", "nextUrl",         "next_page_url", "nextPageUrl",
                                       "next_link", "nextLink", "@odata.nextLink", "next_page",     "nextPage"};
// True says that there are more pages, or (the second row) false does.
constexpr std::string_view kMore[]{"has_more",    "hasMore",       "has_next", "hasNext",
                                   "hasNextPage", "has_next_page", "more"};
constexpr std::string_view kLast[]{"isLast", "is_last", "last", "isLastPage", "is_last_page"};

/// A cursor in the page and the parameter that takes it.
struct CursorName {
    std::string_view member;
    std::string_view param;
};
constexpr std::array<CursorName, 9> kCursors{{{"next_cursor", "cursor"},
                                              {"nextCursor", "cursor"},
                                              {"next_page_token", "page_token"},
                                              {"nextPageToken", "pageToken"},
                                              {"next_token", "next_token"},
                                              {"nextToken", "nextToken"},
                                              {"end_cursor", "after"},
                                              {"endCursor", "after"},
                                              {"continuation_token", "continuation_token"}}};

struct Found {
    JsonPath path;
    const JsonValue* value;
};

std::optional<Found> find_in(const JsonPage& page, JsonPath path) {
    const JsonValue* value = page.find(path);
    if (value == nullptr) return std::nullopt;
    return Found{std::move(path), value};
}

void add_envelopes(const JsonValue& object, const JsonPath& path, std::vector<JsonPath>& paths) {
    if (path.size() >= kEnvelopeDepthMax) return;
    for (const auto& [name, value] : object.members) {
        const bool is_envelope = std::find(std::begin(kEnvelopes), std::end(kEnvelopes), name) != std::end(kEnvelopes);
        if (!is_envelope || !value.is(JsonValue::Kind::object)) continue;
        JsonPath below = path;
        below.push_back(name);
        paths.push_back(below);
        add_envelopes(value, below, paths);
    }
}

/// The page itself, then the objects in it that may speak about paging.
std::vector<JsonPath> envelopes(const JsonPage& page) {
    std::vector<JsonPath> paths{JsonPath()};
    add_envelopes(page.root(), {}, paths);
    return paths;
}

bool is_scalar(const JsonValue& value) {
    return !value.is(JsonValue::Kind::object) && !value.is(JsonValue::Kind::array);
}

/// The first of `names` that the page or one of its envelopes has as a scalar.
std::optional<Found> find_any(const JsonPage& page, Names names) {
    for (const JsonPath& envelope : envelopes(page)) {
        for (const std::string_view name : names) {
            JsonPath path = envelope;
            path.emplace_back(name);
            auto found = find_in(page, std::move(path));
            if (found && is_scalar(*found->value)) return found;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

struct Total {
    std::optional<std::uint64_t> pages;
    std::optional<std::uint64_t> records;
    std::string where;
};

// Counts that cannot be true (less than this page has) are no counts.
Total find_total(const PageFacts& first) {
    Total total;
    if (const auto found = find_any(first.page, kTotalPages)) {
        total.pages = as_count(found->value);
        if (total.pages) total.where = json_path_text(found->path);
    }
    if (const auto header = first.headers.get("x-total-count")) total.records = number_in(*header);
    if (total.records && total.where.empty()) total.where = "the X-Total-Count header";
    if (!total.records) {
        if (const auto found = find_any(first.page, kTotalRecords)) {
            total.records = as_count(found->value);
            if (total.records && total.where.empty()) total.where = json_path_text(found->path);
        }
    }
    if (total.records && *total.records < first.count) total.records.reset();
    return total;
}

/// The one parameter in which two URLs differ, if its values are numbers (or it is missing in the first one).
struct Change {
    std::string param;
    std::optional<std::uint64_t> from;
    std::uint64_t to = 0;
};

std::optional<Change> only_change(const Url& current, const Url& next) {
    std::optional<Change> change;
    for (const auto& [name, value] : next.query_params()) {
        const auto before = current.query(name);
        if (before == value) continue;
        // A page size that the first URL left to the source is no change of place.
        const auto to = number_in(value);
        const bool is_size = !before && to &&
                             (name.find("limit") != std::string::npos || name.find("size") != std::string::npos ||
                              name.find("per") != std::string::npos);
        if (is_size) continue;
        if (change || !to) return std::nullopt;
        const auto from = before ? number_in(*before) : std::nullopt;
        if (before && !from) return std::nullopt;
        change = Change{name, from, *to};
    }
    return change;
}

bool same_place(const Url& a, const Url& b) {
    const std::string left = a.target();
    const std::string right = b.target();
    return a.origin() == b.origin() && left.substr(0, left.find('?')) == right.substr(0, right.find('?'));
}

// `next` is one step away from the first page: a page's number, or an offset by the records of a page.
std::optional<Pagination> numbered(const PageFacts& first, const Url& next, const Total& total) {
    if (!same_place(first.url, next) || first.count == 0) return std::nullopt;
    const auto change = only_change(first.url, next);
    if (!change) return std::nullopt;
    Pagination result;
    result.param = change->param;
    result.pattern = next;
    result.records = total.records;
    const bool by_one = change->from ? change->to == *change->from + 1 : change->to == 1 || change->to == 2;
    const bool by_page = change->to == change->from.value_or(0) + first.count && first.count > 1;
    if (by_one && !(by_page && !change->from && first.count == 2)) {
        result.kind = PaginationKind::page_number;
        result.first = change->to - 1;
        result.pages = total.pages;
        // A total that is counted from the first page; the first URL may be in the middle.
        const std::uint64_t before = result.first > 0 ? result.first - 1 : 0;
        if (!result.pages && total.records) result.pages = pages_for(*total.records, first.count);
        if (result.pages && change->from) *result.pages -= std::min(*result.pages, before);
        return result.pages ? std::optional(result) : std::nullopt;
    }
    if (!by_page || !total.records) return std::nullopt;
    result.kind = PaginationKind::offset;
    result.first = change->to - first.count;
    result.step = first.count;
    result.pages = pages_for(*total.records - std::min(*total.records, result.first), first.count);
    return result;
}

std::string numbered_text(const Pagination& pagination, const PageFacts& first, const Total& total) {
    const char* what = pagination.kind == PaginationKind::offset ? "offset" : "page number";
    std::string text =
        format("pagination: {} `{}`, {} pages of {}", what, pagination.param, *pagination.pages, first.count);
    if (!total.where.empty()) text += format(" (total in {})", total.where);
    return text;
}

std::optional<Url> resolved(const Url& base, const std::string& reference) {
    try {
        return base.resolve(reference);
    } catch (const InvalidUrl&) {
        return std::nullopt;
    }
}

// rel="last" names the last page's number.
void add_last(const PageFacts& first, std::string_view field, const Url& next, Total& total) {
    const auto last = link_target(field, "last");
    if (!last || total.pages || total.records) return;
    const auto last_url = resolved(first.url, *last);
    const auto change = only_change(first.url, next);
    if (!last_url || !change) return;
    const auto value = last_url->query(change->param);
    const auto number = value ? number_in(*value) : std::nullopt;
    const bool by_one = change->from ? change->to == *change->from + 1 : change->to == 2;
    if (!number || !by_one) return;
    total.pages = *number;
    total.where = "the Link header";
}

std::string all_links(const Headers& headers) {
    std::string field;
    for (const auto value : headers.get_all("link")) {
        if (!field.empty()) field += ", ";
        field += value;
    }
    return field;
}

std::optional<Pagination> by_link_header(const PageFacts& first) {
    const std::string field = all_links(first.headers);
    const auto target = link_target(field, "next");
    const auto next = target ? resolved(first.url, *target) : std::nullopt;
    if (!next) return std::nullopt;
    Total total = find_total(first);
    add_last(first, field, *next, total);
    if (auto parallel = numbered(first, *next, total)) {
        parallel->explanation = numbered_text(*parallel, first, total);
        return parallel;
    }
    Pagination result;
    result.kind = PaginationKind::header_link;
    result.explanation = "pagination: the Link header's next page, one after the other";
    return result;
}

// A scalar, or HAL's {"next": {"href": ...}}.
std::optional<Found> find_next_url(const JsonPage& page) {
    for (const JsonPath& envelope : envelopes(page)) {
        for (const std::string_view name : kNextUrls) {
            JsonPath path = envelope;
            path.emplace_back(name);
            auto found = find_in(page, path);
            path.emplace_back("href");
            if (found && found->value->is(JsonValue::Kind::object)) found = find_in(page, path);
            if (found && is_scalar(*found->value)) return found;
        }
    }
    return std::nullopt;
}

std::string_view extension(std::string_view target) {
    target = target.substr(0, target.find('?'));
    const auto dot = target.substr(target.rfind('/') + 1).rfind('.');
    return dot == std::string_view::npos ? std::string_view() : target.substr(target.rfind('/') + 1 + dot);
}

// A cursor may stand where others put a URL. "page-2.json" is a URL where the page itself is "page-1.json".
bool looks_like_a_url(std::string_view text, const Url& current) {
    if (text.find("/") != std::string_view::npos || text.starts_with("?")) return true;
    const std::string target = current.target();
    return !extension(text).empty() && extension(text) == extension(target);
}

std::optional<Pagination> by_json_link(const PageFacts& first) {
    const auto found = find_next_url(first.page);
    if (!found || !found->value->is(JsonValue::Kind::string) || !looks_like_a_url(found->value->text, first.url))
        return std::nullopt;
    const auto next = resolved(first.url, found->value->text);
    if (!next) return std::nullopt;
    const Total total = find_total(first);
    if (auto parallel = numbered(first, *next, total)) {
        parallel->explanation = numbered_text(*parallel, first, total);
        return parallel;
    }
    Pagination result;
    result.kind = PaginationKind::json_link;
    result.path = found->path;
    result.explanation =
        format("pagination: the next page's URL in {}, one after the other", json_path_text(found->path));
    return result;
}

// The parameter of the first URL that counts pages; "page" when there is none.
std::string page_param(const Url& url) {
    for (const std::string_view name : kPageParams) {
        if (url.query(name)) return std::string(name);
    }
    return "page";
}

// The parameter's name is certain only if the first URL has it or the page says its own number.
std::optional<Pagination> by_page_number(const PageFacts& first) {
    const Total total = find_total(first);
    const auto number = find_any(first.page, kPageNumbers);
    const std::string param = page_param(first.url);
    const auto given = first.url.query(param);
    const auto echoed = number ? as_count(number->value) : std::nullopt;
    if (!given && (!echoed || find_any(first.page, kOffsets))) return std::nullopt;
    const auto in_url = given ? number_in(*given) : std::nullopt;
    const auto size = as_count(find_any(first.page, kPageSizes) ? find_any(first.page, kPageSizes)->value : nullptr);
    Pagination result;
    result.kind = PaginationKind::page_number;
    result.param = param;
    result.first = in_url.value_or(echoed.value_or(1));
    result.pattern = first.url;
    result.records = total.records;
    result.pages = total.pages;
    if (!result.pages && total.records && first.count > 0) {
        result.pages = pages_for(*total.records, std::max<std::uint64_t>(size.value_or(0), first.count));
    }
    if (!result.pages || *result.pages <= 1) return std::nullopt;
    if (result.first > 1) *result.pages -= std::min(*result.pages, result.first - 1);
    result.explanation = numbered_text(result, first, total);
    return result;
}

std::optional<Pagination> by_offset(const PageFacts& first) {
    const Total total = find_total(first);
    if (!total.records || first.count == 0) return std::nullopt;
    const auto echoed = find_any(first.page, kOffsets);
    std::string param = echoed ? echoed->path.back() : std::string();
    for (const std::string_view name : kOffsets) {
        if (first.url.query(name)) param = name;
    }
    if (param.empty()) return std::nullopt;
    const auto in_url = first.url.query(param);
    Pagination result;
    result.kind = PaginationKind::offset;
    result.param = param;
    result.first = (in_url ? number_in(*in_url) : as_count(echoed->value)).value_or(0);
    result.step = first.count;
    result.pattern = first.url;
    result.records = total.records;
    result.pages = pages_for(*total.records - std::min(*total.records, result.first), first.count);
    result.explanation = numbered_text(result, first, total);
    return result;
}

std::optional<Pagination> by_cursor(const PageFacts& first) {
    for (const CursorName& name : kCursors) {
        const auto found = find_any(first.page, Names(&name.member, 1));
        if (!found || !found->value->is(JsonValue::Kind::string) || found->value->text.empty()) continue;
        Pagination result;
        result.kind = PaginationKind::cursor;
        result.param = name.param;
        result.path = found->path;
        result.explanation = format("pagination: the cursor in {} as `{}`, one page after the other",
                                    json_path_text(found->path), name.param);
        return result;
    }
    return std::nullopt;
}

// "next_page": 2 is the value of the parameter that counts pages.
std::optional<Pagination> by_next_number(const PageFacts& first) {
    const auto found = find_next_url(first.page);
    if (!found || !as_count(found->value)) return std::nullopt;
    Pagination result;
    result.kind = PaginationKind::cursor;
    result.param = page_param(first.url);
    result.path = found->path;
    result.explanation = format("pagination: the next page's number in {} as `{}`, one page after the other",
                                json_path_text(found->path), result.param);
    return result;
}

Pagination single_page() {
    Pagination result;
    result.explanation = "pagination: none, a single page";
    return result;
}

// Taking the first page for all of them would lose rows without a word.
void refuse_what_is_unclear(const PageFacts& first) {
    constexpr const char* kAdvice = "say how with --paginator, or --paginator single_page to take this page alone";
    if (const auto found = find_next_url(first.page); found && !found->value->text.empty()) {
        throw PaginationError(format("{}: there is a next page ({} is '{}'), but not how to ask for it: {}",
                                     first.url.redacted(), json_path_text(found->path), found->value->text, kAdvice));
    }
    const auto more = find_any(first.page, kMore);
    const auto last = find_any(first.page, kLast);
    if ((more && more->value->text == "true") || (last && last->value->text == "false")) {
        throw PaginationError(
            format("{}: {} says that there are more pages, but not how to ask for them: {}", first.url.redacted(),
                   json_path_text(more && more->value->text == "true" ? more->path : last->path), kAdvice));
    }
    const Total total = find_total(first);
    if (total.records && *total.records > first.count) {
        throw PaginationError(
            format("{}: {} says {} records, this page has {}, and how the others follow is unclear: {}",
                   first.url.redacted(), total.where, *total.records, first.count, kAdvice));
    }
}

// "next": null: the source itself says that this is the last page, whatever its totals seem to mean.
bool says_it_is_the_last(const PageFacts& first) {
    const auto found = find_next_url(first.page);
    return found && (found->value->is(JsonValue::Kind::null) || found->value->text.empty());
}

}  // namespace

std::optional<std::uint64_t> as_count(const JsonValue* value) {
    if (value == nullptr) return std::nullopt;
    if (!value->is(JsonValue::Kind::number) && !value->is(JsonValue::Kind::string)) return std::nullopt;
    return number_in(value->text);
}

Pagination detect(const PageFacts& first) {
    if (says_it_is_the_last(first)) return single_page();
    for (const auto find : {by_link_header, by_json_link, by_page_number, by_offset, by_cursor, by_next_number}) {
        if (auto found = find(first)) return std::move(*found);
    }
    refuse_what_is_unclear(first);
    return single_page();
}

}  // namespace trawl::fetch
