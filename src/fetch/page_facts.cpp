/// The tables of names, all as plain_name has them, and the search through a page's fields by them.
#include "page_facts.hpp"

#include <algorithm>

#include "ascii.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

constexpr std::size_t depth_max = 3;  // {"meta": {"pagination": {"total": 1}}}

constexpr std::string_view page_params[] = {"page",      "pagenumber",  "pageno", "pagenum",
                                            "pageindex", "currentpage", "p",      "pg"};
constexpr std::string_view offset_params[] = {"offset", "skip", "start", "startat", "startindex", "pageoffset"};
constexpr std::string_view limit_params[] = {"limit",      "pagesize", "perpage", "size",  "top",
                                             "maxresults", "take",     "rows",    "count", "pagelimit"};
/// Objects that hold facts about the page, or wrap all of the answer.
constexpr std::string_view containers[] = {
    "meta", "pagination", "page",     "paging",   "pageinfo",         "pager", "links",      "cursors", "cursor",
    "data", "result",     "response", "metadata", "responsemetadata", "hits",  "resultinfo", "pages"};
constexpr std::string_view total_pages_names[] = {"totalpages", "pagecount",      "lastpage", "numpages",
                                                  "pagestotal", "totalpagecount", "pages"};
/// `count` is last: many mean the rows of this page by it.
constexpr std::string_view total_records_names[] = {
    "total",     "totalcount",   "totalrecords", "totalresults", "totalitems", "totalelements", "totalrows",
    "totalsize", "recordstotal", "numfound",     "itemstotal",   "odatacount", "countall",      "count"};
constexpr std::string_view page_size_names[] = {"perpage", "pagesize", "size", "limit", "itemsperpage", "pagelimit"};
constexpr std::string_view page_names[] = {"page",      "currentpage", "pagenumber", "pageno",
                                           "pageindex", "number",      "current"};
constexpr std::string_view offset_names[] = {"offset", "skip", "startat", "startindex", "start"};
constexpr std::string_view next_url_names[] = {"next",     "nexturl",       "nextlink", "nextpageurl", "nextpagelink",
                                               "nexthref", "odatanextlink", "nextpage", "nextpageuri", "nexturi"};
constexpr std::string_view more_names[] = {"hasmore",   "hasnext",      "hasnextpage", "more",
                                           "morepages", "hasmoreitems", "next"};
/// What says that this page is the last by being true.
constexpr std::string_view last_names[] = {"last", "islast", "lastpage", "islastpage"};
constexpr std::string_view total_records_headers[] = {
    "xtotalcount", "xtotal", "totalcount", "xtotalrecords", "xwptotal", "xpaginationtotalcount", "paginationcount"};
constexpr std::string_view total_pages_headers[] = {"xtotalpages", "xwptotalpages", "xpagecount",
                                                    "xpaginationpagecount"};

/// Cursor fields and what the request calls them. Only conventions that public APIs share: a wrong parameter would
/// fetch the first page for ever.
struct CursorName {
    std::string_view field;  // plain
    std::string_view snake, camel;
};
constexpr CursorName cursor_names[] = {{"nextcursor", "cursor", "cursor"},
                                       {"cursor", "cursor", "cursor"},
                                       {"nextpagetoken", "page_token", "pageToken"},
                                       {"continuationtoken", "continuation_token", "continuationToken"},
                                       {"nextmarker", "marker", "marker"},
                                       {"cursorsnext", "cursor", "cursor"},
                                       {"cursorsafter", "after", "after"},
                                       {"endcursor", "after", "after"},
                                       {"nextpage", "page", "page"},
                                       {"nexttoken", "", ""},
                                       {"next", "", ""}};

