#include "walk.hpp"

#include <functional>

#include "link_header.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {

Url page_url(const Pagination& pagination, std::uint64_t index) {
    const std::uint64_t number = pagination.first + index * pagination.step;
    return pagination.pattern->with_query(pagination.param, std::to_string(number));
}

std::optional<Url> Walk::after(const PageFacts& page) {
    ++index_;
    records_ += page.count;
    switch (pagination_.kind) {
        case PaginationKind::page_number:
        case PaginationKind::offset:
            return by_number(page);
        case PaginationKind::cursor:
            return by_cursor(page);
        case PaginationKind::json_link:
        case PaginationKind::header_link:
            return by_link(page);
        default:
            return std::nullopt;
    }
}

// Without a total, an empty page ends it. An offset advances by the records that came.
std::optional<Url> Walk::by_number(const PageFacts& page) {
    if (page.count == 0) return std::nullopt;
    if (pagination_.pages && index_ >= *pagination_.pages) return std::nullopt;
    if (pagination_.kind == PaginationKind::page_number) return page_url(pagination_, index_);
    return pagination_.pattern->with_query(pagination_.param, std::to_string(pagination_.first + records_));
}

std::optional<Url> Walk::by_cursor(const PageFacts& page) {
    const JsonValue* cursor = page.page.find(pagination_.path);
    const bool is_text =
        cursor != nullptr && (cursor->is(JsonValue::Kind::string) || cursor->is(JsonValue::Kind::number));
    if (!is_text || cursor->text.empty()) return std::nullopt;
    if (!seen_.insert(cursor->text).second) {
        throw PaginationError(
            format("{}: the cursor after page {} was there before: the source goes in circles; check --paginator",
                   page.url.redacted(), index_));
    }
    return page.url.with_query(pagination_.param, cursor->text);
}

std::optional<Url> Walk::by_link(const PageFacts& page) {
    std::optional<std::string> reference;
    if (pagination_.kind == PaginationKind::json_link) {
        const JsonValue* value = page.page.find(pagination_.path);
        if (value != nullptr && value->is(JsonValue::Kind::string)) reference = value->text;
    } else {
        for (const auto field : page.headers.get_all("link")) {
            if (!reference) reference = link_target(field, pagination_.relation);
        }
    }
    if (!reference || reference->empty()) return std::nullopt;
    seen_.insert(page.url.str());
    Url next = page.url.resolve(*reference);
    if (!seen_.insert(next.str()).second) {
        throw PaginationError(
            format("{}: the next page after page {} is {}, which was there before: the source goes in circles; check "
                   "--paginator",
                   page.url.redacted(), index_, next.redacted()));
    }
    return next;
}

void RepeatGuard::check(std::uint64_t index, std::string_view records, const Url& url) {
    const std::size_t hash = std::hash<std::string_view>()(records);
    if (index > 0 && !records.empty() && hash == last_hash_ && records.size() == last_size_) {
        throw PaginationError(
            format("{}: page {} has the same records as the page before it: the source does not turn pages; "
                   "check --paginator",
                   url.redacted(), index + 1));
    }
    last_hash_ = hash;
    last_size_ = records.size();
}

}  // namespace trawl::fetch
