#include "trawl/fetch/pages.hpp"

#include <algorithm>
#include <map>

#include "page_source.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/detect.hpp"
#include "trawl/fetch/paginate.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/semaphore.hpp"

namespace trawl {
namespace {

// How many pages may be fetched or under way ahead of next(), per page at once: enough to keep going while one page is
// retried, and a bound on memory.
constexpr std::size_t kAheadPerWorker = 8;

// A plan longer than this is a lie or a mistake; the walks have a bound of their own.
constexpr std::uint64_t kPlannedPagesMax = 100'000'000;

using HeaderList = std::vector<std::pair<std::string, std::string>>;

HeaderList list_of(const Headers& headers) {
    HeaderList list;
    for (const Headers::Field field : headers) list.emplace_back(field.name, field.value);
    return list;
}

/// A page that has come and was checked, with what the pagination may ask of it.
struct Fetched {
    Url url;
    HeaderList headers;
    std::unique_ptr<const std::string> body;  // the page's views point into it: it stays where it is
    JsonPage page;
    Records records;

    [[nodiscard]] PageView view() const { return {url, headers, page, records}; }
    [[nodiscard]] Page take(std::uint64_t index) {
        return Page{index, std::move(records.ndjson), records.count, body->size()};
    }
};

/// A page's place among those that wait for next().
struct Slot {
    Fetched page;
    bool is_accepted;  // else next() does it, in order
    Semaphore::Permit permit;
};

}  // namespace

class PageStream::Impl {
public:
    Impl(Client& client, FetchOptions options, FetchStats* stats)
        : options_(std::move(options)),
          stats_(stats != nullptr ? *stats : own_stats_),
          source_(client, options_, stats_),
          ahead_(options_.concurrency * kAheadPerWorker) {
        if (options_.records) records_path_ = JsonPath::parse(*options_.records);
        if (options_.paginator) said_ = parse(*options_.paginator);
    }

    Task<std::optional<Page>> next() {
        if (ended_) co_return std::nullopt;
        if (next_index_ == 0) {
            Page first = co_await read_first();
            ++next_index_;
            co_return first;
        }
        while (true) {
            if (error_) {
                end();
                rethrow_named(error_);
            }
            if (auto found = ready_.find(next_index_); found != ready_.end()) {
                Slot slot = std::move(found->second);
                ready_.erase(found);
                if (!slot.is_accepted && !accept_or_fail(next_index_, slot.page)) break;
                co_return slot.page.take(next_index_++);
            }
            if (workers_ == 0) break;
            changed_.clear();
            co_await changed_.wait();
        }
        end();
        check_all_came();
        co_return std::nullopt;
    }

    [[nodiscard]] const FetchStats& stats() const noexcept { return stats_; }
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

private:
    // Whether page `index` is taken.
    bool accept(std::uint64_t index, const Fetched& fetched) {
        const Acceptance acceptance = paginator_->accept(index, fetched.view());
        if (!acceptance.note.empty()) notes_.push_back("note: " + acceptance.note);
        // The plan was made by the total. One that proved wrong leaves pages out.
        if (stats_.pages_total && !paginator_->end()) throw PaginationError(acceptance.note);
        return acceptance.taken;
    }

    bool accept_or_fail(std::uint64_t index, const Fetched& fetched) {
        try {
            return accept(index, fetched);
        } catch (...) {
            end();
            rethrow_named(std::current_exception());
        }
    }

    static Pagination parse(const std::string& spec) {
        try {
            return parse_paginator(spec);
        } catch (const UsageError& error) {
            throw UsageError(format("--paginator: {}; see trawl help paginators", error.what()));
        }
    }

    Task<Page> read_first() {
        try {
            co_return co_await begin();
        } catch (...) {
            end();
            rethrow_named(std::current_exception());
        }
    }

    // What the pagination says of itself does not know which source it was.
    [[noreturn]] void rethrow_named(std::exception_ptr error) const {
        try {
            std::rethrow_exception(error);
        } catch (const PaginationError& unnamed) {
            const std::string_view message = unnamed.what();
            if (message.starts_with("http")) throw;
            const bool advises = message.find("--paginator") != std::string_view::npos;
            throw PaginationError(
                format("{}: {}{}", Url::parse(options_.url).redacted(), message, advises ? "" : "; check --paginator"));
        }
    }

    Task<Page> begin() {
        PageRequest given{.url = Url::parse(options_.url)};
        if (said_) paginator_.emplace(*said_, given);
        PageRequest start_at = given;
        if (said_) start_at = paginator_->first();
        Fetched first = co_await fetch(std::move(start_at.url));
        if (!said_) paginator_.emplace(detect(first.view()), given);
        Acceptance acceptance = paginator_->accept(0, first.view());
        // Offsets without a total go by the rows that come.
        if (paginator_->pagination().kind == PaginationKind::offset && !paginator_->end()) {
            Pagination in_order = paginator_->pagination();
            in_order.one_by_one = true;
            paginator_.emplace(std::move(in_order), std::move(given));
            acceptance = paginator_->accept(0, first.view());
        }
        const Pagination& found = paginator_->pagination();
        notes_.push_back(first.records.explanation);
        notes_.push_back(said_ ? format("pagination: {}, as given", name(found.kind)) : found.explanation);
        for (const std::string& warning : found.warnings) notes_.push_back("note: " + warning);
        if (!acceptance.note.empty()) notes_.push_back("note: " + acceptance.note);
        start(first);
        co_return first.take(0);
    }