bool contains(Names names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

/// A field with its name prepared for the tables.
struct Fact {
    JsonField field;
    std::string name;   // plain
    std::string owner;  // plain name of the object around it, or ""
};

std::vector<Fact> facts(const PageView& view) {
    std::vector<Fact> all;
    for (JsonField& field : view.page.fields(depth_max)) {
        std::vector<std::string> names;
        for (const JsonPath::Step& step : field.path.steps()) names.push_back(plain_name(step.key));
        // {"next": {"href": "..."}} is the same as {"next": "..."}; Elasticsearch's {"total": {"value": 7}} as well.
        const std::string& last = names.back();
        if (names.size() > 1 && (last == "href" || last == "url" || last == "value")) names.pop_back();
        const bool about_page = std::all_of(names.begin(), names.end() - 1,
                                            [](const std::string& owner) { return contains(containers, owner); });
        if (!about_page) continue;
        all.push_back({std::move(field), names.back(), names.size() > 1 ? names[names.size() - 2] : ""});
    }
    return all;
}

/// The field whose name comes first in `names` and which `fits`. Of a key that is there twice the last counts, as it
/// does for most parsers.
template <typename Fits>
const Fact* find(const std::vector<Fact>& all, Names names, Fits fits) {
    const Fact* found = nullptr;
    for (const std::string_view name : names) {
        for (const Fact& fact : all)
            if (fact.name == name && fits(fact) && (!found || fact.field.path == found->field.path)) found = &fact;
        if (found) break;
    }
    return found;
}

bool is_count(const Fact& fact) { return !fact.field.is_null && fact.field.value.count().has_value(); }

std::optional<std::uint64_t> header_count(const PageView& view, Names names, std::string& from) {
    for (const auto& [key, value] : view.headers) {
        const auto count = JsonScalar{JsonScalar::Kind::string, std::string(trim(value))}.count();
        if (!count || !contains(names, plain_name(key))) continue;
        from = key;
        return count;
    }
    return std::nullopt;
}

/// "items 0-19/250" (RFC 9110, section 14.4): sources that count in rows tell their number this way. Of bytes it says
/// nothing.
std::optional<std::uint64_t> content_range(const PageView& view, std::string& from) {
    for (const auto& [key, value] : view.headers) {
        if (plain_name(key) != "contentrange" || to_lower(std::string_view(value)).starts_with("bytes")) continue;
        const std::size_t slash = value.find('/');
        if (slash == std::string::npos) continue;
        const auto count = JsonScalar{JsonScalar::Kind::string, value.substr(slash + 1)}.count();
        if (count) from = key;
        return count;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> body_count(const Fact* fact, std::string& from) {
    if (!fact) return std::nullopt;
    from = fact->field.path.str();
    return fact->field.value.count();
}

std::optional<Place> place(const Fact* fact) {
    if (!fact) return std::nullopt;
    return Place{fact->field.path.steps().back().key, *fact->field.value.count()};
}

/// ".json" of "/data/page-1.json?x=1"; empty when the last part has none.
std::string_view extension(std::string_view target) {
    target = target.substr(0, target.find('?'));
    const std::string_view last = target.substr(target.rfind('/') + 1);
    const auto dot = last.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : last.substr(dot);
}

/// "items?page=2": no token of the usual alphabets has a question mark amid, and a parameter behind it.
bool is_relative_query(std::string_view text) {
    constexpr std::string_view path_letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%";  // RFC 3986, of the usual
    const std::size_t mark = text.find('?');
    if (mark == 0 || mark == std::string_view::npos || text.find_first_of(" \t\r\n") != std::string_view::npos)
        return false;
    const std::size_t equals = text.find('=', mark);
    return text.find_first_not_of(path_letters) == mark && equals != std::string_view::npos && equals > mark + 1;
}

/// "page-2.json" is a relative URL where the page itself is "page-1.json"; elsewhere it may be any token.
bool looks_like_url(std::string_view text, const Url& current) {
    if (!extension(text).empty() && extension(text) == extension(current.target_view())) return true;
    return text.starts_with("http://") || text.starts_with("https://") || text.starts_with('/') ||
           text.starts_with('?') || is_relative_query(text);
}

/// A parameter of the request that is named as the cursor is, with or without "next".
std::string own_cursor_param(const PageView& view, std::string_view field) {
    const std::string_view stem = field.starts_with("next") ? field.substr(4) : field;
    for (const auto& [key, value] : view.url.query_params()) {
        const std::string plain = plain_name(key);
        if (plain == field || (!stem.empty() && plain == stem)) return key;
    }
    return "";
}

}  // namespace

bool is_page_param(std::string_view key) { return contains(page_params, plain_name(key)); }
bool is_offset_param(std::string_view key) { return contains(offset_params, plain_name(key)); }
bool is_limit_param(std::string_view key) { return contains(limit_params, plain_name(key)); }

namespace {

Totals totals_of(const PageView& view, const std::vector<Fact>& all) {
    Totals totals;
    totals.pages = header_count(view, total_pages_headers, totals.pages_from);
    totals.records = header_count(view, total_records_headers, totals.records_from);
    // `pages` alone may count anything (a book's); beside a page number it counts these.
    const bool has_place = find(all, page_names, is_count) != nullptr;
    const auto is_pages = [&](const Fact& fact) { return is_count(fact) && (fact.name != "pages" || has_place); };
    if (!totals.pages) totals.pages = body_count(find(all, total_pages_names, is_pages), totals.pages_from);
    // A `count` of just these rows says nothing: it may be the page's own.
    const auto is_total = [&](const Fact& fact) {
        return is_count(fact) && (fact.name != "count" || *fact.field.value.count() > view.records.count);
    };
    if (!totals.records) totals.records = body_count(find(all, total_records_names, is_total), totals.records_from);
    if (!totals.records) totals.records = content_range(view, totals.records_from);
    if (const Fact* size = find(all, page_size_names, is_count)) totals.page_size = size->field.value.count();
    return totals;
}

std::optional<NextUrl> next_url_of(const PageView& view, const std::vector<Fact>& all) {
    const auto is_next = [&view](const Fact& fact) {
        const bool is_cursor = fact.owner == "cursors" || fact.owner == "cursor";
        const bool is_url =
            fact.field.value.kind == JsonScalar::Kind::string && looks_like_url(fact.field.value.text, view.url);
        return !is_cursor && (fact.field.is_null || is_url);
    };
    const Fact* fact = find(all, next_url_names, is_next);
    if (!fact) return std::nullopt;
    return NextUrl{fact->field.path, fact->field.value.text};
}

}  // namespace

Totals find_totals(const PageView& view) { return totals_of(view, facts(view)); }
std::optional<Place> find_page_number(const PageView& view) { return place(find(facts(view), page_names, is_count)); }
std::optional<Place> find_offset(const PageView& view) { return place(find(facts(view), offset_names, is_count)); }
std::optional<NextUrl> find_next_url(const PageView& view) { return next_url_of(view, facts(view)); }

PageFacts find_facts(const PageView& view) {
    const std::vector<Fact> all = facts(view);
    return {totals_of(view, all), place(find(all, page_names, is_count)), place(find(all, offset_names, is_count)),
            next_url_of(view, all)};
}

std::optional<NextCursor> find_cursor(const PageView& view) {
    for (const CursorName& known : cursor_names)
        for (const Fact& fact : facts(view)) {
            const std::string name = fact.owner == "cursors" ? fact.owner + fact.name : fact.name;
            const JsonScalar& value = fact.field.value;
            const bool usable = !fact.field.is_null && value.kind != JsonScalar::Kind::boolean && !value.text.empty();
            if (name != known.field || !usable) continue;
            const std::string& written = fact.field.path.steps().back().key;
            const bool is_snake = written.find('_') != std::string::npos;
            std::string param = own_cursor_param(view, fact.name);
            if (param.empty()) param = is_snake ? known.snake : known.camel;
            return NextCursor{fact.field.path, param};
        }
    return std::nullopt;
}

bool says_no_more(const PageView& view) {
    const auto says = [](const Fact& fact) {
        const std::string text = to_lower(std::string_view(fact.field.value.text));
        if (contains(last_names, fact.name)) return text == "true";
        const bool is_cursor =
            fact.owner == "cursors" ||
            std::any_of(std::begin(cursor_names), std::end(cursor_names), [&](const CursorName& known) {
                return known.field == fact.name && known.field != "cursor";  // its own
            });
        const bool is_nothing = fact.field.is_null || text.empty() || text == "false" || text == "0" || text == "no";
        return is_nothing && (is_cursor || contains(more_names, fact.name));
    };
    const std::vector<Fact> all = facts(view);
    return std::any_of(all.begin(), all.end(), says);
}

std::optional<JsonPath> says_more(const PageView& view) {
    const std::vector<Fact> all = facts(view);
    const Fact* fact = find(all, more_names, [](const Fact& found) { return found.field.value.text == "true"; });
    return fact ? std::optional(fact->field.path) : std::nullopt;
}

}  // namespace trawl::fetch
