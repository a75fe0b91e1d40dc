#include "trawl/fetch/pages.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "damaged_answer.hpp"
#include "facts_found.hpp"
#include "fetched_page.hpp"
#include "moves.hpp"
#include "page_feed.hpp"
#include "page_source.hpp"
#include "row_doubts.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/detect.hpp"
#include "trawl/fetch/paginate.hpp"
#include "trawl/fetch/refusal_in_text.hpp"

namespace trawl {

using fetch::FetchedPage;
using fetch::NoPage;
using fetch::PageResult;
using fetch::PageRows;

namespace {

constexpr int kNoContent = 204;

/// The first `count` lines.
std::string first_lines(const std::string& ndjson, std::uint64_t count) {
    std::size_t end = 0;
    for (; count > 0; --count) end = ndjson.find('\n', end) + 1;
    return ndjson.substr(0, end);
}

void append(PageRows& rows, const PageRows& more) {
    rows.ndjson += more.ndjson;
    rows.count += more.count;
    rows.bytes += more.bytes;
}

/// What the source is not to give in full: a page's rows behind the first so many.
void keep_first(PageRows& rows, std::uint64_t count) {
    if (count >= rows.count) return;
    rows.ndjson = first_lines(rows.ndjson, count);
    rows.count = count;
}

}  // namespace

class PageStream::Impl {
public:
    Impl(Client& client, FetchOptions options, FetchShared shared)
        : options_(std::move(options)),
          stats_(shared.stats != nullptr ? *shared.stats : own_stats_),
          own_gates_(options_.limits),
          source_(client, options_, shared.gates != nullptr ? *shared.gates : own_gates_, stats_, shared.log,
                  shared.kind),
          own_memory_(options_.memory_max),
          memory_(shared.memory != nullptr ? *shared.memory : own_memory_,
                  shared.order != nullptr ? *shared.order : own_order_) {
        if (options_.records) cutter_.records_path = JsonPath::parse(*options_.records);
        if (!options_.primary_key.empty()) cutter_.row_key.emplace(paths_of(options_.primary_key));
        if (options_.pagination) {
            said_ = options_.pagination;
        } else if (options_.paginator) {
            said_ = parse(*options_.paginator);
        }
        if (said_) cutter_.said = &*said_;
        source_.check_answers([this](const PageRequest& request, const Response& response) {
            const bool is_lines = cutter_.is_lines || response.status() == kNoContent;
            if (!is_lines) {  // the first page may be anything, and a wrong address does not pass
                auto damage = found_ ? fetch::damage_in(response) : fetch::cut_off_in(response);
                if (damage) return damage;
            }
            return refusals_.in(response.status(), response.text(), request.body, cutter_.records_path);
        });
    }

    Task<std::optional<Page>> next() {
        if (ended_) co_return std::nullopt;
        in_hand_.resize(0);
        std::exception_ptr error;
        try {
            std::optional<Page> page = co_await advance();
            if (!page) end();
            co_return page;
        } catch (...) {
            error = std::current_exception();
        }
        end();
        rethrow_named(error);
    }

    [[nodiscard]] const FetchStats& stats() const noexcept { return stats_; }
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }
    [[nodiscard]] const std::optional<PagesFound>& found() const noexcept { return found_; }

private:
    static std::vector<JsonPath> paths_of(const std::vector<std::string>& texts) {
        std::vector<JsonPath> paths;
        for (const std::string& text : texts) paths.push_back(JsonPath::parse(text));
        return paths;
    }

