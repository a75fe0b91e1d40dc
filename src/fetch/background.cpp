/// Background: refusals that come as often whatever is cut.
#include "trawl/fetch/background.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace trawl::limit {
namespace {

/// Who has a fifth too many in flight is refused more often than one in this many times; one more cut would end it.
constexpr double fewest_between = 5;
/// Cuts did not help if refusals are hardly rarer after the later two. By chance alone they seem so once in five times.
constexpr double hardly_rarer = 2.5;
/// A refusal after so many rounds of what is in flight has nothing to do with the one before; nor with few at once,
/// after so many answers.
constexpr double far_rounds = 20, far_answers = 100;
/// So much more than what comes anyway is not yet a change; in a row, so many, and what all that is in flight brings.
constexpr double margin = 2.5, in_a_row = 6;
/// What is known of the share is from about so many refusals.
constexpr double memory = 8;
/// What is taken for the share stays between: more is a source in trouble, and less are accidents, looked at one by
/// one.
constexpr double share_most = 0.2, share_least = 5e-4;

}  // namespace

double Background::credit_most(std::size_t limit) const noexcept {
    return in_a_row + margin * share_ * static_cast<double>(limit);
}

void Background::expect(std::size_t limit) noexcept { credit_ = credit_most(limit); }

void Background::accepted(std::size_t limit) noexcept {
    gap_ += 1;
    if (share_ == 0) return;
    share_ -= share_ * share_ / memory;
    credit_ = std::min(credit_most(limit), credit_ + margin * share_);
    if (share_ < share_least) share_ = 0;
}

bool Background::refused(std::size_t limit, bool is_raised) noexcept {
    const double gap = std::exchange(gap_, 0);
    if (share_ > 0) {
        share_ = std::min(share_most, share_ + share_ / memory);
        credit_ -= 1;
        if (credit_ >= 0) return true;
        share_ = 0;
    }
    was_alone_ = gap > std::max(far_answers, far_rounds * static_cast<double>(limit));
    if (was_alone_ || is_raised) gaps_known_ = 0;
    if (!was_alone_ && !is_raised) note(gap);
    if (!is_in_vain()) return false;
    share_ = std::min(share_most, seen / std::reduce(gaps_.begin(), gaps_.end()));
    credit_ = credit_most(limit);
    gaps_known_ = 0;
    return true;
}

void Background::note(double gap) noexcept {
    std::shift_left(gaps_.begin(), gaps_.end(), 1);
    gaps_.back() = gap;
    gaps_known_ = std::min(gaps_known_ + 1, seen);
}

bool Background::is_in_vain() const noexcept {
    if (gaps_known_ < seen) return false;
    const double former = gaps_[0] + gaps_[1], latter = gaps_[2] + gaps_[3];
    return former + latter >= seen * fewest_between && latter < hardly_rarer * former;
}

}  // namespace trawl::limit
