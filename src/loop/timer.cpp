#include "trawl/loop/timer.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

namespace trawl {
namespace loop {
namespace {

Timer& timer_of(Waiter& waiter) noexcept { return static_cast<Timer&>(waiter); }

bool in_order(List<Waiter>& due) {
    bool in_order = true;
    TimePoint last = TimePoint::min();
    due.for_each([&](Waiter& waiter) {
        const TimePoint deadline = timer_of(waiter).deadline();
        in_order = in_order && std::exchange(last, deadline) <= deadline;
    });
    return in_order;
}

// By hand stable: std::stable_sort of GCC 12 uses what C++23 has removed.
void sort(List<Waiter>& due) {
    std::vector<std::pair<Timer*, std::size_t>> order;
    while (!due.empty()) order.emplace_back(&timer_of(due.pop_front()), order.size());
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return std::tuple(a.first->deadline(), a.second) < std::tuple(b.first->deadline(), b.second);
    });
    for (const auto& [timer, added] : order) due.push_back(*timer);
}

constexpr std::uint64_t bits_from(std::size_t i) noexcept { return ~std::uint64_t{0} << i; }
constexpr std::uint64_t bit(std::size_t i) noexcept { return std::uint64_t{1} << i; }
std::size_t lowest(std::uint64_t bits) noexcept { return static_cast<std::size_t>(std::countr_zero(bits)); }

}  // namespace

// ---- SparseSet ----

void SparseSet::insert(std::size_t i) noexcept {
    words_[i / 64] |= bit(i % 64);
    groups_[i / 64 / 64] |= bit(i / 64 % 64);
    all_ |= bit(i / 64 / 64);
}

void SparseSet::erase(std::size_t i) noexcept {
    words_[i / 64] &= ~bit(i % 64);
    if (words_[i / 64] != 0) return;
    groups_[i / 64 / 64] &= ~bit(i / 64 % 64);
    if (groups_[i / 64 / 64] == 0) all_ &= ~bit(i / 64 / 64);
}

// In the word of `i`, then in the words behind it in the same group, then in the groups behind that.
std::optional<std::size_t> SparseSet::first_from(std::size_t i) const noexcept {
    std::size_t word = i / 64;
    std::uint64_t found = words_[word] & bits_from(i % 64);
    if (found == 0) {
        std::size_t group = word / 64;
        std::uint64_t words = groups_[group] & (bits_from(word % 64) << 1);
        if (words == 0) {
            const std::uint64_t groups = all_ & (bits_from(group) << 1);
            if (groups == 0) return std::nullopt;
            group = lowest(groups);
            words = groups_[group];
        }
        word = group * 64 + lowest(words);
        found = words_[word];
    }
    return word * 64 + lowest(found);
}

// ---- NearTimers ----

NearTimers::~NearTimers() {
    for (auto i = occupied_.first_from(0); i; i = occupied_.first_from(*i)) {
        std::destroy_at(&slots_[*i]);
        occupied_.erase(*i);
    }
}

void NearTimers::add(Timer& timer, std::uint64_t tick) noexcept {
    const std::size_t i = tick % kSlots;
    if (!occupied_.contains(i)) {
        std::construct_at(&slots_[i]);
        occupied_.insert(i);
    }
    Slot& slot = slots_[i];
    if (!slot.empty() && timer_of(slot.back()).deadline() > timer.deadline()) unordered_.insert(i);
    slot.push_back(timer);
}

// The slots behind those of this block's end hold the next block's ticks, wherever they are in memory.
std::optional<std::uint64_t> NearTimers::next(std::uint64_t tick) noexcept {
    const std::size_t from = (tick + 1) % kSlots;
    auto found = next_slot(from);
    if (!found && from > 0) found = next_slot(0);
    if (!found) return std::nullopt;
    return tick + 1 + (*found + kSlots - from) % kSlots;
}

std::optional<std::size_t> NearTimers::next_slot(std::size_t from) noexcept {
    while (const auto i = occupied_.first_from(from)) {
        if (!slots_[*i].empty()) return i;
        occupied_.erase(*i);
        unordered_.erase(*i);
    }
    return std::nullopt;
}

void NearTimers::wake(std::uint64_t tick, Schedule& schedule) {
    const std::size_t i = tick % kSlots;
    if (!occupied_.contains(i)) return;
    occupied_.erase(i);
    if (unordered_.contains(i)) {
        unordered_.erase(i);
        sort(slots_[i]);
    }
    schedule.wake_all(slots_[i]);
}

// ---- FarTimers ----

