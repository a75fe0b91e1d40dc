#include "trawl/fetch/pages.hpp"

#include <algorithm>
#include <map>

#include "detect.hpp"
#include "find_records.hpp"
#include "page_source.hpp"
#include "paginator_spec.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/semaphore.hpp"
#include "walk.hpp"

namespace trawl {
namespace {

using fetch::CutRecords;
using fetch::JsonPage;
using fetch::JsonPath;
using fetch::JsonValue;
using fetch::PageFacts;
using fetch::PageSource;
using fetch::Pagination;
using fetch::PaginationKind;
using fetch::PaginatorSpec;
using fetch::RepeatGuard;
using fetch::Walk;

// How many pages may be fetched or under way ahead of next(), per page at once: enough to keep going while one page is
// retried, and a bound on memory.
constexpr std::size_t kAheadPerWorker = 8;

// No source is this long: one that seems to be goes in circles.
constexpr std::uint64_t kPagesMax = 100'000'000;

/// A page that is complete, and where it came from.
struct Arrived {
    Page page;
    Url url;
};

/// The same, still holding its place among the pages ahead of next().
struct Slot {
    Arrived arrived;
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
        if (options_.records) records_path_ = fetch::parse_json_path(*options_.records);
        if (options_.paginator) spec_ = fetch::parse_paginator(*options_.paginator);
    }

    Task<std::optional<Page>> next() {
        if (ended_) co_return std::nullopt;
        if (next_index_ == 0) {
            Arrived first = co_await read_first();
            co_return hand_over(std::move(first));
        }
        while (true) {
            if (error_) {
                end();
                std::rethrow_exception(error_);
            }
            if (auto found = ready_.find(next_index_); found != ready_.end()) {
                Arrived arrived = std::move(found->second.arrived);
                ready_.erase(found);
                co_return hand_over(std::move(arrived));
            }
            if (workers_ == 0) break;
            changed_.clear();
            co_await changed_.wait();
        }
        end();
        check_total();
        co_return std::nullopt;
    }

    [[nodiscard]] const FetchStats& stats() const noexcept { return stats_; }
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

private:
    Task<Arrived> read_first() {
        const Url given = Url::parse(options_.url);
        const Url url = spec_ ? fetch::first_url(*spec_, given) : given;
        Response response = co_await source_.get(url);
        const Headers headers = response.headers();
        const JsonPage page = parse(std::move(response), url);
        if (!records_path_) records_path_ = locate(page, url);
        CutRecords records = cut(page, url);
        const PageFacts facts{url, headers, page, records.count};
        pagination_ = spec_ ? fetch::settle(*spec_, facts) : fetch::detect(facts);
        notes_.push_back("records: " + fetch::json_path_text(*records_path_));
        notes_.push_back(pagination_.explanation);
        first_size_ = records.count;
        start(facts);
        co_return Arrived{Page{0, std::move(records.lines), records.count, page.bytes()}, url};
    }

    static JsonPage parse(Response response, const Url& url) {
        const auto coding = response.headers().get("content-encoding");
        if (coding && !equal_ignoring_case(*coding, "identity")) {
            throw PageError(
                format("{}: the page is compressed ({}), which is not supported yet; make the source send it plain",
                       url.redacted(), *coding));
        }
        try {
            return JsonPage(std::move(response).take_body());
        } catch (const PageError& error) {
            throw PageError(format("{}: {}; check the URL", url.redacted(), error.what()));
        }
    }

    static JsonPath locate(const JsonPage& page, const Url& url) {
        if (auto path = fetch::find_records(page.root())) return std::move(*path);
        throw NoRecordsError(
            format("{}: there is no array of records in the page ({}); give their place with --records", url.redacted(),
                   fetch::what_is_there(page.root())));
    }

    CutRecords cut(const JsonPage& page, const Url& url) const {
        const JsonValue* value = page.find(*records_path_);
        using Kind = JsonValue::Kind;
        if (value != nullptr && (value->is(Kind::array) || value->is(Kind::object))) return page.cut(*records_path_);
        throw NoRecordsError(format("{}: there are no records at {} ({}); check --records", url.redacted(),
                                    fetch::json_path_text(*records_path_), fetch::what_is_there(page.root())));
    }

