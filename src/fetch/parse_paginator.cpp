/// The text of --paginator: each kind is a table of its options.
#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include "ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"
#include "trawl/fetch/pagination.hpp"

namespace trawl {
namespace {

using Set = void (*)(Pagination&, std::string_view value);

struct Option {
    std::string_view name;
    Set set;
};

struct Kind {
    PaginationKind kind;
    std::string_view name;
    void (*defaults)(Pagination&);
    std::vector<Option> options;
};

std::uint64_t number(std::string_view value) {
    std::uint64_t parsed = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (value.empty() || read.ec != std::errc{} || read.ptr != value.data() + value.size())
        throw UsageError(format("'{}' is not a whole number from 0", value));
    return parsed;
}

std::uint64_t positive(std::string_view value) {
    if (number(value) == 0) throw UsageError("it must be at least 1");
    return number(value);
}

std::string word(std::string_view value) {
    if (value.empty()) throw UsageError("it must not be empty");
    return std::string(value);
}

bool truth(std::string_view value) {
    if (value != "true" && value != "false") throw UsageError(format("'{}' is neither true nor false", value));
    return value == "true";
}

/// A place in a request's body: names only, because it is made where it is missing.
JsonPath body_path(std::string_view value) {
    JsonPath path = JsonPath::parse(word(value));
    for (const JsonPath::Step& step : path.steps())
        if (step.kind != JsonPath::StepKind::key)
            throw UsageError(format("'{}' leads into a list; in a request's body only names lead on", value));
    if (path.steps().empty()) throw UsageError("it must name a field");
    return path;
}

int status(std::string_view value) {
    const bool is_one = value.size() == 3 && (value[0] == '4' || value[0] == '5');
    if (!is_one || value.find_first_not_of("0123456789") != std::string_view::npos)
        throw UsageError(format("'{}' is no status from 400 to 599, such as 404", value));
    return static_cast<int>(number(value));
}

/// RFC 9110 section 5.1: a field name is a token.
std::string header_name(std::string_view value) {
    constexpr std::string_view token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    if (value.empty() || value.find_first_not_of(token) != std::string_view::npos)
        throw UsageError(format("'{}' is no name of a header", value));
    return fetch::to_lower(value);
}

void set_param(Pagination& p, std::string_view v) { p.param = word(v); }
void set_body(Pagination& p, std::string_view v) { p.body_path = body_path(v); }
void set_first(Pagination& p, std::string_view v) { p.first = number(v); }
void set_limit(Pagination& p, std::string_view v) { p.limit = positive(v); }
void set_limit_param(Pagination& p, std::string_view v) { p.limit_param = word(v); }
void set_limit_body(Pagination& p, std::string_view v) { p.limit_body_path = body_path(v); }
void set_total(Pagination& p, std::string_view v) {
    p.believes_totals = v != "none";
    p.total_path.reset();
    p.total_is_named = p.believes_totals;
    if (p.believes_totals) p.total_path = JsonPath::parse(word(v));
}
void set_has_more(Pagination& p, std::string_view v) { p.has_more_path = JsonPath::parse(word(v)); }
void set_next(Pagination& p, std::string_view v) { p.next_path = JsonPath::parse(word(v)); }
void set_cursor_header(Pagination& p, std::string_view v) { p.cursor_header = header_name(v); }
void set_cursor_record(Pagination& p, std::string_view v) { p.cursor_record_path = JsonPath::parse(word(v)); }
void set_link(Pagination& p, std::string_view v) { p.link_path = JsonPath::parse(word(v)); }
void set_link_relation(Pagination& p, std::string_view v) {
    p.link_relation = fetch::to_lower(std::string_view(word(v)));
}
void set_relation(Pagination& p, std::string_view v) { p.relation = fetch::to_lower(std::string_view(word(v))); }
void set_maximum(Pagination& p, std::string_view v) { p.maximum = positive(v); }
void set_empty(Pagination& p, std::string_view v) { p.stop_after_empty_page = truth(v); }
void set_short(Pagination& p, std::string_view v) { p.stop_after_short_page = truth(v); }
void set_end_status(Pagination& p, std::string_view v) { p.end_status = status(v); }
void set_overlap(Pagination& p, std::string_view v) { p.overlap = number(v); }
void set_connection(Pagination& p, std::string_view v) { p.connection = body_path(v); }
void set_pages_max(Pagination& p, std::string_view v) { p.pages_max = positive(v); }

void page_number_defaults(Pagination& p) { p.param = "page"; }
void offset_defaults(Pagination& p) {
    p.param = "offset";
    p.limit_param = "limit";
    p.total_path = JsonPath().child("total");
}
void cursor_defaults(Pagination& p) {
    p.param = "cursor";
    p.next_path = JsonPath().child("cursors").child("next");
    p.stop_after_empty_page = false;
}
void json_link_defaults(Pagination& p) {
    p.next_path = JsonPath().child("next");
    p.stop_after_empty_page = false;
}
void header_link_defaults(Pagination& p) { p.stop_after_empty_page = false; }
void odata_defaults(Pagination& p) { p.preset = PaginationPreset::odata; }
void relay_defaults(Pagination& p) {
    p.preset = PaginationPreset::relay;
    p.stop_after_empty_page = false;
}
void no_defaults(Pagination&) {}

std::vector<Option> page_number_options() {
    return {{"page_param", set_param},
            {"page_body_path", set_body},
            {"base_page", set_first},
            {"page_size", set_limit},
            {"page_size_param", set_limit_param},
            {"page_size_body_path", set_limit_body},
            {"total_path", set_total},
            {"maximum_page", set_maximum},
            {"stop_after_empty_page", set_empty},
            {"stop_after_short_page", set_short},
            {"has_more_path", set_has_more},
            {"next_url_path", set_link},
            {"links_next_key", set_link_relation},
            {"end_status", set_end_status},
            {"max_pages", set_pages_max}};
}

std::vector<Option> offset_options() {
    return {{"limit", set_limit},
            {"offset", set_first},
            {"offset_param", set_param},
            {"offset_body_path", set_body},
            {"limit_param", set_limit_param},
            {"limit_body_path", set_limit_body},
            {"total_path", set_total},
            {"maximum_offset", set_maximum},
            {"stop_after_empty_page", set_empty},
            {"stop_after_short_page", set_short},
            {"has_more_path", set_has_more},
            {"next_url_path", set_link},
            {"links_next_key", set_link_relation},
            {"end_status", set_end_status},
            {"overlap", set_overlap},
            {"max_pages", set_pages_max}};
}

std::vector<Option> cursor_options() {
    return {
        {"cursor_path", set_next},       {"cursor_key", set_cursor_header}, {"cursor_record_path", set_cursor_record},
        {"cursor_param", set_param},     {"cursor_body_path", set_body},    {"stop_after_empty_page", set_empty},
        {"has_more_path", set_has_more}, {"total_path", set_total},         {"max_pages", set_pages_max}};
}

const std::array<Kind, 8>& kinds() {
    static const std::array<Kind, 8> table = {
        Kind{PaginationKind::page_number, "page_number", page_number_defaults, page_number_options()},
        Kind{PaginationKind::offset, "offset", offset_defaults, offset_options()},
        Kind{PaginationKind::cursor, "cursor", cursor_defaults, cursor_options()},
        Kind{PaginationKind::json_link,
             "json_link",
             json_link_defaults,
             {{"next_url_path", set_next}, {"total_path", set_total}, {"max_pages", set_pages_max}}},
        Kind{PaginationKind::header_link,
             "header_link",
             header_link_defaults,
             {{"links_next_key", set_relation}, {"total_path", set_total}, {"max_pages", set_pages_max}}},
        Kind{PaginationKind::single_page, "single_page", no_defaults, {}},
        Kind{PaginationKind::json_link, "odata", odata_defaults, {{"max_pages", set_pages_max}}},
        Kind{PaginationKind::cursor,
             "relay",
             relay_defaults,
             {{"connection_path", set_connection}, {"cursor_body_path", set_body}, {"max_pages", set_pages_max}}}};
    return table;
}

/// Options of which one says what another one would.
constexpr std::array<std::array<std::string_view, 2>, 8> rivals = {{{"page_param", "page_body_path"},
                                                                    {"page_size_param", "page_size_body_path"},
                                                                    {"offset_param", "offset_body_path"},
                                                                    {"limit_param", "limit_body_path"},
                                                                    {"cursor_param", "cursor_body_path"},
                                                                    {"cursor_path", "cursor_key"},
                                                                    {"cursor_path", "cursor_record_path"},
                                                                    {"cursor_key", "cursor_record_path"}}};

void check_rivals(std::string_view kind, const std::vector<std::string_view>& given) {
    const auto has = [&given](std::string_view key) {
        return std::find(given.begin(), given.end(), key) != given.end();
    };
    for (const auto& pair : rivals)
        if (has(pair[0]) && has(pair[1]))
            throw UsageError(format("paginator {}: {} and {} exclude each other", kind, pair[0], pair[1]));
}

void check_whole(std::string_view kind, const Pagination& p) {
    const auto fail = [kind](std::string_view problem) { throw UsageError(format("paginator {}: {}", kind, problem)); };
    if (p.kind != PaginationKind::page_number && p.kind != PaginationKind::offset) return;
    const bool is_page = p.kind == PaginationKind::page_number;
    if (is_page && p.limit && p.limit_param.empty() && !p.limit_body_path)
        fail("page_size is sent with no parameter; name it with page_size_param");
    if (p.maximum && p.first && *p.maximum <= *p.first)
        fail(is_page ? "maximum_page is not asked for, so it must be greater than base_page"
                     : "maximum_offset is not asked for, so it must be greater than offset");
    if (p.overlap > 0 && p.limit && p.overlap >= *p.limit) fail("overlap must be smaller than limit");
    const bool ends = p.stop_after_empty_page || p.stop_after_short_page || p.total_path || p.maximum ||
                      p.has_more_path || p.link_path || !p.link_relation.empty() || p.end_status;
    if (!ends)
        fail(
            format("nothing would end it: stop_after_empty_page is false, and there is no total_path, {}, "
                   "has_more_path or end_status",
                   is_page ? "maximum_page" : "maximum_offset"));
}

/// The entry of that name. Throws UsageError with the nearest name, if one is near, and all of them.
template <typename Table>
const auto& lookup(const Table& table, std::string_view name, std::string_view what) {
    constexpr std::size_t longest = 64;  // of a name that is worth a comparison; ours are shorter
    std::string_view nearest;
    std::size_t nearest_distance = 4;  // beyond three letters it is another word
    std::string all;
    for (const auto& entry : table) {
        if (entry.name == name) return entry;
        const std::size_t apart = name.size() > longest ? longest : edit_distance(name, entry.name);
        if (apart < nearest_distance) {
            nearest = entry.name;
            nearest_distance = apart;
        }
        all += (all.empty() ? "" : ", ") + std::string(entry.name);
    }
    const std::string hint = nearest.empty() ? "" : format(" (did you mean {}?)", nearest);
    throw UsageError(format("there is no {} '{}'{}; there {}: {}", what, name, hint, all.empty() ? "are none" : "are",
                            all.empty() ? "-" : all));
}

std::string_view cut(std::string_view& text, char delimiter) {
    const std::size_t at = text.find(delimiter);
    const std::string_view piece = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
    return fetch::trim(piece);
}

/// Returns the option's name.
std::string_view set_option(Pagination& pagination, const Kind& kind, std::string_view piece) {
    if (piece.find('=') == std::string_view::npos)
        throw UsageError(format("'{}' in the paginator {} has no '='; write options as {}:key=value,key=value", piece,
                                kind.name, kind.name));
    const std::string_view key = cut(piece, '=');
    const Option& option = lookup(kind.options, key, format("option of the paginator {}", kind.name));
    try {
        option.set(pagination, fetch::trim(piece));
    } catch (const UsageError& error) {
        throw UsageError(format("paginator {}, option {}: {}", kind.name, key, error.what()));
    }
    return option.name;
}

}  // namespace

std::string_view name(PaginationKind kind) {
    const auto& table = kinds();
    return std::find_if(table.begin(), table.end(), [&](const Kind& entry) { return entry.kind == kind; })->name;
}

Pagination parse_paginator(std::string_view text) {
    const Kind& kind = lookup(kinds(), cut(text, ':'), "paginator");
    Pagination pagination;
    pagination.kind = kind.kind;
    kind.defaults(pagination);
    std::vector<std::string_view> given;
    while (!text.empty()) given.push_back(set_option(pagination, kind, cut(text, ',')));
    check_rivals(kind.name, given);
    check_whole(kind.name, pagination);
    pagination.explanation = format("pagination: {}, as asked for", kind.name);
    return pagination;
}

}  // namespace trawl