void FarTimers::add(Timer& timer, std::uint64_t block, std::uint64_t present) noexcept {
    const int highest_bit = static_cast<int>(std::bit_width(block ^ present)) - 1;
    const auto level = static_cast<std::size_t>(std::min(highest_bit / kSlotBits, kLevels - 1));
    const std::size_t slot = (block >> (level * kSlotBits)) & (kSlots - 1);
    occupied_[level] |= bit(slot);
    slots_[level][slot].push_back(timer);
}

// Slots before the present digit of a level are always empty.
std::optional<std::uint64_t> FarTimers::next(std::uint64_t present) noexcept {
    for (std::size_t level = 0; level < kLevels; ++level) {
        while (occupied_[level] != 0) {
            const std::size_t slot = lowest(occupied_[level]);
            if (!slots_[level][slot].empty()) {
                const std::size_t shift = level * kSlotBits;
                const std::uint64_t above = present >> shift >> kSlotBits << kSlotBits;
                return (above | slot) << shift;
            }
            occupied_[level] &= ~bit(slot);
        }
    }
    return std::nullopt;
}

void FarTimers::enter(std::uint64_t block, List<Waiter>& entered) noexcept {
    for (std::size_t level = 0; level < kLevels; ++level) {
        const std::size_t slot = (block >> (level * kSlotBits)) & (kSlots - 1);
        if ((occupied_[level] >> slot & 1) == 0) continue;
        occupied_[level] &= ~bit(slot);
        entered.append(slots_[level][slot]);
    }
}

}  // namespace loop

// ---- TimerWheel ----

TimerWheel::TimerWheel(TimePoint now, int tick_bits)
    : tick_bits_(tick_bits), tick_(tick_before(now)), near_(std::make_unique_for_overwrite<loop::NearTimers>()) {}

std::uint64_t TimerWheel::tick_before(TimePoint time) const noexcept {
    return static_cast<std::uint64_t>(std::max<Duration::rep>(time.time_since_epoch().count(), 0)) >> tick_bits_;
}

// Rounded up: the tick at whose beginning the deadline has certainly passed.
std::uint64_t TimerWheel::tick_after(TimePoint time) const noexcept {
    const auto nanoseconds = static_cast<std::uint64_t>(std::max<Duration::rep>(time.time_since_epoch().count(), 0));
    return (nanoseconds + ((std::uint64_t{1} << tick_bits_) - 1)) >> tick_bits_;
}

TimePoint TimerWheel::time_of(std::uint64_t tick) const noexcept {
    constexpr std::uint64_t kLast = static_cast<std::uint64_t>(TimePoint::max().time_since_epoch().count());
    return TimePoint(Duration(static_cast<Duration::rep>(std::min(tick << tick_bits_, kLast))));
}

void TimerWheel::add(Timer& timer, TimePoint deadline) noexcept {
    timer.deadline_ = deadline;
    if (tick_after(deadline) <= tick_) {
        overdue_.push_back(timer);
    } else {
        place(timer);
    }
}

void TimerWheel::place(Timer& timer) noexcept {
    const std::uint64_t tick = tick_after(timer.deadline_);
    const std::uint64_t block = tick >> loop::NearTimers::kBlockBits;
    if (block <= next_block()) {
        near_->add(timer, tick);
    } else {
        far_.add(timer, block, next_block());
    }
}

// Far timers move near a block before they are due: whoever is added to that block from then on comes behind them.
std::optional<std::uint64_t> TimerWheel::next_tick() noexcept {
    const auto near = near_->next(tick_);
    const auto block = far_.next(next_block());
    if (!block) return near;
    const std::uint64_t far = (*block - 1) << loop::NearTimers::kBlockBits;
    return near ? std::min(*near, far) : far;
}

// Requires: nothing is due, and no far slot begins, before `tick`.
void TimerWheel::enter(std::uint64_t tick) noexcept {
    const std::uint64_t before = next_block();
    tick_ = tick;
    if (next_block() == before) return;
    List<Waiter> entered;
    far_.enter(next_block(), entered);
    while (!entered.empty()) place(loop::timer_of(entered.pop_front()));
}

void TimerWheel::advance(TimePoint now, Schedule& schedule) {
    if (!overdue_.empty()) {
        if (!loop::in_order(overdue_)) loop::sort(overdue_);
        schedule.wake_all(overdue_);
    }
    const std::uint64_t target = tick_before(now);
    if (target <= tick_) return;
    for (auto tick = next_tick(); tick && *tick <= target; tick = next_tick()) {
        enter(*tick);
        near_->wake(*tick, schedule);
    }
    enter(target);
}

std::optional<TimePoint> TimerWheel::next_deadline() noexcept {
    if (!overdue_.empty()) return time_of(tick_);
    const auto tick = next_tick();
    if (!tick) return std::nullopt;
    return time_of(*tick);
}

}  // namespace trawl
