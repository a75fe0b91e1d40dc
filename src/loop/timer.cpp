#include "trawl/loop/timer.hpp"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>
#include <vector>

namespace trawl {

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

// The level is that of the highest digit (base 64) in which the timer's tick differs from the present one, so that a
// slot of level n holds timers whose lower digits are still to come: they are placed again when the wheel enters the
// slot.
void TimerWheel::place(Timer& timer) noexcept {
    const std::uint64_t tick = tick_after(timer.deadline_);
    const int highest_bit = static_cast<int>(std::bit_width(tick ^ tick_)) - 1;
    const auto level = static_cast<std::size_t>(std::min(highest_bit / kSlotBits, kLevels - 1));
    const std::size_t slot = (tick >> (level * kSlotBits)) & (kSlots - 1);
    occupied_[level] |= std::uint64_t{1} << slot;
    slots_[level][slot].push_back(timer);
}

// The tick at which the earliest occupied slot begins. Slots before the present digit of a level are always empty.
std::optional<std::uint64_t> TimerWheel::next_tick() noexcept {
    for (std::size_t level = 0; level < kLevels; ++level) {
        while (occupied_[level] != 0) {
            const auto slot = static_cast<std::size_t>(std::countr_zero(occupied_[level]));
            if (!slots_[level][slot].empty()) {
                const std::size_t shift = level * kSlotBits;
                const std::uint64_t above = tick_ >> shift >> kSlotBits << kSlotBits;
                return (above | slot) << shift;
            }
            occupied_[level] &= ~(std::uint64_t{1} << slot);
        }
    }
    return std::nullopt;
}

// Moves the wheel to `tick`, the beginning of an occupied slot: what is due there joins `due`, the rest moves down a
// level.
void TimerWheel::enter(std::uint64_t tick, List<Timer>& due) noexcept {
    tick_ = tick;
    List<Timer> entered;
    for (std::size_t level = 0; level < kLevels; ++level) {
        const std::size_t slot = (tick >> (level * kSlotBits)) & (kSlots - 1);
        if ((occupied_[level] >> slot & 1) == 0) continue;
        occupied_[level] &= ~(std::uint64_t{1} << slot);
        entered.append(slots_[level][slot]);
    }
    while (!entered.empty()) {
        Timer& timer = entered.pop_front();
        if (tick_after(timer.deadline_) <= tick_) {
            due.push_back(timer);
        } else {
            place(timer);
        }
    }
}

// What is due together is mostly in order already: a million timers of one deadline are.
void TimerWheel::wake_in_order(List<Timer>& due, Schedule& schedule) {
    bool in_order = true;
    TimePoint last = TimePoint::min();
    due.for_each(
        [&](const Timer& timer) { in_order = in_order && std::exchange(last, timer.deadline_) <= timer.deadline_; });
    if (!in_order) sort(due);
    while (!due.empty()) schedule.wake(due.pop_front());
}

// By hand stable: std::stable_sort of GCC 12 uses what C++23 has removed.
void TimerWheel::sort(List<Timer>& due) {
    std::vector<std::pair<Timer*, std::size_t>> order;
    while (!due.empty()) order.emplace_back(&due.pop_front(), order.size());
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first->deadline_, a.second) < std::tie(b.first->deadline_, b.second);
    });
    for (const auto& [timer, added] : order) due.push_back(*timer);
}

void TimerWheel::advance(TimePoint now, Schedule& schedule) {
    List<Timer> due;
    due.append(overdue_);
    const std::uint64_t target = tick_before(now);
    for (auto tick = next_tick(); tick && *tick <= target; tick = next_tick()) enter(*tick, due);
    tick_ = std::max(tick_, target);
    if (!due.empty()) wake_in_order(due, schedule);
}

std::optional<TimePoint> TimerWheel::next_deadline() noexcept {
    if (!overdue_.empty()) return time_of(tick_);
    const auto tick = next_tick();
    if (!tick) return std::nullopt;
    return time_of(*tick);
}

}  // namespace trawl
