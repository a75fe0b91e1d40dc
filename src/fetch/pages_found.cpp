/// A pagination in the words of --paginator: parse_paginator.cpp, the other way round.
#include "trawl/fetch/pages_found.hpp"

#include "facts_found.hpp"
#include "page_facts.hpp"

namespace trawl {
namespace fetch {

PagesFound what_was_found(const Paginator& paginator, const PageView& first) {
    PagesFound found;
    found.pagination = paginator.pagination();
    found.records = first.records.path;
    found.page_size = found.pagination.page_size.value_or(first.records.count);
    found.pages = paginator.end();
    const Totals totals = find_totals(first);
    found.rows = found.pagination.records ? found.pagination.records : totals.records;
    if (totals.records && totals.records_from.starts_with('$')) found.total_path = totals.records_from;
    found.says_pages = totals.pages.has_value();
    found.any_order = paginator.any_order();
    return found;
}

}  // namespace fetch

namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

/// The option of a parameter, or the one of the place in the request's body that stands for it.
void add_place(Options& options, const std::string& name, const std::string& stem, const std::string& param,
               const std::optional<JsonPath>& body_path) {
    if (body_path) {
        options.emplace_back(stem + "_body_path", body_path->str());
    } else if (!param.empty()) {
        options.emplace_back(name, param);
    }
}

void add_path(Options& options, const char* name, const std::optional<JsonPath>& path) {
    if (path) options.emplace_back(name, path->str());
}

void add_number(Options& options, const char* name, const std::optional<std::uint64_t>& number) {
    if (number) options.emplace_back(name, std::to_string(*number));
}

/// How a page or an offset is asked for, from `first` on.
SpelledPaginator counted(const Pagination& pagination, std::uint64_t first) {
    const bool is_offset = pagination.kind == PaginationKind::offset;
    SpelledPaginator spelled{is_offset ? "offset" : "page_number", {}};
    Options& options = spelled.options;
    add_place(options, is_offset ? "offset_param" : "page_param", is_offset ? "offset" : "page", pagination.param,
              pagination.body_path);
    add_number(options, is_offset ? "offset" : "base_page", first);
    add_place(options, is_offset ? "limit_param" : "page_size_param", is_offset ? "limit" : "page_size",
              pagination.limit_param, pagination.limit_body_path);
    add_number(options, is_offset ? "limit" : "page_size", pagination.limit);
    return spelled;
}

/// Nothing where no option says what ends it.
std::optional<SpelledPaginator> with_end(SpelledPaginator spelled, const PagesFound& found) {
    const Pagination& pagination = found.pagination;
    const bool is_offset = pagination.kind == PaginationKind::offset;
    Options& options = spelled.options;
    add_path(options, "has_more_path", pagination.has_more_path);
    add_path(options, "next_url_path", pagination.link_path);
    if (!pagination.link_relation.empty()) options.emplace_back("links_next_key", pagination.link_relation);
    if (is_offset && !found.total_path.empty()) options.emplace_back("total_path", found.total_path);
    const bool has_mark = pagination.has_more_path || pagination.link_path || !pagination.link_relation.empty();
    const bool has_total = is_offset ? !found.total_path.empty() : found.says_pages;
    return has_mark || has_total ? std::optional(std::move(spelled)) : std::nullopt;
}

SpelledPaginator by_cursor(const Pagination& pagination) {
    SpelledPaginator spelled{"cursor", {}};
    Options& options = spelled.options;
    if (!pagination.cursor_header.empty()) {
        options.emplace_back("cursor_key", pagination.cursor_header);
    } else if (pagination.cursor_record_path) {
        options.emplace_back("cursor_record_path", pagination.cursor_record_path->str());
    } else {
        options.emplace_back("cursor_path", pagination.next_path.str());
    }
    add_place(options, "cursor_param", "cursor", pagination.param, pagination.body_path);
    add_path(options, "has_more_path", pagination.has_more_path);
    return spelled;
}

SpelledPaginator by_relay(const Pagination& pagination) {
    SpelledPaginator spelled{"relay", {}};
    if (!pagination.connection.steps().empty())
        spelled.options.emplace_back("connection_path", pagination.connection.str());
    add_path(spelled.options, "cursor_body_path", pagination.body_path);
    return spelled;
}

}  // namespace

std::string SpelledPaginator::str() const {
    std::string text = type;
    for (std::size_t i = 0; i < options.size(); ++i)
        text += (i == 0 ? ":" : ",") + options[i].first + "=" + options[i].second;
    return text;
}

std::optional<SpelledPaginator> spell(const PagesFound& found) {
    const Pagination& pagination = found.pagination;
    if (!pagination.warnings.empty() || pagination.one_by_one) return std::nullopt;
    if (pagination.preset == PaginationPreset::odata) return SpelledPaginator{"odata", {}};
    if (pagination.preset == PaginationPreset::relay) return by_relay(pagination);
    switch (pagination.kind) {
        case PaginationKind::page_number:
        case PaginationKind::offset:
            return with_end(counted(pagination, pagination.first.value_or(0)), found);
        case PaginationKind::cursor:
            return by_cursor(pagination);
        case PaginationKind::json_link:
            return SpelledPaginator{"json_link", {{"next_url_path", pagination.next_path.str()}}};
        case PaginationKind::header_link:
            return SpelledPaginator{"header_link", {{"links_next_key", pagination.relation}}};
        case PaginationKind::single_page:
            break;
    }
    return std::nullopt;
}

SpelledPaginator spell_range(const PagesFound& found, std::uint64_t begin, std::uint64_t end) {
    const Pagination& pagination = found.pagination;
    const bool is_offset = pagination.kind == PaginationKind::offset;
    const std::uint64_t step = is_offset ? found.page_size : 1;
    const std::uint64_t first = pagination.first.value_or(0);
    SpelledPaginator spelled = counted(pagination, first + begin * step);
    add_number(spelled.options, is_offset ? "maximum_offset" : "maximum_page", first + end * step);
    return spelled;
}

}  // namespace trawl
