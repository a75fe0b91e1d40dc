/// Whether a list that changed while it was read in slices was read whole, and what must be read again. No I/O.
///
/// The proof (doc/moving-rows.md): all rows that exist throughout the run ("stable" rows) up to row k are handed on,
/// for each k of a chain of slices in which each shares a row with one before it and the first begins at position 0.
/// The chain has the whole list when a look behind its last row finds nothing.
///
///     Seams seams(options);
///     for each planned slice, in the order of positions (they may be read in any order, at the same time):
///         hand on the rows seams.take(slice)
///         while (auto range = seams.wanted()) hand on the rows seams.take(read(*range))
///         if (seams.ended()) stop
///     without a plan, or behind its end: read(seams.onward()) is the next planned slice
///
/// What is assumed: a slice is one atomic part of the list at some instant between its request and its answer; rows
/// that stay keep their order (sort by an id or by the time of creation, not by the time of change); a row keeps its
/// key; and an answer that is cut short still has two rows.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "row_key.hpp"

namespace trawl::fetch {

/// Positions [begin, begin + count) of the source's list.
struct SliceRequest {
    std::uint64_t begin = 0, count = 0;
    friend bool operator==(const SliceRequest&, const SliceRequest&) = default;
};

/// What came for such a request: the keys of its rows, in order; `asked` of them, unless the list ended or the source
/// gives fewer. Where only whole pages can be asked for, `begin` and `asked` are those of the page.
struct Slice {
    std::uint64_t begin = 0, asked = 0;
    std::vector<KeyHash> keys;
    [[nodiscard]] std::uint64_t end() const noexcept { return begin + keys.size(); }
    [[nodiscard]] bool is_short() const noexcept { return keys.size() < asked; }
};

/// How rows can be asked for.
enum class SliceKind {
    offset,  // from any position: neighbours are planned to share a row, [i * (size - 1), i * (size - 1) + size)
    page     // page i of any size: what is wanted is read as a page that has it, and a planned page shares nothing
};

struct SeamsOptions {
    SliceKind kind = SliceKind::offset;
    /// Rows of a planned slice, at least 2: as many as the first page had, if it had fewer than were asked for. A
    /// source that gives at most so many would take a larger page for another one.
    std::uint64_t slice_size = 100;
    /// Of keys that are remembered, at 100 bytes each; more if 128 slices are more (a seam's repairs must not push out
    /// what they look for). Rows that came farther apart are handed on twice.
    std::size_t recent_max = 65'536;
    /// Reads in a row that come to nothing. 20 reach the beginning of any list of a million pages (each goes twice
    /// as far as the one before, to either side); the others are for changes meanwhile.
    int tries_max = 64;
    /// Times that the whole list may be begun anew because nothing of it is known any more (short lists: more often).
    std::uint64_t restarts_max = 8;
};

/// Counts for people and for tests; they only grow.
struct SeamsStats {
    std::uint64_t slices = 0, rows = 0;  // taken
    std::uint64_t repeated = 0;          // rows that were not handed on: they had been before
    std::uint64_t seams = 0;             // planned slices that shared no row with what was there
    std::uint64_t repairs = 0;           // slices that were read for them
    std::uint64_t looks = 0;             // slices that were read to see whether the list ends
    std::uint64_t restarts = 0;
};

class Seams {
public:
    /// Throws UsageError for slices of fewer than two rows: neighbours could not share one.
    explicit Seams(const SeamsOptions& options);

    /// Takes a slice: the planned one that follows in position, or the one that was wanted (never another one while
    /// something is wanted; of a page, one that has the first two wanted positions). Returns the indexes of the rows
    /// to hand on: those that are not remembered. Each stable row is handed on at least once, and twice only if
    /// recent_max others came in between: the lake's merge by key keeps the last.
    /// Throws UsageError when two rows of the slice have one key, and PaginationError when the source changes faster
    /// than it can be read.
    [[nodiscard]] std::vector<std::size_t> take(const Slice& slice);

    /// What must be read now, and taken before any other slice; nothing while no seam is open. Of a page, `count` is a
    /// wish.
    [[nodiscard]] const std::optional<SliceRequest>& wanted() const noexcept { return wanted_; }