    Task<Fetched> fetch(Url url) {
        Response response = co_await source_.get(url);
        HeaderList headers = list_of(response.headers());
        auto body = std::make_unique<const std::string>(std::move(response).take_body());
        try {
            JsonPage page = JsonPage::parse(*body);
            Records records = page.records(records_path_);
            if (!records_path_) records_path_ = records.path;
            Fetched fetched{std::move(url), std::move(headers), std::move(body), std::move(page), std::move(records)};
            co_return fetched;
        } catch (const PageError& error) {
            throw PageError(format("{}: {}; check the URL", url.redacted(), error.what()));
        } catch (const NoRecordsError& error) {
            throw NoRecordsError(format("{}: {}; check --records", url.redacted(), error.what()));
        }
    }

    // Pages that can be asked for out of order are, where their number is known; the others are walked.
    void start(const Fetched& first) {
        const auto pages = paginator_->end();
        if (paginator_->any_order() && pages) {
            if (*pages > kPlannedPagesMax) {
                throw PaginationError(format("{}: {} pages are more than can be true; check --paginator",
                                             Url::parse(options_.url).redacted(), *pages));
            }
            stats_.pages_total = *pages;
            const std::size_t workers = std::min<std::uint64_t>(options_.concurrency, *pages - 1);
            for (std::size_t i = 0; i < workers; ++i) spawn(fetch_planned());
        } else if (paginator_->any_order()) {
            spawn(count_on());
        } else if (auto second = paginator_->next(first.view())) {
            spawn(walk(std::move(*second)));
        } else {
            stats_.pages_total = 1;
        }
    }

    void spawn(Task<> work) {
        ++workers_;
        group_.spawn(guarded(std::move(work)));
    }

    // A worker's error is next()'s to throw.
    Task<> guarded(Task<> work) {
        try {
            co_await std::move(work);
        } catch (...) {
            if (!error_) error_ = std::current_exception();
        }
        --workers_;
        changed_.set();
    }

    Task<> fetch_planned() {
        while (true) {
            Semaphore::Permit permit = co_await ahead_.acquire();
            const std::uint64_t index = next_to_fetch_;
            if (index >= paginator_->end().value_or(0) || error_) break;
            ++next_to_fetch_;
            PageRequest request = paginator_->request_at(index);
            Fetched fetched = co_await fetch(std::move(request.url));
            paginator_->noticed(index, fetched.view());
            arrive(index, {std::move(fetched), false, std::move(permit)});
        }
    }

    // By page numbers or offsets while nobody knows how many there are.
    Task<> count_on() {
        for (std::uint64_t index = 1; !paginator_->end() || index < *paginator_->end(); ++index) {
            Semaphore::Permit permit = co_await ahead_.acquire();
            PageRequest request = paginator_->request_at(index);
            Fetched fetched = co_await fetch(std::move(request.url));
            if (!accept(index, fetched)) break;
            arrive(index, {std::move(fetched), true, std::move(permit)});
        }
    }

    Task<> walk(PageRequest second) {
        std::optional<PageRequest> request = std::move(second);
        for (std::uint64_t index = 1; request; ++index) {
            Semaphore::Permit permit = co_await ahead_.acquire();
            Fetched fetched = co_await fetch(request->url);
            if (!accept(index, fetched)) break;
            request = paginator_->next(fetched.view());
            arrive(index, {std::move(fetched), true, std::move(permit)});
        }
    }

    void arrive(std::uint64_t index, Slot slot) {
        ready_.emplace(index, std::move(slot));
        if (index == next_index_) changed_.set();
    }

    void end() noexcept {
        ended_ = true;
        group_.cancel();
        ready_.clear();
    }

    // Rows that are missing (or too many) make it a failure; pages of odd sizes that add up are worth a note.
    void check_all_came() {
        const PageVerdict verdict = paginator_->verdict();
        if (!verdict.failure.empty()) {
            throw PaginationError(format("{}: {}; run it again, or check --paginator",
                                         Url::parse(options_.url).redacted(), verdict.failure));
        }
        for (const std::string& problem : verdict.problems) notes_.push_back("note: " + problem);
    }

    FetchOptions options_;
    FetchStats own_stats_;
    FetchStats& stats_;
    fetch::PageSource source_;
    std::optional<Pagination> said_;
    std::optional<JsonPath> records_path_;
    std::optional<Paginator> paginator_;
    std::vector<std::string> notes_;

    Semaphore ahead_;
    Event changed_;  // a page that next() waits for has arrived, or a worker has ended
    std::map<std::uint64_t, Slot> ready_;
    std::exception_ptr error_;
    std::uint64_t next_to_fetch_ = 1;
    std::uint64_t next_index_ = 0;  // of next()
    std::size_t workers_ = 0;
    bool ended_ = false;
    TaskGroup group_;  // last: the workers use everything above
};

PageStream::PageStream(Client& client, FetchOptions options, FetchStats* stats)
    : impl_(std::make_unique<Impl>(client, std::move(options), stats)) {}

PageStream::~PageStream() = default;

Task<std::optional<Page>> PageStream::next() { return impl_->next(); }
const FetchStats& PageStream::stats() const noexcept { return impl_->stats(); }
const std::vector<std::string>& PageStream::notes() const noexcept { return impl_->notes(); }

}  // namespace trawl
