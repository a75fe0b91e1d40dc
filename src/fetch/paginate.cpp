/// Paginator: which request stands for which page.
#include "trawl/fetch/paginate.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "json_edit.hpp"
#include "page_facts.hpp"
#include "paginator_state.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl {
namespace {

using fetch::product;
using fetch::sum;

/// The number that the user's own request has there.
std::optional<std::uint64_t> own_value(const Pagination& pagination, const PageRequest& start) {
    if (!pagination.body_path) {
        const auto own = start.url.query(pagination.param);
        return own ? JsonScalar{JsonScalar::Kind::string, *own}.count() : std::nullopt;
    }
    if (start.body.empty()) return std::nullopt;
    const auto own = JsonPage::parse(start.body).scalar(*pagination.body_path);
    return own ? own->count() : std::nullopt;
}

void check_body(const PageRequest& start) {
    if (start.body.empty() || fetch::is_json_object(start.body)) return;
    throw UsageError("the paginator sets values in the request's body, which is no JSON object; give one");
}

}  // namespace

Paginator::State::State(Pagination said, PageRequest request) : pagination(std::move(said)), start(std::move(request)) {
    const bool is_relay = pagination.preset == PaginationPreset::relay;
    if (pagination.body_path || pagination.limit_body_path || is_relay) check_body(start);
    if (is_relay && start.body.empty())
        throw UsageError("the paginator relay needs the body of a GraphQL request: {\"query\": ...}");
    if (!counts()) return;
    const std::uint64_t usual = is_offset() ? 0 : 1;
    const auto own = own_value(pagination, start);
    is_first_told = own.has_value();
    if (!pagination.first) pagination.first = own.value_or(usual);
    value = *pagination.first;
}

bool Paginator::State::counts() const {
    return pagination.kind == PaginationKind::page_number || pagination.kind == PaginationKind::offset;
}

std::uint64_t Paginator::State::step() const {
    if (!is_offset()) return 1;
    return size > pagination.overlap ? size - pagination.overlap : size;
}

std::uint64_t Paginator::State::value_at(std::uint64_t index) const {
    return sum(*pagination.first, product(index, step()));
}

std::uint64_t Paginator::State::skipped_pages() const {
    // Pages are counted from 0 or from 1, and from 0 only where the first one is 0.
    return !counts() || is_offset() || *pagination.first == 0 ? 0 : *pagination.first - 1;
}

std::optional<std::uint64_t> Paginator::State::pages_of(std::uint64_t total_rows) const {
    const std::uint64_t rows_a_page = is_offset() ? size : pagination.page_size.value_or(size);
    if (rows_a_page == 0) return std::nullopt;
    if (!is_offset()) return fetch::rounded_up(total_rows, rows_a_page);
    const std::uint64_t shared = size - step();
    return fetch::rounded_up(total_rows - std::min(total_rows, shared), step());
}

std::optional<std::uint64_t> Paginator::State::limit() const {
    // Behind the first page, not more than it gave: a source that suddenly gave all that was asked for would give the
    // next page's rows as well.
    if (is_offset() && judged > 0 && pagination.limit) return std::min(*pagination.limit, size);
    return pagination.limit;
}

PageRequest Paginator::State::counted(std::uint64_t at, std::optional<std::uint64_t> rows) const {
    PageRequest request = start;
    const auto set = [&request](const std::string& param, const std::optional<JsonPath>& path, std::uint64_t number) {
        const std::string text = std::to_string(number);
        if (path)
            request.body = fetch::with_value(request.body, *path, text);
        else
            request.url = request.url.with_query(param, text);
    };
    set(pagination.param, pagination.body_path, at);
    if (rows) set(pagination.limit_param, pagination.limit_body_path, *rows);
    return request;
}

std::optional<Covering> Paginator::State::covering(std::uint64_t begin, std::uint64_t count) const {
    if (!counts() || count == 0 || count > size) return std::nullopt;
    if (!is_offset()) return covering_page(begin, count);
    const bool has_limit = !pagination.limit_param.empty() || pagination.limit_body_path;
    const std::optional<std::uint64_t> rows = has_limit ? std::optional(count) : std::nullopt;
    return Covering{counted(sum(*pagination.first, begin), rows), begin, rows.value_or(size)};
}

