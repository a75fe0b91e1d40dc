#include "trawl/fetch/pages.hpp"

#include <algorithm>
#include <map>

#include "page_facts.hpp"
#include "page_source.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/detect.hpp"
#include "trawl/fetch/link_header.hpp"
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
    Page page;
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
                Page page = std::move(found->second.page);
                ready_.erase(found);
                ++next_index_;
                co_return page;
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
        const Url given = Url::parse(options_.url);
        if (said_) paginator_.emplace(*said_, given);
        Url start_at =
            said_ ? paginator_->first() : given;  // named: g++ 12 destroys a conditional temporary here twice
        Fetched first = co_await fetch(std::move(start_at));
        if (!said_) paginator_.emplace(detect(first.view()), given);
        std::optional<Url> second = paginator_->advance(first.view());
        const Pagination& found = paginator_->pagination();
        notes_.push_back(first.records.explanation);
        notes_.push_back(said_ ? format("pagination: {}, as given", name(found.kind)) : found.explanation);
        says_its_place_ = found.first && place_of(first) == found.first;
        for (const std::string& warning : found.warnings) notes_.push_back("note: " + warning);
        start(std::move(second));
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

    // Pages that can be asked for out of order are; the others are walked.
    void start(std::optional<Url> second) {
        if (const auto pages = paginator_->planned_pages()) {
            if (*pages > kPlannedPagesMax) {
                throw PaginationError(format("{}: {} pages are more than can be true; check --paginator",
                                             Url::parse(options_.url).redacted(), *pages));
            }
            stats_.pages_total = std::max<std::uint64_t>(*pages, 1);
            const std::size_t workers = std::min<std::uint64_t>(options_.concurrency, *stats_.pages_total - 1);
            for (std::size_t i = 0; i < workers; ++i) spawn(fetch_planned());
        } else if (second) {
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
            if (index >= *stats_.pages_total || error_) break;
            ++next_to_fetch_;
            Fetched fetched = co_await fetch(paginator_->page_url(index));
            refuse_another_page(index, fetched);
            paginator_->arrived(index, fetched.records);
            refuse_emptiness(index, fetched);
            if (index + 1 == *stats_.pages_total) refuse_a_next(fetched);
            arrive(fetched.take(index), std::move(permit));
        }
    }

    // Where the page says it is, if it says so: its number, or its offset.
    std::optional<std::uint64_t> place_of(const Fetched& fetched) const {
        const bool by_offset = paginator_->pagination().kind == PaginationKind::offset;
        const auto place = by_offset ? fetch::find_offset(fetched.view()) : fetch::find_page_number(fetched.view());
        return place ? std::optional(place->value) : std::nullopt;
    }

    // A source that ignores the parameter, or a cache that mixes pages up, says itself that this is not what was asked
    // for.
    void refuse_another_page(std::uint64_t index, const Fetched& fetched) const {
        const auto place = says_its_place_ ? place_of(fetched) : std::nullopt;
        const auto asked = fetched.url.query(paginator_->pagination().param);
        if (!place || !asked || std::to_string(*place) == *asked) return;
        throw PaginationError(
            format("{}: page {} says that it is at {}: the source does not give what it is asked for; check "
                   "--paginator",
                   fetched.url.redacted(), index + 1, *place));
    }

    // A source that promised more pages than it has would be asked for all of them.
    void refuse_emptiness(std::uint64_t index, const Fetched& fetched) const {
        if (fetched.records.count > 0 || index + 1 >= *stats_.pages_total) return;
        throw PaginationError(
            format("{}: page {} of {} is empty: the source changed while it was read, or its total is wrong; "
                   "run it again, or check --paginator",
                   fetched.url.redacted(), index + 1, *stats_.pages_total));
    }

    // The total said that this is the last page; the page itself knows better.
    static void refuse_a_next(const Fetched& last) {
        if (find_link(last.headers, "next")) {
            throw PaginationError(
                format("{}: the source announced no page behind this one, but its Link header names one; use "
                       "--paginator header_link",
                       last.url.redacted()));
        }
        const auto next = fetch::find_next_url(last.view());
        if (!next || next->url.empty()) return;
        throw PaginationError(
            format("{}: the source announced no page behind this one, but $.{} names one; say how they follow with "
                   "--paginator json_link:next_url_path=...",
                   last.url.redacted(), next->path.str().substr(2)));
    }

    Task<> walk(Url second) {
        std::optional<Url> url = std::move(second);
        for (std::uint64_t index = 1; url; ++index) {
            Semaphore::Permit permit = co_await ahead_.acquire();
            Fetched fetched = co_await fetch(*url);
            url = paginator_->advance(fetched.view());
            arrive(fetched.take(index), std::move(permit));
        }
    }

    void arrive(Page page, Semaphore::Permit permit) {
        const std::uint64_t index = page.index;
        ready_.emplace(index, Slot{std::move(page), std::move(permit)});
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
        if (verdict.complete()) return;
        if (verdict.expected_rows && *verdict.expected_rows != verdict.rows) {
            throw PaginationError(format("{}: {}; run it again, or check --paginator",
                                         Url::parse(options_.url).redacted(), verdict.problems.back()));
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
    bool says_its_place_ = false;  // the first page does: then the others are held to it

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