    // Pages that can be asked for out of order are; the others are walked.
    void start(const PageFacts& first) {
        const bool numbered =
            pagination_.kind == PaginationKind::page_number || pagination_.kind == PaginationKind::offset;
        if (numbered && pagination_.pages) {
            stats_.pages_total = std::max<std::uint64_t>(*pagination_.pages, 1);
            const std::uint64_t left = *stats_.pages_total - 1;
            const std::size_t workers = std::min<std::uint64_t>(options_.concurrency, left);
            for (std::size_t i = 0; i < workers; ++i) spawn(fetch_numbered());
        } else if (pagination_.kind == PaginationKind::single_page) {
            stats_.pages_total = 1;
        } else {
            Walk walk(pagination_);
            if (auto second = walk.after(first)) spawn(fetch_walking(std::move(walk), std::move(*second)));
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

    Task<> fetch_numbered() {
        while (true) {
            Semaphore::Permit permit = co_await ahead_.acquire();
            const std::uint64_t index = next_to_fetch_;
            if (index >= *pagination_.pages || error_) break;
            ++next_to_fetch_;
            const Url url = fetch::page_url(pagination_, index);
            Response response = co_await source_.get(url);
            const JsonPage page = parse(std::move(response), url);
            arrive(index, url, page, cut(page, url), std::move(permit));
        }
    }

    Task<> fetch_walking(Walk walk, Url second) {
        std::optional<Url> url = std::move(second);
        for (std::uint64_t index = 1; url; ++index) {
            if (index >= kPagesMax) throw PaginationError(format("{}: no end after {} pages", url->redacted(), index));
            Semaphore::Permit permit = co_await ahead_.acquire();
            Response response = co_await source_.get(*url);
            const Headers headers = response.headers();
            const JsonPage page = parse(std::move(response), *url);
            CutRecords records = cut(page, *url);
            const PageFacts facts{*url, headers, page, records.count};
            std::optional<Url> after = walk.after(facts);
            arrive(index, *url, page, std::move(records), std::move(permit));
            url = std::move(after);
        }
    }

    void arrive(std::uint64_t index, const Url& url, const JsonPage& page, CutRecords records,
                Semaphore::Permit permit) {
        Page complete{index, std::move(records.lines), records.count, page.bytes()};
        ready_.emplace(index, Slot{Arrived{std::move(complete), url}, std::move(permit)});
        if (index == next_index_) changed_.set();
    }

    // In the source's order: what compares a page with the one before it is here.
    Page hand_over(Arrived arrived) {
        guard_.check(arrived.page.index, arrived.page.records, arrived.url);
        ++next_index_;
        rows_ += arrived.page.count;
        const bool is_last = pagination_.pages && next_index_ >= *pagination_.pages;
        if (pagination_.pages && !is_last && arrived.page.count < first_size_) ++short_pages_;
        return std::move(arrived.page);
    }

    void end() noexcept {
        ended_ = true;
        group_.cancel();
        ready_.clear();
    }

    void check_total() {
        if (short_pages_ > 0) {
            notes_.push_back(
                format("note: {} pages before the last have fewer records than the first: rows may have moved "
                       "while they were read",
                       short_pages_));
        }
        const bool from_the_start = pagination_.first <= 1;
        if (!pagination_.records || !from_the_start || rows_ == *pagination_.records) return;
        notes_.push_back(format("note: the source announced {} records and gave {}", *pagination_.records, rows_));
    }

    FetchOptions options_;
    FetchStats own_stats_;
    FetchStats& stats_;
    PageSource source_;
    std::optional<PaginatorSpec> spec_;
    std::optional<JsonPath> records_path_;
    Pagination pagination_;
    RepeatGuard guard_;
    std::vector<std::string> notes_;

    Semaphore ahead_;
    Event changed_;  // a page that next() waits for has arrived, or a worker has ended
    std::map<std::uint64_t, Slot> ready_;
    std::exception_ptr error_;
    std::uint64_t next_to_fetch_ = 1;
    std::uint64_t next_index_ = 0;  // of next()
    std::uint64_t rows_ = 0;
    std::size_t first_size_ = 0;
    std::uint64_t short_pages_ = 0;
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
