/// Soundness rests on join() and ends_with() alone: positions are estimates, and only say where to look.
#include "seams.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

// What next_range() tries, in this order. From `far` on it goes away from the seam, twice as far each time, to the
// left, to the right, and every third time near it once more: a source that moves to and fro is met at either of its
// places.
enum Attempt { bridge = -1, jump = 0, walk = 1, near = 2, back = 3, far = 4 };

// A seam's reads do not fill more than half of what is remembered: 64 of them (tries_max), 128 slices.
constexpr std::size_t slices_remembered_min = 128;

// A short list may be begun anew as often as rows come and go in front of it.
constexpr std::uint64_t restarting_slices_min = 1000;

// An answer that is cut at random would have to be cut at the same row as often as this, wherever it begins. And a list
// would have to grow in front by just as much as the reads go on, each time by another number of pages.
constexpr std::uint64_t same_end_max = 8;

// Rows that are added at the end all the time are no stable rows. Answers that are cut at random would have to be below
// half of the largest, or end before the first new row, as often as this: less than once in 2^40.
constexpr std::uint64_t short_in_a_row_max = 40;

constexpr std::string_view nothing_in_common = "had no row in common with those before it";

std::uint64_t minus(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

/// The last row up to which at least a quarter of the rows are known (a list may have doubled everywhere at once). A
/// single known row behind many unknown ones is more likely one that moved there.
template <typename IsKnown>
std::optional<std::size_t> last_trusted(const Slice& slice, IsKnown is_known) {
    std::optional<std::size_t> last;
    std::size_t known = 0;
    for (std::size_t i = 0; i < slice.keys.size(); ++i) {
        if (!is_known(slice.keys[i])) continue;
        ++known;
        if (slice.begin == 0 || 4 * known >= i + 1) last = i;
    }
    return last;
}

}  // namespace

Seams::Seams(const SeamsOptions& options) : options_(options) {
    if (options_.slice_size < 2)
        throw UsageError(
            "pages of one row cannot share a row with their neighbours: ask for larger pages, or pull without a "
            "primary key");
}

std::vector<std::size_t> Seams::take(const Slice& slice) {
    std::vector<std::size_t> fresh = remember(slice);
    if (!ended_) {
        const bool was_wanted = wanted_.has_value();
        wanted_.reset();
        if (was_wanted) ++(waiting_ ? stats_.repairs : stats_.looks);
        if (join(slice))
            joined(slice, was_wanted);
        else if (was_wanted)
            apart(slice);
        else
            open_seam(slice);
    }
    forget_oldest();
    return fresh;
}

std::vector<std::size_t> Seams::remember(const Slice& slice) {
    std::vector<std::size_t> fresh;
    ++stats_.slices;
    stats_.rows += slice.keys.size();
    largest_ = std::max<std::uint64_t>(largest_, slice.keys.size());
    for (std::size_t i = 0; i < slice.keys.size(); ++i) {
        const auto [known, is_new] = recent_.try_emplace(slice.keys[i]);
        if (!is_new && known->second.slice == stats_.slices)
            throw UsageError(
                format("row {} of the answer at position {} has the primary key of another row there: the key does "
                       "not tell rows apart; name all of its fields",
                       i + 1, slice.begin));
        known->second.slice = stats_.slices;
        sightings_.push_back({slice.keys[i], stats_.slices});
        if (is_new) fresh.push_back(i);
    }
    stats_.repeated += slice.keys.size() - fresh.size();
    return fresh;
}

void Seams::forget_oldest() {
    const std::size_t keep = std::max<std::size_t>(options_.recent_max, slices_remembered_min * largest_);
    while (recent_.size() > keep || sightings_.size() > 2 * keep) {
        const Sighting oldest = sightings_.front();
        sightings_.pop_front();
        const auto known = recent_.find(oldest.key);
        if (known != recent_.end() && known->second.slice == oldest.slice) recent_.erase(known);
    }
}

const Seams::Known* Seams::chained(const KeyHash& key) const {
    const auto known = recent_.find(key);
    return known != recent_.end() && known->second.chain == chain_ ? &known->second : nullptr;
}

std::optional<std::size_t> Seams::shared_row(const Slice& slice) const {
    return last_trusted(slice, [this](const KeyHash& key) { return chained(key) != nullptr; });
}

