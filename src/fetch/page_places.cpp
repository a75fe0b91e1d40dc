/// One array with the pages in the first free slots from those of their fingerprints on. A page has no piece of memory
/// of its own: it takes half of what it would in a map, and a million of pages leave no holes for the commit to
/// inherit.
#include "page_places.hpp"

#include <algorithm>
#include <iterator>

namespace trawl::fetch {
namespace {

/// Doubled as often as it takes, it is enough for places_max.
constexpr std::size_t slots_at_first = 10;

/// A search stays short up to there: some thirty slots, next to each other.
constexpr std::size_t places_in(std::size_t slots) { return slots - slots / 8; }

}  // namespace

/// The page's own slot, or the free one that it would get. From the high bits: those that are kept share the low ones.
PagePlaces::Slot& PagePlaces::slot_of(std::uint64_t fingerprint) {
    std::size_t at = (fingerprint >> 32) * slots_.size() >> 32;
    while (slots_[at].is_taken() && slots_[at].fingerprint != fingerprint) at = at + 1 == slots_.size() ? 0 : at + 1;
    return slots_[at];
}

PagePlaces::Place PagePlaces::add(std::uint64_t fingerprint, std::uint64_t index) {
    if (slots_.empty()) move_to(slots_at_first);
    Slot& slot = slot_of(fingerprint);
    if (slot.is_taken()) return {slot.index, false};
    slot = {fingerprint, index};
    ++size_;
    make_room();
    return {index, true};
}

void PagePlaces::move_forward(std::uint64_t fingerprint, std::uint64_t index) { slot_of(fingerprint).index = index; }

void PagePlaces::make_room() {
    while (size_ > places_max) {
        left_out_ = 2 * left_out_ + 1;
        move_to(slots_.size());
    }
    if (size_ >= places_in(slots_.size())) move_to(2 * slots_.size());
}

/// What is kept goes to that many slots. The old ones are given back before the new ones are taken.
void PagePlaces::move_to(std::size_t slots) {
    const auto stays = [this](const Slot& slot) { return slot.is_taken() && is_kept(slot.fingerprint); };
    std::vector<Slot> kept;
    kept.reserve(static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), stays)));
    std::copy_if(slots_.begin(), slots_.end(), std::back_inserter(kept), stays);
    slots_ = std::vector<Slot>();
    slots_.resize(slots);
    size_ = kept.size();
    for (const Slot& slot : kept) slot_of(slot.fingerprint) = slot;
}

}  // namespace trawl::fetch