    /// Proven: every stable row has been handed on. Slices that come later are taken for their rows alone.
    [[nodiscard]] bool ended() const noexcept { return ended_; }

    /// ended() because the source gives its last rows for whatever lies behind them: it never had less than was asked
    /// for, so a total that says more is to be believed.
    [[nodiscard]] bool ended_by_repetition() const noexcept { return ended_ && last_again_ > 0; }

    /// What comes next when no planned slice is left.
    [[nodiscard]] SliceRequest onward() const;

    [[nodiscard]] const SeamsStats& stats() const noexcept { return stats_; }

    /// "read to position 198; 1 of 2 seams mended by 3 reads; wants [148, 248)"
    [[nodiscard]] std::string describe() const;

private:
    struct Known {
        std::int64_t place = 0;   // along the chain: where the row was among those before it
        std::uint64_t chain = 0;  // the chain that has it; not the present one: handed on, but nothing is proven
        std::uint64_t slice = 0;  // that it was last seen in
    };
    struct Sighting {
        KeyHash key;
        std::uint64_t slice;
    };

    [[nodiscard]] std::vector<std::size_t> remember(const Slice& slice);
    void forget_oldest();
    [[nodiscard]] const Known* chained(const KeyHash& key) const;
    [[nodiscard]] std::optional<std::size_t> shared_row(const Slice& slice) const;
    [[nodiscard]] bool join(const Slice& slice);
    void restart();
    void joined(const Slice& slice, bool was_wanted);
    void apart(const Slice& slice);
    void retry_waiting();
    [[nodiscard]] bool ends_with(const Slice& slice);
    void open_seam(const Slice& slice);
    void count_try(std::string_view what);
    [[nodiscard]] bool is_known_behind_the_end(const Slice& slice) const;
    [[nodiscard]] bool is_last_again(const Slice& slice) const;
    void look();
    void look_farther();
    void repair();
    [[nodiscard]] SliceRequest next_range();
    [[nodiscard]] SliceRequest far_range(std::uint64_t size, std::uint64_t quarter);
    [[nodiscard]] std::uint64_t step() const noexcept;
    [[nodiscard]] std::uint64_t quarter() const noexcept;
    [[nodiscard]] std::uint64_t largest_of_two() const noexcept;

    SeamsOptions options_;
    std::unordered_map<KeyHash, Known, HashOfKey> recent_;
    std::deque<Sighting> sightings_;  // oldest first; those of rows that were seen again since count for nothing

    std::uint64_t chain_ = 1;                // grows with each restart
    std::int64_t chain_end_ = 0;             // one past the largest place
    std::uint64_t here_ = 0;                 // position behind the slice that joined last, when it was read
    std::uint64_t reach_ = 0;                // position behind the chain's end, as that slice lets it be estimated
    std::uint64_t farthest_ = 0;             // that here_ ever was
    std::optional<KeyHash> last_;            // last row of that slice
    bool grew_ = false, same_last_ = false;  // what that slice did: brought a row; ended with the row of the one before
    bool was_beyond_ = false;                // that slice was asked for behind all that was known
    bool has_others_behind_ = false;         // since it grew, a read that was wanted shared nothing
    std::uint64_t grew_at_ = 0;              // here_ when the chain last grew
    std::uint64_t last_again_ = 0;           // slices in a row that had the chain's last rows, wherever they began
    std::uint64_t largest_ = 0;              // rows of a slice
    std::uint64_t short_in_a_row_ = 0;       // slices that joined, and were much smaller than that or brought nothing

    std::optional<SliceRequest> wanted_;
    std::optional<Slice> waiting_;  // the planned slice on the other side of the open seam
    int attempt_ = 0;               // which range next_range() gives
    int tries_ = 0;                 // reads since the chain last grew
    bool list_ends_right_ = false;  // nothing to be found to the right of the seam
    bool ended_ = false;
    SeamsStats stats_;
};

/// Whether two slices that were read already share a row, as take() would see it: while planned slices still wait for
/// those before them, what to_bridge(left, right) names can be read for those that do not, and taken between the two.
[[nodiscard]] bool share_a_row(const Slice& left, const Slice& right);
[[nodiscard]] SliceRequest to_bridge(const Slice& left, const Slice& right);

}  // namespace trawl::fetch
