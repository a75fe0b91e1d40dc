/// From the first page to the last, without I/O: what to ask for, in any order where that is possible, which pages to
/// take, and whether it all came.
///
///     Paginator paginator(pagination, start);            // start: the user's request
///     fetch paginator.first(), accept(0, it)             // or accept(0, the page that was detected from)
///     if (paginator.any_order())                         // page numbers, offsets: concurrently
///         fetch request_at(i) for i = 1, 2, ... below end(); while that is unknown, as far again as it has got
///         as each arrives: noticed(i, it); for an error status: ends_with(i, status)
///         in order of i, below end(): accept(i, it); then, and again at the end, while there are holes():
///             fetch covering(hole), filled(hole, it)
///         behind the last, if there is a probe(): fetch request_at(it), probed(it, what came); then on below end()
///     else                                               // one after the other
///         while (request = next(page)) accept(++i, page = fetch(*request))
///     paginator.verdict()                                // what the source said against what came
///
/// While the total is unknown, pages behind the end are asked for; whatever they answer, also errors, is dropped once
/// the end is known to lie before them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trawl/fetch/page_request.hpp"
#include "trawl/fetch/pagination.hpp"

namespace trawl {

/// Rows by position; the first page's first row is at 0.
struct RowRange {
    std::uint64_t begin = 0;
    std::uint64_t count = 0;
    friend bool operator==(const RowRange&, const RowRange&) = default;
};

/// What becomes of a page.
struct Acceptance {
    bool taken = true;       // false: the page is not part of the retrieval
    std::uint64_t rows = 0;  // to take, from the front of the page
    std::string note;        // for the user: why it was dropped, or what does not add up; else empty
};

/// A request whose answer holds given rows among `size` rows from `begin` on (fewer at the end of the source).
struct Covering {
    PageRequest request;
    std::uint64_t begin = 0;
    std::uint64_t size = 0;
};

/// What came, against what the source said there is.
struct PageVerdict {
    std::uint64_t pages = 0, rows = 0;           // that were taken
    std::optional<std::uint64_t> expected_rows;  // as the source says
    std::optional<std::uint64_t> stated_rows;    // the same, also where it need not be exact
    std::vector<std::string> problems;           // "page 3 has 40 rows instead of 50", "27 of 5127 rows are missing"
    std::string failure;                         // why what came must not pass for all there is; else empty
    [[nodiscard]] bool complete() const noexcept { return problems.empty(); }
};

/// Its memory grows with how far out of order pages arrive and with the holes that are open, not with their number;
/// cursors and links are remembered by a hash each.
class Paginator {
public:
    /// `start` is the request that the user gave. Throws UsageError when the pagination goes into a body of it that is
    /// no JSON object.
    Paginator(Pagination pagination, PageRequest start);
    Paginator(Paginator&&) noexcept;
    Paginator& operator=(Paginator&&) noexcept;
    ~Paginator();

    /// The first request: `start` with the paginator's own parameters.
    [[nodiscard]] PageRequest first() const;

    /// Pages may be asked for in any order, by request_at(); else with next(). Known once the first page was accepted:
    /// presets are settled by it.
    [[nodiscard]] bool any_order() const;

    /// The request for page `index`, 0 being the first. Requires: any_order(), and that the first page was accepted,
    /// whose rows are the distance between offsets.
    [[nodiscard]] PageRequest request_at(std::uint64_t index) const;

    /// One past the last page; none while it is unknown. It may still grow (a total that grows) or shrink (a page that
    /// turns out to be the last) up to the acceptance of the page before it.
    [[nodiscard]] std::optional<std::uint64_t> end() const;

    /// Page `index` has come, in whatever order: what it says about the end counts at once. May be left out: accept()
    /// looks at the page as well. Throws PaginationError for a total beyond `pages_max`.
    void noticed(std::uint64_t index, const PageView& view);

    /// Whether an answer of that status, instead of page `index`, is the end (`end_status`). Never where a total says
    /// that the page exists.
    [[nodiscard]] bool ends_with(std::uint64_t index, int status);

    /// The verdict on page `index`. Requires: they are given in order, each once, from 0. A page behind the end, also
    /// the last one repeated by a source that clamps, is dropped, and so is all that follows. Throws PaginationError
    /// for a source that ignores the parameter or gives another page than was asked for, for an empty page amid the
    /// plan, rows that repeat, and too many pages.
    Acceptance accept(std::uint64_t index, const PageView& view);
    /// The same for a page that noticed() has seen, which need not be kept for it.
    Acceptance accept(std::uint64_t index);

    /// The request that follows the page accepted last, which `view` is; nothing behind the last. Requires:
    /// !any_order(). Throws PaginationError for a cursor or link that was there before, and for facts of which one must
    /// be wrong ("there is more", but no cursor); InvalidUrl for a next URL that is none.
    [[nodiscard]] std::optional<PageRequest> next(const PageView& view);

    /// Rows that accepted pages left out although there are rows behind them: a source that caps its pages by bytes.
    /// Once the last page was accepted, also what that one left out, if no total vouches for it: an answer without rows
    /// says then that it was the end. To ask for them one after the other, take the first and look again.
    [[nodiscard]] std::vector<RowRange> holes() const;
    /// The answer to covering(hole.begin, hole.count), beginning at the hole's first row. What is still missing is a
    /// smaller hole; a source that has nothing more to give there closes it, which the verdict tells. Dropped are rows
    /// that the short page had already: a source that counts rows and then filters them.
    Acceptance filled(const RowRange& hole, const PageView& view);

    /// The same for an answer that is no page and says so (`end_status`, or the user's word): there is nothing.
    Acceptance filled_with_nothing(const RowRange& hole);

    /// A page behind the last that is worth a look, because a total alone says that it is the last, and that one is
    /// full. May be asked for as soon as it is known, together with those before it; it may turn out to be needless.
    [[nodiscard]] std::optional<std::uint64_t> probe() const;
    /// What probe() came to; null: an error, which proves nothing. Rows that no page before had disprove the total:
    /// end() is unknown then, the page is asked for again in its turn, and the result tells the user. Else it is empty.
    /// Requires: all pages before it were accepted.
    std::string probed(std::uint64_t index, const PageView* view);

    /// The page behind one that looked like the end by being empty, or an error, behind a full one; none where that
    /// one has come, or where something else says that it was the end. To be asked for once all pages were accepted;
    /// noticed() takes what came, and the verdict tells of rows in it.
    [[nodiscard]] std::optional<std::uint64_t> unseen_behind() const;

    /// Where nobody said that pages are counted from 1: the request for the page that is the first one's forerunner in
    /// a source that counts from 0. `was_numbered`: the first page was asked for by its number.
    [[nodiscard]] std::optional<PageRequest> before_the_first(bool was_numbered) const;
    /// That is worth a look: more than one page came, and no total says that they are all.
    [[nodiscard]] bool is_begin_in_doubt() const;

    /// One request for rows [begin, begin + count), for reading them again. None where rows have no address, and where
    /// it would take a larger page than the source is known to give. Requires: the first page was accepted.
    [[nodiscard]] std::optional<Covering> covering(std::uint64_t begin, std::uint64_t count) const;

    [[nodiscard]] PageVerdict verdict() const;
    [[nodiscard]] const Pagination& pagination() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace trawl
