/// Timers: a hierarchical timing wheel whose nodes live in the awaiters. Adding and cancelling take O(1) and allocate
/// nothing, however many tens of millions there are (Varghese and Lauck, "Hashed and hierarchical timing wheels",
/// 1987).
///
/// A tick is 2^16 ns (66 µs) unless said otherwise. A timer never fires before its deadline, and at most a tick after
/// the wheel is advanced past it. Timers that fire in one advance are woken in order of deadline, equal deadlines in
/// order of addition.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "trawl/base/clock.hpp"
#include "trawl/coro/schedule.hpp"

namespace trawl {

/// A waiter with a deadline. Destroying (or unlinking) it cancels it.
class Timer : public Waiter {
public:
    Timer() = default;
    explicit Timer(TimePoint deadline) noexcept : deadline_(deadline) {}
    [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }

private:
    friend class TimerWheel;
    TimePoint deadline_;
};

class TimerWheel {
public:
    static constexpr int kTickBits = 16;

    /// A tick is 2^`tick_bits` ns; 0 is exact, and what a virtual loop has.
    explicit TimerWheel(TimePoint now, int tick_bits = kTickBits) noexcept
        : tick_bits_(tick_bits), tick_(tick_before(now)) {}

    /// Adds `timer`, to be woken at `deadline` (at once when that has passed). Requires: it is suspended and not
    /// linked.
    void add(Timer& timer, TimePoint deadline) noexcept;
    /// Wakes every timer whose deadline is not after `now`.
    void advance(TimePoint now, Schedule& schedule);
    /// No timer is due before this time; nothing when there are no timers. Cancelled timers may make it too early.
    [[nodiscard]] std::optional<TimePoint> next_deadline() noexcept;

private:
    static constexpr int kSlotBits = 6;
    static constexpr int kLevels = 11;  // 64 slots each: they span 2^66 ticks, more than a TimePoint can hold
    static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;
    using Slot = List<Timer>;

    [[nodiscard]] std::uint64_t tick_before(TimePoint time) const noexcept;
    [[nodiscard]] std::uint64_t tick_after(TimePoint time) const noexcept;
    [[nodiscard]] TimePoint time_of(std::uint64_t tick) const noexcept;
    void place(Timer& timer) noexcept;
    [[nodiscard]] std::optional<std::uint64_t> next_tick() noexcept;
    void enter(std::uint64_t tick, List<Timer>& due) noexcept;
    static void wake_in_order(List<Timer>& due, Schedule& schedule);
    static void sort(List<Timer>& due);

    int tick_bits_;
    std::uint64_t tick_;  // everything up to this tick has fired
    std::array<std::uint64_t, kLevels>
        occupied_{};  // a bit per slot; may be set for a slot whose timers were cancelled
    std::array<std::array<Slot, kSlots>, kLevels> slots_;
    List<Timer> overdue_;  // added with a deadline that had passed
};

}  // namespace trawl