std::optional<Covering> Paginator::State::covering_page(std::uint64_t begin, std::uint64_t count) const {
    if (pagination.limit_param.empty() && !pagination.limit_body_path) return std::nullopt;
    const std::uint64_t skipped = product(skipped_pages(), size);
    const std::uint64_t from = sum(begin, skipped);
    // No page larger than the source has given: it may clamp the size, and then the page is another one.
    for (std::uint64_t rows = count; rows <= size; ++rows) {
        const std::uint64_t page = from / rows;
        if (page != (from + count - 1) / rows || page * rows < skipped) continue;
        const std::uint64_t base = *pagination.first == 0 ? 0 : 1;
        return Covering{counted(sum(page, base), rows), page * rows - skipped, rows};
    }
    return std::nullopt;
}

Paginator::Paginator(Pagination pagination, PageRequest start)
    : state_(std::make_unique<State>(std::move(pagination), std::move(start))) {}
Paginator::Paginator(Paginator&&) noexcept = default;
Paginator& Paginator::operator=(Paginator&&) noexcept = default;
Paginator::~Paginator() = default;

PageRequest Paginator::first() const {
    return state_->counts() ? state_->counted(*state_->pagination.first, state_->pagination.limit) : state_->start;
}

bool Paginator::any_order() const { return state_->any_order(); }

PageRequest Paginator::request_at(std::uint64_t index) const {
    assert(any_order() && state_->judged > 0);
    return state_->counted(state_->value_at(index), state_->limit());
}

std::optional<std::uint64_t> Paginator::end() const { return state_->end.end(); }

void Paginator::noticed(std::uint64_t index, const PageView& view) {
    if (state_->judged == 0 || index < state_->judged) return;  // the first page is read by accept()
    const auto page = state_->seen.insert_or_assign(index, state_->look_at(view)).first;
    state_->claim(page->second);
    const bool tries_the_guess = index == 1 && state_->pagination.is_guess;
    if (tries_the_guess || state_->end.claimed() == index + 1)
        page->second.prints = fetch::row_prints(view.records.ndjson);
    state_->look_for_a_repetition(index, page->second, view);
    state_->look_for_the_end(index, page->second);
}

bool Paginator::ends_with(std::uint64_t index, int status) {
    // Most sources have an error for pages that they do not have, or for a parameter that they do not know.
    constexpr std::array<int, 5> none_there = {400, 404, 410, 416, 422};
    const bool is_none_there = std::find(none_there.begin(), none_there.end(), status) != none_there.end();
    const bool has_all = state_->said_rows && fetch::product(index, state_->size) >= *state_->said_rows;
    const bool is_end = is_none_there && (state_->pagination.is_guess || has_all);
    if (index == 0 || (state_->pagination.end_status != status && !is_end)) return false;
    if (const auto claimed = state_->end.claimed(); claimed && index < *claimed) return false;
    state_->end.show(index);
    return true;
}

Acceptance Paginator::accept(std::uint64_t index, const PageView& view) {
    if (index == 0)
        state_->begin(view);
    else if (!state_->seen.contains(index))
        noticed(index, view);
    return state_->accept(index);
}

Acceptance Paginator::accept(std::uint64_t index) { return state_->accept(index); }

std::optional<PageRequest> Paginator::next(const PageView& view) {
    assert(!any_order());
    return state_->next(view);
}

std::vector<RowRange> Paginator::holes() const { return state_->holes(); }

std::optional<std::uint64_t> Paginator::unseen_behind() const { return state_->unseen_behind(); }

std::optional<PageRequest> Paginator::before_the_first(bool was_numbered) const {
    if (!state_->may_begin_before()) return std::nullopt;
    return state_->counted(was_numbered ? 0 : 1, state_->pagination.limit);
}

bool Paginator::is_begin_in_doubt() const { return state_->is_begin_in_doubt(); }

std::optional<std::uint64_t> Paginator::probe() const { return state_->probe(); }

std::string Paginator::probed(std::uint64_t index, const PageView* view) { return state_->probed(index, view); }

Acceptance Paginator::filled_with_nothing(const RowRange& hole) { return state_->audit.filled_with_nothing(hole); }

Acceptance Paginator::filled(const RowRange& hole, const PageView& view) { return state_->audit.filled(hole, view); }

std::optional<Covering> Paginator::covering(std::uint64_t begin, std::uint64_t count) const {
    return state_->covering(begin, count);
}

PageVerdict Paginator::verdict() const { return state_->verdict(); }
const Pagination& Paginator::pagination() const noexcept { return state_->pagination; }

}  // namespace trawl
