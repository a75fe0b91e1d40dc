/// The text of --paginator: each kind is a table of its options.
#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include "ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
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

void set_param(Pagination& p, std::string_view v) { p.param = word(v); }
void set_first(Pagination& p, std::string_view v) { p.first = number(v); }
void set_limit(Pagination& p, std::string_view v) { p.limit = positive(v); }
void set_limit_param(Pagination& p, std::string_view v) { p.limit_param = word(v); }
void set_total(Pagination& p, std::string_view v) { p.total_path = JsonPath::parse(word(v)); }
void set_has_more(Pagination& p, std::string_view v) { p.has_more_path = JsonPath::parse(word(v)); }
void set_next(Pagination& p, std::string_view v) { p.next_path = JsonPath::parse(word(v)); }
void set_relation(Pagination& p, std::string_view v) { p.relation = fetch::to_lower(word(v)); }
void set_maximum(Pagination& p, std::string_view v) { p.maximum = positive(v); }
void set_empty(Pagination& p, std::string_view v) { p.stop_after_empty_page = truth(v); }
void set_short(Pagination& p, std::string_view v) { p.stop_after_short_page = truth(v); }
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
void no_defaults(Pagination&) {}

const std::array<Kind, 6>& kinds() {
    static const std::array<Kind, 6> table = {Kind{PaginationKind::page_number,
                                                   "page_number",
                                                   page_number_defaults,
                                                   {{"page_param", set_param},
                                                    {"base_page", set_first},
                                                    {"total_path", set_total},
                                                    {"maximum_page", set_maximum},
                                                    {"stop_after_empty_page", set_empty},
                                                    {"stop_after_short_page", set_short},
                                                    {"has_more_path", set_has_more},
                                                    {"max_pages", set_pages_max}}},
                                              Kind{PaginationKind::offset,
                                                   "offset",
                                                   offset_defaults,
                                                   {{"limit", set_limit},
                                                    {"offset", set_first},
                                                    {"offset_param", set_param},
                                                    {"limit_param", set_limit_param},
                                                    {"total_path", set_total},
                                                    {"maximum_offset", set_maximum},
                                                    {"stop_after_empty_page", set_empty},
                                                    {"stop_after_short_page", set_short},
                                                    {"has_more_path", set_has_more},
                                                    {"max_pages", set_pages_max}}},
                                              Kind{PaginationKind::cursor,
                                                   "cursor",
                                                   cursor_defaults,
                                                   {{"cursor_path", set_next},
                                                    {"cursor_param", set_param},
                                                    {"stop_after_empty_page", set_empty},
                                                    {"has_more_path", set_has_more},
                                                    {"max_pages", set_pages_max}}},
                                              Kind{PaginationKind::json_link,
                                                   "json_link",
                                                   json_link_defaults,
                                                   {{"next_url_path", set_next}, {"max_pages", set_pages_max}}},
                                              Kind{PaginationKind::header_link,
                                                   "header_link",
                                                   header_link_defaults,
                                                   {{"links_next_key", set_relation}, {"max_pages", set_pages_max}}},
                                              Kind{PaginationKind::single_page, "single_page", no_defaults, {}}};
    return table;
}

/// Levenshtein's distance: how many letters to add, drop or change.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j < row.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
        }
    }
    return row.back();
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
        const std::size_t apart = name.size() > longest ? longest : distance(name, entry.name);
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

void set_option(Pagination& pagination, const Kind& kind, std::string_view piece) {
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
    while (!text.empty()) set_option(pagination, kind, cut(text, ','));
    pagination.explanation = format("pagination: {}, as asked for", kind.name);
    return pagination;
}

}  // namespace trawl