    static Pagination parse(const std::string& spec) {
        try {
            return parse_paginator(spec);
        } catch (const UsageError& error) {
            throw UsageError(format("--paginator: {}; see trawl help paginators", error.what()));
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

    Task<std::optional<Page>> advance() {
        if (next_index_ == 0) co_return co_await begin();
        while (feed_) {
            std::optional<PageResult<PageRows>> outcome = co_await feed_->take(next_index_);
            if (!outcome) {
                const bool goes_on = co_await look_behind();
                if (!goes_on) break;
                continue;
            }
            const std::uint64_t index = next_index_++;
            std::optional<PageRows> rows = take_page(index, std::move(*outcome));
            if (rows && moves_) co_await join(index, *rows);
            if (rows && !moves_) co_await fill_holes(*rows);
            if (rows && rows->count > 0) co_return deliver(std::move(*rows));
            if (moves_ && moves_->seams().ended()) break;
        }
        if (feed_ && !moves_) {  // the last page may have been cut short, too
            PageRows rest;
            co_await fill_holes(rest);
            if (rest.count > 0) co_return deliver(std::move(rest));
        }
        while (moves_ && !moves_->seams().ended()) {
            PageRows rows = co_await read_again(moves_->seams().onward());
            co_await mend(rows);
            if (rows.count > 0) co_return deliver(std::move(rows));
        }
        if (feed_) co_await look_around();
        check_all_came();
        co_return std::nullopt;
    }

    Task<std::optional<Page>> begin() {
        const PageRequest given{options_.method, Url::parse(options_.url), options_.body};
        if (said_) paginator_.emplace(catching_moves(*said_), given);
        PageRequest start = said_ ? paginator_->first() : given;
        ++next_index_;
        auto waiting = fetch::PageRoom::wait_for(memory_, [this] { return memory_.is_oldest(); });
        fetch::PageRoom room = co_await std::move(waiting);
        OriginGate::Pass pass = co_await source_.enter(start, room);
        auto answer = co_await source_.get(start, std::move(pass), room);
        if (const auto* none = std::get_if<NoPage>(&answer)) co_return no_first_page(*none);
        Response response = std::get<Response>(std::move(answer));
        if (response.status() == kNoContent) co_return no_first_page({ResponseAction::Action::end, kNoContent});
        ByteBudget::Hold held = std::move(room).take(response.bytes().size());
        FetchedPage first = cutter_.cut(std::move(response), start, std::move(held));
        if (first.records.count > 0) refusals_.learn(first.page, *first.body);
        cutter_.learn(first.records);
        if (!cutter_.records_path) cutter_.records_path = first.records.path;
        if (!said_) paginator_.emplace(catching_moves(detect(first.view())), given);
        const Acceptance acceptance = paginator_->accept(0, first.view());
        std::optional<PageRequest> second;
        if (!paginator_->any_order()) second = paginator_->next(first.view());
        found_ = fetch::what_was_found(*paginator_, first.view());
        explain(first);
        doubts_.begin(first.records.ndjson, paginator_->before_the_first(said_.has_value()).has_value());
        first_rows_ = first.records.count;
        if (cutter_.row_key) watch_moves(first.records.count);
        start_feed(std::move(second));
        PageRows rows = std::move(first).take_rows();
        keep_first(rows, acceptance.rows);
        if (moves_) moves_->take(rows, 0, moves_->page_size());
        co_return deliver(std::move(rows));
    }

    // Neighbours share a row, so that one that moves between them shows.
    Pagination catching_moves(Pagination pagination) const {
        if (cutter_.row_key && pagination.kind == PaginationKind::offset) pagination.overlap = 1;
        return pagination;
    }

    void watch_moves(std::uint64_t rows) {
        moves_ = fetch::Moves::of(*paginator_, rows);
        if (!moves_ && paginator_->any_order())
            notes_.emplace_back(
                "note: rows that move while they are read are not caught: the source cannot be asked for pages of "
                "another size (name the parameter: --paginator page_number:page_size_param=per_page, or "
                "offset:limit_param=limit)");
    }

    std::optional<Page> no_first_page(const NoPage& none) {
        notes_.push_back(format("note: the source answers with status {}, which is taken for no rows", none.status));
        return std::nullopt;
    }

    void explain(const FetchedPage& first) {
        const Pagination& found = paginator_->pagination();
        notes_.push_back(first.records.explanation);
        notes_.push_back(said_ ? format("pagination: {}, as given", name(found.kind)) : found.explanation);
        for (const std::string& warning : found.warnings) notes_.push_back("note: " + warning);
    }

    void start_feed(std::optional<PageRequest> second) {
        tell_total();
        if (!paginator_->any_order() && !second) return;
        feed_.emplace(source_, memory_, *paginator_, cutter_);
        if (moves_) feed_->without_probe();
        if (paginator_->any_order()) {
            feed_->ask_ahead(moves_ ? moves_->bridges() : std::nullopt);
        } else {
            feed_->walk(std::move(*second));
        }
    }

    // Whether there are pages behind the end for which only a total vouches; a chain of slices needs no such proof.
    Task<bool> look_behind() {
        const auto index = moves_ ? std::nullopt : paginator_->probe();
        if (!index || *index != next_index_) co_return false;
        PageResult<FetchedPage> outcome = co_await feed_->probe(*index);
        if (auto* error = std::get_if<std::exception_ptr>(&outcome)) tell_unseen(*index, *error);
        const auto* page = std::get_if<FetchedPage>(&outcome);
        const std::optional<PageView> view = page != nullptr ? std::optional(page->view()) : std::nullopt;
        const std::string note = paginator_->probed(*index, view ? &*view : nullptr);
        if (!note.empty()) notes_.push_back("note: " + note);
        co_return !note.empty();
    }

    // Behind an empty page, and before a first one that nobody named.
    Task<> look_around() {
        if (const auto behind = moves_ ? std::nullopt : paginator_->unseen_behind()) {
            PageRequest request = paginator_->request_at(*behind);
            const PageResult<FetchedPage> outcome = co_await feed_->look_at(std::move(request));
            if (const auto* page = std::get_if<FetchedPage>(&outcome)) paginator_->noticed(*behind, page->view());
        }
        if (!paginator_->is_begin_in_doubt()) co_return;
        auto before = paginator_->before_the_first(said_.has_value());
        const PageResult<FetchedPage> outcome = co_await feed_->look_at(std::move(*before));
        const auto* page = std::get_if<FetchedPage>(&outcome);
        if (page != nullptr && page->records.count >= first_rows_ && doubts_.are_new(page->records.ndjson))
            refuse_the_beginning();
    }

    [[noreturn]] void refuse_the_beginning() const {
        throw PaginationError(
            format("{}: page {}: the source counts its pages from 0, and one was left out; say --paginator "
                   "page_number:base_page=0 (or, to leave page 0 out, begin in the URL: ?{}=1)",
                   Url::parse(options_.url).redacted(),
                   said_ ? "0 has rows of its own" : "1 has other rows than the one without a number",
                   paginator_->pagination().param));
    }

    // Most sources have an error for pages that they do not have; others leave it open.
    void tell_unseen(std::uint64_t pages, const std::exception_ptr& error) {
        constexpr std::array<int, 5> none_there = {400, 404, 410, 416, 422};
        try {
            std::rethrow_exception(error);
        } catch (const NoRecordsError&) {  // ignored: it says something else than rows
        } catch (const StatusError& refused) {
            if (std::find(none_there.begin(), none_there.end(), refused.status()) == none_there.end())
                tell_unseen(pages, refused.what());
        } catch (const Error& failed) {
            tell_unseen(pages, failed.what());
        }
    }

    void tell_unseen(std::uint64_t pages, const char* why) {
        notes_.push_back(format(
            "note: a total says that there are {} pages, and whether it is right could not be seen: {}", pages, why));
    }

    // Streams may share their counts: each adds what it knows.
    void tell_total() {
        const auto end = paginator_->end();
        if (!end || end == told_) return;
        stats_.pages_total = stats_.pages_total.value_or(0) - told_.value_or(0) + *end;
        told_ = end;
    }

    // The rows of a page in its turn; nothing: they are not given.
    std::optional<PageRows> take_page(std::uint64_t index, PageResult<PageRows> outcome) {
        if (auto* error = std::get_if<std::exception_ptr>(&outcome)) std::rethrow_exception(*error);
        if (const auto* none = std::get_if<NoPage>(&outcome)) {
            settle_no_page(index, *none);
            return std::nullopt;
        }
        PageRows rows = std::get<PageRows>(std::move(outcome));
        if (moves_ && index > 1) return rows;  // what the chain of slices proves is more than what totals say
        const Acceptance acceptance = paginator_->any_order() ? paginator_->accept(index) : rows.acceptance;
        tell_total();
        if (!acceptance.note.empty()) notes_.push_back("note: " + acceptance.note);
        // A source that gives its first page again has no second one that could have moved.
        if (!acceptance.taken && index == 1 && paginator_->pagination().is_guess) moves_.reset();
        if (!acceptance.taken) return std::nullopt;
        keep_first(rows, acceptance.rows);
        return rows;
    }

    // Pages that the user lets pass are missing, and the verdict on the whole says so; a walk cannot go on behind one.
    void settle_no_page(std::uint64_t index, const NoPage& none) {
        if (none.action == ResponseAction::Action::end) return;
        if (!paginator_->any_order())
            throw PaginationError(
                format("page {} answered with status {}, which is to be ignored, but only that page says what comes "
                       "behind it; use the action \"end\" if it is the end",
                       index + 1, none.status));
        notes_.push_back(format("note: page {} was left out: status {} is to be ignored", index + 1, none.status));
    }

    // Behind the bridge to it, if there is one, so that each shares a row with what is in front of it.
    Task<> join(std::uint64_t index, PageRows& rows) {
        check_it_may_go_on();
        PageRows joined;
        if (moves_->bridges()) {
            PageResult<PageRows> outcome = co_await feed_->take_bridge(index);
            ++stats_.reread;
            if (auto* error = std::get_if<std::exception_ptr>(&outcome)) std::rethrow_exception(*error);
            if (auto* bridge = std::get_if<PageRows>(&outcome)) {
                ++bridges_;
                const auto covering = paginator_->covering(index * moves_->page_size() - 1, 2);
                moves_->take(*bridge, covering->begin, covering->size);
                append(joined, *bridge);
                co_await mend(joined);
            }
        }
        if (!moves_->seams().ended()) {
            moves_->take(rows, moves_->begin_of(index), moves_->page_size());
            append(joined, rows);
            co_await mend(joined);
        }
        rows.ndjson = std::move(joined.ndjson);
        rows.count = joined.count;
    }

    // Reads what is still wanted to close the seam, and appends the rows that it brings.
    Task<> mend(PageRows& rows) {
        while (true) {
            const auto wanted = moves_->seams().wanted();
            if (!wanted) break;
            const PageRows more = co_await read_again(*wanted);
            append(rows, more);
        }
    }

    // A chain that is never closed. The page behind the last allowed one may be the look that sees the end; a bridge
    // belongs to the page behind it.
    void check_it_may_go_on() const {
        const std::uint64_t pages_max = paginator_->pagination().pages_max;
        if (moves_->seams().stats().slices - bridges_ <= pages_max) return;
        throw PaginationError(
            format("{} pages and still no end; if there are really more, raise max_pages in --paginator", pages_max));
    }

    Task<PageRows> read_again(fetch::SliceRequest range) {
        check_it_may_go_on();
        // Of pages that have the first two rows, the one with the most: pages begin where their size lets them.
        auto covering = paginator_->covering(range.begin, range.count);
        for (std::uint64_t rows = range.count; !covering && rows > 2; --rows)
            covering = paginator_->covering(range.begin, rows - 1);
        if (!covering)
            throw PaginationError(
                format("the source cannot be asked for rows {} to {} alone", range.begin, range.begin + range.count));
        ++stats_.reread;
        std::optional<FetchedPage> page = co_await fetch_now(std::move(covering->request));
        PageRows rows;  // none, where the answer is the end
        if (page) rows = std::move(*page).take_rows();
        moves_->take(rows, covering->begin, covering->size);
        co_return rows;
    }

    Task<std::optional<FetchedPage>> fetch_now(PageRequest request) {
        if (!feed_) feed_.emplace(source_, memory_, *paginator_, cutter_);
        co_return co_await feed_->fetch_now(std::move(request));
    }

    // A source may cap its pages by bytes: what one left out although more follows is asked for.
    Task<> fill_holes(PageRows& rows) {
        while (true) {
            const std::vector<RowRange> holes = paginator_->holes();
            if (holes.empty()) break;
            auto covering = paginator_->covering(holes.front().begin, holes.front().count);
            if (!covering) break;  // the verdict tells
            ++stats_.reread;
            std::optional<FetchedPage> page = co_await fetch_now(std::move(covering->request));
            const Acceptance acceptance =
                page ? paginator_->filled(holes.front(), page->view()) : paginator_->filled_with_nothing(holes.front());
            if (!acceptance.note.empty()) notes_.push_back("note: " + acceptance.note);
            if (!page) continue;
            PageRows more = std::move(*page).take_rows();
            keep_first(more, acceptance.taken ? acceptance.rows : 0);
            append(rows, more);
        }
    }

    Page deliver(PageRows rows) {
        if (feed_) doubts_.add(rows.ndjson, rows.count);
        const bool is_counted = cutter_.row_key || paginator_->pagination().is_guess;
        if (is_counted && !moves_) check_it_moves_on();
        Page given;
        given.index = delivered_++;
        given.records = std::move(rows.ndjson);
        given.count = rows.count;
        given.bytes = rows.bytes;
        in_hand_ = std::move(rows.memory);
        return given;
    }

    void end() noexcept {
        ended_ = true;
        if (feed_) feed_->stop();
        memory_.leave();
    }

    // Rows that are missing (or too many) make it a failure; pages of odd sizes that add up are worth a note. A closed
    // chain of slices is a proof, whatever totals say of a list that changes.
    void check_all_came() {
        if (moves_) {
            if (moves_->seams().ended_by_repetition()) check_it_was_the_last();
            return tell_moves();
        }
        if (!paginator_) return;
        const PageVerdict verdict = paginator_->verdict();
        if (cutter_.row_key && verdict.stated_rows && verdict.pages > 1)
            check_they_differ(*verdict.stated_rows, verdict.rows);
        const bool has_repeats = verdict.expected_rows && verdict.rows > *verdict.expected_rows;
        if (cutter_.row_key && has_repeats) {  // the commit leaves each key's last row
            notes_.push_back("note: " + verdict.failure);
        } else if (!verdict.failure.empty())
            throw PaginationError(format("{}: {}", Url::parse(options_.url).redacted(), verdict.failure));
        if (!cutter_.row_key && verdict.pages > 1) check_repeats();
        for (const std::string& problem : verdict.problems) notes_.push_back("note: " + problem);
    }

    // A source that has rows for every page, whatever its number, would never end.
    void check_it_moves_on() const {
        constexpr std::uint64_t pages_min = 16;
        if (delivered_ < pages_min || !std::has_single_bit(delivered_) ||
            doubts_.given() < 2 * doubts_.distinct().count())
            return;
        throw PaginationError(
            format("{}: {} rows came and only {} of them are different: the source gives the same rows again and "
                   "again; name the right pagination with --paginator (single_page, if it has one page)",
                   Url::parse(options_.url).redacted(), doubts_.given(), doubts_.distinct().count()));
    }

    // Pages of a list that is sorted anew for each of them have as many rows as there should be, and some of them twice
    // in place of others. Rows that differ and have one key are the user's own choice.
    void check_they_differ(std::uint64_t said, std::uint64_t came) const {
        if (came < said || !doubts_.distinct().are_too_few(said)) return;
        throw PaginationError(format(
            "{}: the source said {} rows and {} different ones came, others of them twice: its order changes between "
            "requests; have it sort by a key (a parameter such as sort=id), or, if its rows do repeat, say "
            "total_path=none in --paginator",
            Url::parse(options_.url).redacted(), said, doubts_.distinct().count()));
    }

    // Without a key nothing is proven; what rows say by coming twice is told.
    void check_repeats() {
        if (doubts_.come_in_no_order())
            throw PaginationError(format(
                "{}: {} rows came, and {} different ones, although each has an id: the source's order changes between "
                "requests, and rows are missing in place of those that came twice; have it sort by a key (a parameter "
                "such "
                "as sort=id), or give a --primary-key",
                Url::parse(options_.url).redacted(), doubts_.given(), doubts_.distinct().count()));
        if (doubts_.have_repeats())
            notes_.emplace_back(
                "note: some rows came more than once, word for word; if the source does not repeat them, rows moved "
                "while "
                "they were read, and others may be missing: give a --primary-key");
    }

    // A source that gives the same rows for all positions behind them has no more, or does not go farther.
    void check_it_was_the_last() {
        const fetch::SeamsStats& seen = moves_->seams().stats();
        const std::uint64_t came = seen.rows - seen.repeated;
        const auto said = paginator_->verdict().stated_rows;
        if (said && *said > came)
            throw PaginationError(
                format("the source said {} rows, and gives the same ones again behind the first {}: it changed while "
                       "it was read, or does not go farther; check --paginator",
                       *said, came));
        notes_.emplace_back("note: the source gives its last rows for all that lie behind them");
    }

    void tell_moves() {
        const fetch::SeamsStats& seen = moves_->seams().stats();
        stats_.repeated += seen.repeated;
        if (seen.seams == 0) return;
        notes_.push_back(
            format("note: rows moved while they were read: {} time{}, and {} request{} found where they went",
                   seen.seams, seen.seams == 1 ? "" : "s", seen.repairs, seen.repairs == 1 ? "" : "s"));
    }

    FetchOptions options_;
    FetchStats own_stats_;
    FetchStats& stats_;
    OriginGates own_gates_;
    fetch::PageSource source_;
    ByteBudget own_memory_;
    StreamOrder own_order_;
    fetch::StreamMemory memory_;
    ByteBudget::Hold in_hand_;  // of the page that was given last, until the next is asked for
    std::optional<Pagination> said_;
    fetch::PageCutter cutter_;
    fetch::RefusalsInText refusals_;
    std::optional<Paginator> paginator_;
    std::vector<std::string> notes_;
    std::optional<PagesFound> found_;
    std::uint64_t next_index_ = 0;  // of the page that is looked at next
    std::uint64_t delivered_ = 0;
    std::optional<std::uint64_t> told_;  // pages in all, as stats_ have it
    std::optional<fetch::Moves> moves_;
    std::uint64_t bridges_ = 0;     // taken between planned pages
    std::uint64_t first_rows_ = 0;  // on the first page
    fetch::RowDoubts doubts_;
    bool ended_ = false;
    std::optional<fetch::PageFeed> feed_;  // last: its tasks use everything above
};

// No JSON text has the end of a line in a string: there it is written as an escape.
Json Page::json() const {
    std::string array = "[" + records;
    if (array.ends_with('\n')) array.pop_back();
    std::ranges::replace(array, '\n', ',');
    return Json::parse(array + "]");
}

PageStream::PageStream(Client& client, FetchOptions options, FetchShared shared)
    : impl_(std::make_unique<Impl>(client, std::move(options), shared)) {}

PageStream::PageStream(Client& client, FetchOptions options, FetchStats* stats)
    : PageStream(client, std::move(options), FetchShared{nullptr, nullptr, nullptr, stats}) {}

PageStream::PageStream(PageStream&&) noexcept = default;
PageStream& PageStream::operator=(PageStream&&) noexcept = default;
PageStream::~PageStream() = default;

Task<std::optional<Page>> PageStream::next() { return impl_->next(); }
const FetchStats& PageStream::stats() const noexcept { return impl_->stats(); }
const std::vector<std::string>& PageStream::notes() const noexcept { return impl_->notes(); }
const std::optional<PagesFound>& PageStream::found() const noexcept { return impl_->found(); }

PagesRequest fetch_pages(Client& client, std::string_view target) {
    return {client, FetchOptions(client.get(target).url().str())};
}

}  // namespace trawl
