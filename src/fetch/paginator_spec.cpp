#include "paginator_spec.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"

namespace trawl::fetch {
namespace {

constexpr std::array<std::string_view, 6> kKinds{"page_number", "offset",      "cursor",
                                                 "json_link",   "header_link", "single_page"};
constexpr std::array<PaginationKind, 6> kKindValues{PaginationKind::page_number, PaginationKind::offset,
                                                    PaginationKind::cursor,      PaginationKind::json_link,
                                                    PaginationKind::header_link, PaginationKind::single_page};

std::uint64_t parse_number(std::string_view name, std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw UsageError(format("--paginator: {}={} is no number (0, 1, 2, ...)", name, text));
    }
    return number;
}

struct Parameter {
    std::string_view name;
    PaginationKind kind;
    void (*set)(PaginatorSpec&, std::string_view name, std::string_view value);
};

constexpr std::array<Parameter, 14> kParameters{{
    {"page_param", PaginationKind::page_number, [](auto& s, auto, auto v) { s.page_param = v; }},
    {"base_page", PaginationKind::page_number, [](auto& s, auto n, auto v) { s.base_page = parse_number(n, v); }},
    {"maximum_page", PaginationKind::page_number, [](auto& s, auto n, auto v) { s.maximum_page = parse_number(n, v); }},
    {"total_path", PaginationKind::page_number, [](auto& s, auto, auto v) { s.total_path = parse_json_path(v); }},
    {"offset_param", PaginationKind::offset, [](auto& s, auto, auto v) { s.offset_param = v; }},
    {"limit_param", PaginationKind::offset, [](auto& s, auto, auto v) { s.limit_param = v; }},
    {"offset", PaginationKind::offset, [](auto& s, auto n, auto v) { s.offset = parse_number(n, v); }},
    {"limit", PaginationKind::offset, [](auto& s, auto n, auto v) { s.limit = parse_number(n, v); }},
    {"maximum_offset", PaginationKind::offset, [](auto& s, auto n, auto v) { s.maximum_offset = parse_number(n, v); }},
    {"total_path", PaginationKind::offset, [](auto& s, auto, auto v) { s.total_path = parse_json_path(v); }},
    {"cursor_path", PaginationKind::cursor, [](auto& s, auto, auto v) { s.cursor_path = parse_json_path(v); }},
    {"cursor_param", PaginationKind::cursor, [](auto& s, auto, auto v) { s.cursor_param = v; }},
    {"next_url_path", PaginationKind::json_link, [](auto& s, auto, auto v) { s.next_url_path = parse_json_path(v); }},
    {"links_next_key", PaginationKind::header_link, [](auto& s, auto, auto v) { s.links_next_key = v; }},
}};

PaginationKind parse_kind(std::string_view text) {
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        if (kKinds[i] == text) return kKindValues[i];
    }
    throw UsageError(format(
        "--paginator: there is no '{}'{}; use page_number, offset, cursor, json_link, header_link or single_page", text,
        did_you_mean(text, kKinds)));
}

void set_parameter(PaginatorSpec& spec, std::string_view kind, std::string_view assignment) {
    const auto equals = assignment.find('=');
    const std::string_view name = assignment.substr(0, equals);
    std::vector<std::string_view> known;
    for (const Parameter& parameter : kParameters) {
        if (parameter.kind != spec.kind) continue;
        known.push_back(parameter.name);
        if (parameter.name != name) continue;
        if (equals == std::string_view::npos || equals + 1 == assignment.size()) {
            throw UsageError(format("--paginator: {} has no value: write {}=...", name, name));
        }
        parameter.set(spec, name, assignment.substr(equals + 1));
        return;
    }
    std::string list;
    for (const std::string_view each : known) list += format("{}{}", list.empty() ? "" : ", ", each);
    throw UsageError(format("--paginator: {} has no parameter '{}'{}; use {}", kind, name, did_you_mean(name, known),
                            list.empty() ? "none" : list));
}

std::uint64_t number_of(const Url& url, const std::string& param, std::optional<std::uint64_t> said,
                        std::uint64_t otherwise) {
    if (said) return *said;
    const auto value = url.query(param);
    return value ? parse_number(param, *value) : otherwise;
}

