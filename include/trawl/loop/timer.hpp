/// Timers: a hierarchical timing wheel whose nodes live in the awaiters. Adding and cancelling take O(1) and allocate
/// nothing, however many tens of millions there are (Varghese and Lauck, "Hashed and hierarchical timing wheels",
/// 1987).
///
/// A tick is 2^16 ns (66 µs). A timer never fires before its deadline, and at most a tick after the wheel is advanced
/// past it. Timers that fire in one advance are woken in order of deadline, equal deadlines in order of addition.
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
    [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }

private:
    friend class TimerWheel;
    TimePoint deadline_;
};

class TimerWheel {
public:
    explicit TimerWheel(TimePoint now) noexcept : tick_(tick_before(now)) {}

    /// Adds `timer`, to be woken at `deadline` (at once when that has passed). Requires: it is suspended and not
    /// linked.
    void add(Timer& timer, TimePoint deadline) noexcept;
    /// Wakes every timer whose deadline is not after `now`.
    void advance(TimePoint now, Schedule& schedule);
    /// No timer is due before this time; nothing when there are no timers. Cancelled timers may make it too early.
    [[nodiscard]] std::optional<TimePoint> next_deadline() noexcept;

private:
    static constexpr int kTickBits = 16;
    static constexpr int kSlotBits = 6;
    static constexpr int kLevels = 8;  // 8 levels of 64 slots span 2^48 ticks: all that a TimePoint can hold
    static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;
    using Slot = List<Timer>;

    static std::uint64_t tick_before(TimePoint time) noexcept;
    static std::uint64_t tick_after(TimePoint time) noexcept;
    static TimePoint time_of(std::uint64_t tick) noexcept;
    void place(Timer& timer) noexcept;
    [[nodiscard]] std::optional<std::uint64_t> next_tick() noexcept;
    void enter(std::uint64_t tick, List<Timer>& due) noexcept;
    static void wake_in_order(List<Timer>& due, Schedule& schedule);

    std::uint64_t tick_;  // everything up to this tick has fired
    std::array<std::uint64_t, kLevels>
        occupied_{};  // a bit per slot; may be set for a slot whose timers were cancelled
    std::array<std::array<Slot, kSlots>, kLevels> slots_;
    List<Timer> overdue_;  // added with a deadline that had passed
};

}  // namespace trawl
