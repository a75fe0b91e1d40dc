#include "page_feed.hpp"

#include <algorithm>

#include "trawl/base/error.hpp"

namespace trawl::fetch {
namespace {

std::optional<int> status_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const StatusError& refused) {
        return refused.status();
    } catch (...) {  // ignored: it has no status, and stays where it was
        return std::nullopt;
    }
}

// Where the end is unknown, at least so many pages are asked for ahead: what costs a small source no more than a
// moment.
constexpr std::uint64_t kGallopMin = 2;

}  // namespace

void PageFeed::ask_ahead(std::optional<std::uint64_t> bridges) {
    bridged_rows_ = bridges;
    is_asking_ = true;
    group_.spawn(dispatch());
}

void PageFeed::walk(PageRequest second) {
    is_walk_ = true;
    is_asking_ = true;
    group_.spawn(follow(std::move(second)));
}

// Whoever takes a page may be waiting for the memory that the pages behind it hold: the oldest stream's next page is
// always let in.
Task<PageRoom> PageFeed::room_for(std::uint64_t index) {
    return PageRoom::wait_for(memory_, [this, index] { return index == taken_ + 1 && memory_.is_oldest(); });
}

bool PageFeed::is_wanted(std::uint64_t index) const {
    const auto end = paginator_.end();
    const bool is_allowed = index < paginator_.pagination().pages_max;
    return is_allowed && !(end && index >= *end) && !(last_ && index > *last_);
}

// With an end that is known all pages are near; else as far again as has been got.
bool PageFeed::is_near(std::uint64_t index) const {
    return paginator_.end() || index <= std::max(2 * complete_ + 1, complete_ + kGallopMin);
}

Task<> PageFeed::dispatch() {
    while (is_wanted(next_to_ask_)) {
        if (!is_near(next_to_ask_)) {
            changed_.clear();
            co_await changed_.wait();
            continue;
        }
        const bool was_wanted = co_await dispatch_one(next_to_ask_);
        if (!was_wanted) break;
        if (bridged_rows_) co_await dispatch_bridge(next_to_ask_);
        ++next_to_ask_;
    }
    is_asking_ = false;
    changed_.set();
    const auto behind = bridged_rows_ ? std::nullopt : paginator_.probe();
    if (behind && !last_ && may_probe_ && probing_ != behind) group_.spawn(look_behind(*behind));
}

Task<> PageFeed::look_behind(std::uint64_t index) {
    probing_ = index;
    probed_.reset();
    PageResult<FetchedPage> outcome =
        co_await result_of(paginator_.request_at(index), PageRoom::at_once(memory_), Asking::lightly);
    if (probing_ != index) co_return;  // the end lies elsewhere by now
    probed_.emplace(std::move(outcome));
    changed_.set();
}

Task<PageResult<FetchedPage>> PageFeed::look_at(PageRequest request) {
    co_return co_await result_of(std::move(request), PageRoom::at_once(memory_), Asking::lightly);
}

Task<PageResult<FetchedPage>> PageFeed::probe(std::uint64_t index) {
    if (probing_ != index) group_.spawn(look_behind(index));
    while (probing_ != index || !probed_) {
        changed_.clear();
        co_await changed_.wait();
    }
    PageResult<FetchedPage> outcome = std::move(*probed_);
    probed_.reset();
    co_return outcome;
}

Task<bool> PageFeed::dispatch_one(std::uint64_t index) {
    PageRoom room = co_await room_for(index);
    PageRequest request = paginator_.request_at(index);
    OriginGate::Pass pass = co_await source_.enter(request, room);
    if (!is_wanted(index)) co_return false;  // which was learned while it waited
    ++outstanding_;
    group_.spawn(fetch(index, std::move(request), std::move(room), std::move(pass)));
    co_return true;
}

Task<> PageFeed::dispatch_bridge(std::uint64_t index) {
    auto bridge = paginator_.covering(index * *bridged_rows_ - 1, 2);
    if (!bridge) {
        bridges_.emplace(index, NoPage{});
        changed_.set();
        co_return;
    }
    OriginGate::Pass pass = co_await source_.enter(bridge->request);
    group_.spawn(fetch_bridge(index, std::move(bridge->request), std::move(pass)));
}

Task<> PageFeed::fetch(std::uint64_t index, PageRequest request, PageRoom room, OriginGate::Pass pass) {
    PageResult<FetchedPage> outcome = co_await outcome_of(std::move(request), std::move(room), std::move(pass));
    arrive(index, noticed(index, std::move(outcome)));
}

Task<> PageFeed::fetch_bridge(std::uint64_t index, PageRequest request, OriginGate::Pass pass) {
    PageResult<FetchedPage> outcome =
        co_await outcome_of(std::move(request), PageRoom::at_once(memory_), std::move(pass));
    if (auto* page = std::get_if<FetchedPage>(&outcome)) {
        bridges_.emplace(index, std::move(*page).take_rows());
    } else if (auto* error = std::get_if<std::exception_ptr>(&outcome)) {
        bridges_.emplace(index, std::move(*error));
    } else {
        bridges_.emplace(index, std::get<NoPage>(outcome));
    }
    changed_.set();
}

// A status that says, instead of an empty page, that there is none.
PageResult<PageRows> PageFeed::unless_it_ends(std::uint64_t index, std::exception_ptr error) {
    const auto status = status_of(error);
    if (status && paginator_.ends_with(index, *status)) return NoPage{ResponseAction::Action::end, *status};
    return error;
}