std::uint64_t total_at(const JsonPath& path, const PageFacts& first) {
    if (const auto total = as_count(first.page.find(path))) return *total;
    throw PaginationError(format("{}: there is no total at {}; check --paginator total_path", first.url.redacted(),
                                 json_path_text(path)));
}

// A path that was given may be missing on a last page; one that was only assumed has to be there once.
JsonPath path_or(const std::optional<JsonPath>& given, JsonPath assumed, const PageFacts& first,
                 std::string_view parameter) {
    if (given) return *given;
    if (first.page.find(assumed) != nullptr) return assumed;
    throw PaginationError(format("{}: there is nothing at {} in the first page; give the place with --paginator {}=...",
                                 first.url.redacted(), json_path_text(assumed), parameter));
}

Pagination settle_page_number(const PaginatorSpec& spec, const PageFacts& first) {
    Pagination result;
    result.param = spec.page_param;
    const auto echoed = as_count(first.page.find({spec.page_param}));
    result.first = number_of(first.url, spec.page_param, spec.base_page, echoed.value_or(1));
    result.pattern = first.url;
    if (spec.total_path) result.pages = total_at(*spec.total_path, first);
    if (spec.maximum_page) {
        const std::uint64_t most = *spec.maximum_page - std::min(*spec.maximum_page, result.first);
        result.pages = std::min(result.pages.value_or(most), most);
    }
    return result;
}

Pagination settle_offset(const PaginatorSpec& spec, const PageFacts& first) {
    Pagination result;
    result.param = spec.offset_param;
    result.first = number_of(first.url, spec.offset_param, spec.offset, 0);
    result.step = spec.limit ? *spec.limit : first.count;
    result.pattern = first.url;
    std::optional<std::uint64_t> end;
    if (spec.total_path) end = result.records = total_at(*spec.total_path, first);
    if (spec.maximum_offset) end = std::min(end.value_or(*spec.maximum_offset), *spec.maximum_offset);
    if (end) result.pages = pages_for(*end - std::min(*end, result.first), result.step);
    return result;
}

}  // namespace

PaginatorSpec parse_paginator(std::string_view text) {
    const auto colon = text.find(':');
    const std::string_view kind = text.substr(0, colon);
    PaginatorSpec spec;
    spec.kind = parse_kind(kind);
    std::string_view rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    while (!rest.empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        set_parameter(spec, kind, rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    if (spec.limit == 0) throw UsageError("--paginator: limit=0 would never come to an end");
    return spec;
}

Url first_url(const PaginatorSpec& spec, const Url& url) {
    Url result = url;
    if (spec.kind == PaginationKind::page_number && spec.base_page) {
        result = result.with_query(spec.page_param, std::to_string(*spec.base_page));
    }
    if (spec.kind == PaginationKind::offset && spec.offset) {
        result = result.with_query(spec.offset_param, std::to_string(*spec.offset));
    }
    if (spec.kind == PaginationKind::offset && spec.limit) {
        result = result.with_query(spec.limit_param, std::to_string(*spec.limit));
    }
    return result;
}

Pagination settle(const PaginatorSpec& spec, const PageFacts& first) {
    Pagination result;
    if (spec.kind == PaginationKind::page_number) result = settle_page_number(spec, first);
    if (spec.kind == PaginationKind::offset) result = settle_offset(spec, first);
    result.kind = spec.kind;
    if (spec.kind == PaginationKind::cursor) {
        result.param = spec.cursor_param;
        result.path = path_or(spec.cursor_path, {"cursors", "next"}, first, "cursor_path");
    }
    if (spec.kind == PaginationKind::json_link) {
        result.path = path_or(spec.next_url_path, {"next"}, first, "next_url_path");
    }
    if (spec.kind == PaginationKind::header_link) result.relation = spec.links_next_key;
    const auto at = std::find(kKindValues.begin(), kKindValues.end(), spec.kind) - kKindValues.begin();
    result.explanation = format("pagination: {}, as given", kKinds[static_cast<std::size_t>(at)]);
    return result;
}

}  // namespace trawl::fetch