/// Makes the slice a part of the chain if it shares a row with it, or begins where the list begins.
bool Seams::join(const Slice& slice) {
    const std::optional<std::size_t> shared = shared_row(slice);
    if (!shared && slice.begin != 0) return false;
    if (!shared && chain_end_ != 0) restart();
    was_beyond_ = slice.begin + 1 >= here_ && slice.begin + quarter() >= reach_;
    const auto size = static_cast<std::int64_t>(slice.keys.size());
    const std::int64_t first = shared ? chained(slice.keys[*shared])->place - static_cast<std::int64_t>(*shared) : 0;
    grew_ = false;
    for (std::int64_t i = 0; i < size; ++i) {
        Known& known = recent_[slice.keys[static_cast<std::size_t>(i)]];
        if (known.chain == chain_) continue;
        known.chain = chain_;
        known.place = first + i;
        grew_ = true;
    }
    chain_end_ = std::max(chain_end_, first + size);
    here_ = slice.end();
    reach_ = here_ + static_cast<std::uint64_t>(chain_end_ - (first + size));
    farthest_ = std::max(farthest_, here_);
    same_last_ = size > 0 && last_ == slice.keys.back();
    if (size > 0) last_ = slice.keys.back();
    if (grew_) {
        tries_ = 0;
        has_others_behind_ = false;
        grew_at_ = here_;
    }
    return true;
}

void Seams::restart() {
    ++stats_.restarts;
    const std::uint64_t passes_slices = farthest_ / largest_of_two() * options_.restarts_max;
    if (stats_.slices > restarting_slices_min + passes_slices)
        throw PaginationError(
            format("the source's rows were replaced {} times while they were read; pull again when it is at rest, or "
                   "without a primary key to take what comes",
                   stats_.restarts));
    ++chain_;
    chain_end_ = 0;
    last_.reset();
}

void Seams::joined(const Slice& slice, bool was_wanted) {
    ended_ = ends_with(slice);
    if (ended_) return waiting_.reset();
    // Planned slices may be known for long: rows were put in before them. Looks come to an end by themselves.
    if (was_wanted && !grew_ && (waiting_ || short_in_a_row_ > 2 * short_in_a_row_max))
        count_try(nothing_in_common);
    else if (is_known_behind_the_end(slice))
        count_try("brought no new row");
    if (waiting_) return retry_waiting();
    if (slice.is_short()) return look();
    if (last_again_ > 0 && options_.kind == SliceKind::offset) look_farther();
}

/// A full slice of known rows where new ones should be, or the end. Rows that were put in at once before the chain let
/// it be read again, but not farther than it is long: a source that goes on beyond that goes round in circles.
bool Seams::is_known_behind_the_end(const Slice& slice) const {
    if (grew_ || slice.is_short()) return false;
    return was_beyond_ || here_ > grew_at_ + static_cast<std::uint64_t>(chain_end_);
}

/// A source may move a position that is too large back, to where a whole page is left.
bool Seams::is_last_again(const Slice& slice) const {
    if (has_others_behind_ || grew_ || slice.is_short() || !was_beyond_ || !same_last_) return false;
    const Known* last = chained(slice.keys.back());
    return last != nullptr && last->place + 1 == chain_end_;
}

/// The chain grew by a repair: does the planned slice share a row with it now?
void Seams::retry_waiting() {
    const Slice planned = std::move(*waiting_);
    waiting_.reset();
    if (join(planned)) return joined(planned, false);
    if (here_ >= planned.end() && !planned.keys.empty()) return;  // all that it could tell was read again
    waiting_ = planned;
    if (grew_)
        attempt_ = reach_ > here_ ? jump : walk;
    else
        attempt_ = tries_ % 3;  // jump, walk or near: another one each time, for a source that moves to and fro
    repair();
}

/// A slice that has nothing behind the chain's last row, although it could have had.
bool Seams::ends_with(const Slice& slice) {
    const std::uint64_t size = slice.keys.size();
    const bool much_smaller = 2 * size <= largest_;
    short_in_a_row_ = slice.is_short() && (much_smaller || !grew_) ? short_in_a_row_ + 1 : 0;
    last_again_ = is_last_again(slice) ? last_again_ + 1 : 0;
    if (!slice.is_short()) return last_again_ >= same_end_max;
    if (slice.keys.empty()) return true;  // it joined: it begins at 0
    // A source may give fewer rows than were asked for: always the same number, or as many as fit, but two at least.
    if (short_in_a_row_ >= short_in_a_row_max && size < largest_) return true;
    if (grew_) return false;
    if (same_last_ && short_in_a_row_ >= same_end_max && size < largest_) return true;
    const bool is_whole_page = options_.kind == SliceKind::page && size < std::max<std::uint64_t>(largest_, 3);
    return size == 1 || is_whole_page;
}

/// A slice that was wanted shares nothing.
void Seams::apart(const Slice& slice) {
    last_again_ = 0;
    has_others_behind_ = true;  // or nothing: the source does not give its last rows for all positions
    if (slice.is_short() && slice.begin >= reach_) list_ends_right_ = true;
    if (attempt_ == bridge) ++stats_.seams;
    attempt_ = attempt_ == bridge ? near : attempt_ + 1;
    count_try(nothing_in_common);
    repair();
}