// A page may tell, whatever its place, where the end is: an empty one, one that says that nothing follows, a larger
// total.
PageResult<PageRows> PageFeed::noticed(std::uint64_t index, PageResult<FetchedPage> outcome) {
    if (auto* error = std::get_if<std::exception_ptr>(&outcome)) return unless_it_ends(index, std::move(*error));
    if (const auto* none = std::get_if<NoPage>(&outcome)) return *none;
    FetchedPage& page = std::get<FetchedPage>(outcome);
    try {
        paginator_.noticed(index, page.view());
    } catch (const Error&) {
        return std::current_exception();
    }
    return std::move(page).take_rows();
}

Task<> PageFeed::follow(PageRequest second) {
    std::optional<PageRequest> request = std::move(second);
    for (std::uint64_t index = 1; request; ++index) {
        PageRoom room = co_await room_for(index);
        ++outstanding_;
        PageResult<FetchedPage> outcome = co_await result_of(*request, std::move(room));
        request = accept(index, std::move(outcome));
    }
    is_asking_ = false;
    changed_.set();
}

// The request for the page behind it.
std::optional<PageRequest> PageFeed::accept(std::uint64_t index, PageResult<FetchedPage> outcome) {
    std::optional<PageRequest> next;
    if (auto* page = std::get_if<FetchedPage>(&outcome)) {
        try {
            const Acceptance acceptance = paginator_.accept(index, page->view());
            if (acceptance.taken) next = paginator_.next(page->view());
            PageRows rows = std::move(*page).take_rows();
            rows.acceptance = acceptance;
            arrive(index, std::move(rows));
        } catch (const Error&) {
            arrive(index, std::current_exception());
        }
    } else if (auto* error = std::get_if<std::exception_ptr>(&outcome)) {
        arrive(index, unless_it_ends(index, std::move(*error)));
    } else {
        arrive(index, std::get<NoPage>(outcome));
    }
    return next;
}

Task<PageResult<FetchedPage>> PageFeed::result_of(PageRequest request, PageRoom room, Asking how) {
    using Result = PageResult<FetchedPage>;
    try {
        OriginGate::Pass pass = co_await source_.enter(request, room);
        co_return co_await outcome_of(std::move(request), std::move(room), std::move(pass), how);
    } catch (const Error&) {
        co_return Result(std::current_exception());
    }
}

Task<PageResult<FetchedPage>> PageFeed::outcome_of(PageRequest request, PageRoom room, OriginGate::Pass pass,
                                                   Asking how) {
    using Result = PageResult<FetchedPage>;
    try {
        auto answer = co_await source_.get(request, std::move(pass), room, how);
        if (const auto* none = std::get_if<NoPage>(&answer)) co_return Result(*none);
        Response response = std::get<Response>(std::move(answer));
        ByteBudget::Hold memory = std::move(room).take(response.bytes().size());
        co_return Result(cutter_.cut(std::move(response), std::move(request), std::move(memory)));
    } catch (const Error&) {
        co_return Result(std::current_exception());
    }
}

void PageFeed::arrive(std::uint64_t index, PageResult<PageRows> outcome) {
    const auto* none = std::get_if<NoPage>(&outcome);
    const bool is_last = none != nullptr && none->action == ResponseAction::Action::end;
    if (is_last || std::holds_alternative<std::exception_ptr>(outcome)) last_ = std::min(last_.value_or(index), index);
    arrived_.emplace(index, std::move(outcome));
    while (arrived_.contains(complete_ + 1)) ++complete_;
    changed_.set();
}

Task<std::optional<PageResult<PageRows>>> PageFeed::take(std::uint64_t index) {
    while (true) {
        if (!is_wanted(index)) co_return std::nullopt;
        if (auto found = arrived_.find(index); found != arrived_.end()) {
            std::optional<PageResult<PageRows>> outcome = std::move(found->second);
            arrived_.erase(found);
            --outstanding_;
            taken_ = index;
            changed_.set();
            memory_.budget().look_again();
            co_return outcome;
        }
        const bool may_come = is_asking_ || outstanding_ > arrived_.size();
        if (!may_come && is_walk_) co_return std::nullopt;
        if (!may_come) {  // the end turned out to lie farther off, or is unknown again
            ask_ahead(bridged_rows_);
            continue;
        }
        changed_.clear();
        co_await changed_.wait();
    }
}

Task<PageResult<PageRows>> PageFeed::take_bridge(std::uint64_t index) {
    while (!bridges_.contains(index)) {
        changed_.clear();
        co_await changed_.wait();
    }
    PageResult<PageRows> outcome = std::move(bridges_.at(index));
    bridges_.erase(index);
    co_return outcome;
}

Task<std::optional<FetchedPage>> PageFeed::fetch_now(PageRequest request) {
    OriginGate::Pass pass = co_await source_.enter(request);
    PageResult<FetchedPage> outcome =
        co_await outcome_of(std::move(request), PageRoom::at_once(memory_), std::move(pass));
    if (auto* error = std::get_if<std::exception_ptr>(&outcome)) {
        if (status_of(*error) && status_of(*error) == paginator_.pagination().end_status) co_return std::nullopt;
        std::rethrow_exception(*error);
    }
    if (const auto* none = std::get_if<NoPage>(&outcome)) {
        if (none->action == ResponseAction::Action::end) co_return std::nullopt;
        throw StatusError(none->status, "a page that is read again is answered with a status that is to be ignored");
    }
    co_return std::get<FetchedPage>(std::move(outcome));
}

void PageFeed::stop() noexcept {
    group_.cancel();
    arrived_.clear();
    bridges_.clear();
}

}  // namespace trawl::fetch
