/// Paginator: one method for each way in which pages follow each other.
#include "trawl/fetch/paginate.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <limits>

#include "page_facts.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/link_header.hpp"

namespace trawl {
namespace {

constexpr std::size_t shown_max = 80;  // of a token, in a message

/// a + b, as far as it goes: a hostile total must not wrap to the beginning.
std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
    return b > std::numeric_limits<std::uint64_t>::max() - a ? std::numeric_limits<std::uint64_t>::max() : a + b;
}

}  // namespace

Paginator::Paginator(Pagination pagination, Url start) : pagination_(std::move(pagination)), start_(std::move(start)) {
    if (!counts()) return;
    if (!pagination_.first) {
        const auto own = start_.query(pagination_.param);
        const std::uint64_t usual = pagination_.kind == PaginationKind::page_number ? 1 : 0;
        pagination_.first = own ? JsonScalar{JsonScalar::Kind::string, *own}.count().value_or(usual) : usual;
    }
    value_ = *pagination_.first;
}

bool Paginator::counts() const {
    return pagination_.kind == PaginationKind::page_number || pagination_.kind == PaginationKind::offset;
}

Url Paginator::first() const { return counts() ? page_url(0) : start_; }

std::optional<Url> Paginator::advance(const PageView& view) {
    if (index_ == 0) {
        page_size_ = view.records.count;
        seen_.insert(std::hash<std::string>{}(view.url.str()));
        learn_total(view);
    }
    const bool full_known = planned_pages().has_value();
    audit_.arrived(index_, view.records, full_known ? std::optional(page_size_) : std::nullopt);
    ++index_;
    if (ends_here(view)) return std::nullopt;
    if (index_ >= pagination_.pages_max)
        throw PaginationError(
            format("{} pages and still no end; if there are really more, raise max_pages in --paginator",
                   pagination_.pages_max));
    if (counts()) return next_counted(view);
    return pagination_.kind == PaginationKind::cursor ? next_cursor(view) : next_link(view);
}

void Paginator::learn_total(const PageView& first) {
    if (!counts() || pagination_.pages || pagination_.one_by_one) return;
    std::optional<std::uint64_t> total;
    if (pagination_.total_path) {
        const auto said = first.page.scalar(*pagination_.total_path);
        if (said) total = said->count();
    } else if (pagination_.kind == PaginationKind::page_number) {
        total = fetch::find_totals(first).pages;
    }
    if (!total) return;
    const std::uint64_t begin = *pagination_.first;
    if (pagination_.kind == PaginationKind::page_number) {
        // Pages are counted from 0 or from 1; from a page amid them on there are fewer.
        pagination_.pages = *total - std::min(*total, begin > 0 ? begin - 1 : 0);
    } else if (page_size_ > 0) {
        pagination_.records = *total - std::min(*total, begin);
        pagination_.pages = fetch::rounded_up(*pagination_.records, page_size_);
    }
}

bool Paginator::ends_here(const PageView& view) const {
    if (pagination_.kind == PaginationKind::single_page) return true;
    if (pagination_.stop_after_empty_page && view.records.count == 0) return true;
    if (pagination_.stop_after_short_page && view.records.count < page_size_) return true;
    if (!pagination_.has_more_path) return false;
    const auto more = view.page.scalar(*pagination_.has_more_path);
    return !more || more->text == "false" || more->text == "0" || more->text.empty();
}

std::optional<Url> Paginator::next_counted(const PageView& view) {
    if (pagination_.pages && index_ >= *pagination_.pages) return std::nullopt;
    // By the rows that came, not by those asked for: a source that gives fewer than `limit` loses none.
    const std::uint64_t step = pagination_.kind == PaginationKind::offset ? view.records.count : 1;
    if (step == 0) throw PaginationError("an empty page moves no offset on; let stop_after_empty_page be true");
    value_ = sum(value_, step);
    if (pagination_.maximum && value_ >= *pagination_.maximum) return std::nullopt;
    return counted_url(value_);
}

std::optional<Url> Paginator::next_cursor(const PageView& view) {
    const auto cursor = view.page.scalar(pagination_.next_path);
    if (!cursor || cursor->text.empty() || cursor->kind == JsonScalar::Kind::boolean) return std::nullopt;
    Url next = start_.with_query(pagination_.param, cursor->text);
    check_unseen(cursor->text, next);
    return next;
}

std::optional<Url> Paginator::next_link(const PageView& view) {
    std::optional<std::string> target;
    if (pagination_.kind == PaginationKind::header_link) {
        target = find_link(view.headers, pagination_.relation);
    } else {
        const auto link = view.page.scalar(pagination_.next_path);
        if (link && link->kind == JsonScalar::Kind::string) target = link->text;
    }
    if (!target || target->empty()) return std::nullopt;
    Url next = view.url.resolve(*target);
    check_unseen(next.str(), next);
    return next;
}

void Paginator::check_unseen(const std::string& token, const Url& url) {
    if (seen_.insert(std::hash<std::string>{}(token)).second) return;
    throw PaginationError(
        format("page {} leads back to a page that was there before: {}", index_, url.redacted().substr(0, shown_max)));
}

std::optional<std::uint64_t> Paginator::planned_pages() const {
    if (!counts() || !pagination_.pages || pagination_.has_more_path || page_size_ == 0) return std::nullopt;
    std::uint64_t pages = std::max<std::uint64_t>(*pagination_.pages, 1);
    const std::uint64_t step = pagination_.kind == PaginationKind::offset ? page_size_ : 1;
    if (pagination_.maximum && *pagination_.maximum > *pagination_.first)
        pages = std::min(pages, fetch::rounded_up(*pagination_.maximum - *pagination_.first, step));
    if (pages > pagination_.pages_max)
        throw PaginationError(
            format("the source says {} pages, more than the {} allowed; raise max_pages in --paginator", pages,
                   pagination_.pages_max));
    return pages;
}

Url Paginator::page_url(std::uint64_t index) const {
    assert(counts());
    const std::uint64_t step = pagination_.kind == PaginationKind::offset ? page_size_ : 1;
    return counted_url(sum(*pagination_.first, index * step));
}

Url Paginator::counted_url(std::uint64_t value) const {
    const Url url = start_.with_query(pagination_.param, std::to_string(value));
    if (!pagination_.limit) return url;
    return url.with_query(pagination_.limit_param, std::to_string(*pagination_.limit));
}

void Paginator::arrived(std::uint64_t index, const Records& records) { audit_.arrived(index, records, page_size_); }

}  // namespace trawl