/// A planned slice shares nothing.
void Seams::open_seam(const Slice& slice) {
    const bool is_behind = slice.end() <= reach_ && slice.begin + 1 < here_;
    if (is_behind && !slice.is_short()) return;  // rows were put in before what the chain has
    waiting_ = slice;
    list_ends_right_ = false;
    if (slice.begin > here_)
        attempt_ = reach_ > here_ ? jump : walk;
    else
        attempt_ = slice.begin == here_ ? bridge : near;
    if (attempt_ != bridge) ++stats_.seams;
    count_try(nothing_in_common);
    repair();
}

void Seams::count_try(std::string_view what) {
    if (++tries_ <= options_.tries_max) return;
    throw PaginationError(
        format("the source changes faster than it can be read: {} reads around position {} {}; ask for larger pages, "
               "sort by what does not change (an id), or pull again when the source is at rest",
               tries_, here_, what));
}

/// The list seems to end: is there anything behind the last row?
void Seams::look() {
    attempt_ = walk;
    list_ends_right_ = false;
    repair();
    if (options_.kind == SliceKind::page) wanted_->count = 2;
}

/// The source may give its last rows for all positions behind them: then for another one, too. By another number of
/// pages each time, so that rows that are put in before cannot keep pace.
void Seams::look_farther() {
    attempt_ = walk;
    list_ends_right_ = false;
    wanted_ = SliceRequest{minus(here_, 1) + last_again_ * largest_of_two(), step()};
}

void Seams::repair() { wanted_ = next_range(); }

std::uint64_t Seams::step() const noexcept {
    const std::uint64_t size = options_.kind == SliceKind::page ? options_.slice_size / 2 : options_.slice_size;
    return std::max<std::uint64_t>(size, 2);
}

std::uint64_t Seams::quarter() const noexcept { return std::max<std::uint64_t>(largest_ / 4, 2); }

std::uint64_t Seams::largest_of_two() const noexcept { return std::max<std::uint64_t>(largest_, 2); }

SliceRequest Seams::next_range() {
    const std::uint64_t size = std::min(largest_of_two(), step());
    const std::uint64_t quarter = std::max<std::uint64_t>(size / 4, 2);
    switch (attempt_) {
        case bridge:
            return {minus(here_, 1), 2};
        case jump:
            return {minus(reach_, quarter), step()};
        case walk:
            return {minus(here_, 1), step()};
        case near:
            return {minus(here_, quarter), step()};
        case back:
            return {minus(here_, size - 1), step()};
        default:
            return far_range(size, quarter);
    }
}

SliceRequest Seams::far_range(std::uint64_t size, std::uint64_t quarter) {
    if ((attempt_ - far) % 3 == 1 && list_ends_right_) ++attempt_;
    const int round = (attempt_ - far) / 3;
    const std::uint64_t distance = size << static_cast<unsigned>(std::min(round, 40));
    const std::uint64_t nearby[] = {minus(reach_, quarter), minus(here_, 1), minus(here_, quarter)};
    switch ((attempt_ - far) % 3) {
        case 0:
            return {minus(here_, 2 * distance), step()};
        case 1:
            return {std::max(reach_, here_) + distance - 1, step()};
        default:
            return {nearby[round % 3], step()};
    }
}

SliceRequest Seams::onward() const {
    return {reach_ > here_ + quarter() ? reach_ - quarter() : minus(here_, 1), step()};
}

std::string Seams::describe() const {
    std::string text = format("read to position {}", reach_);
    if (stats_.seams > 0)
        text += format("; {} of {} seams mended by {} reads", stats_.seams - (waiting_ ? 1 : 0), stats_.seams,
                       stats_.repairs);
    if (stats_.restarts > 0) text += format("; begun anew {} times", stats_.restarts);
    if (wanted_) text += format("; wants [{}, {})", wanted_->begin, wanted_->begin + wanted_->count);
    return text + (ended_ ? "; ended" : "");
}

bool share_a_row(const Slice& left, const Slice& right) {
    const std::unordered_set<KeyHash, HashOfKey> keys(left.keys.begin(), left.keys.end());
    return last_trusted(right, [&](const KeyHash& key) { return keys.contains(key); }).has_value();
}

SliceRequest to_bridge(const Slice& left, const Slice& right) {
    if (right.begin == left.end()) return {minus(right.begin, 1), 2};
    const std::uint64_t quarter = std::max<std::uint64_t>(left.keys.size() / 4, 2);
    return {minus(std::min(left.end(), right.begin), quarter), std::max<std::uint64_t>(right.asked, 2)};
}

}  // namespace trawl::fetch
