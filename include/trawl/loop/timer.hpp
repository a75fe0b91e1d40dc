/// Timers: a timing wheel whose nodes live in the awaiters. Adding and cancelling take O(1) and allocate nothing,
/// however many tens of millions there are (Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987).
///
/// A tick is 2^16 ns (66 µs) unless said otherwise. A timer never fires before its deadline, and at most a tick after
/// the wheel is advanced past it. Timers that fire in one advance are woken in order of deadline, equal deadlines in
/// order of addition.
///
/// A timer of the next two to four seconds has the slot of its tick at once (NearTimers) and is not touched again until
/// its task runs: of many, each touch is a cache miss. Others wait in slots of growing width (FarTimers).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
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

namespace loop {

/// Numbers below 2^16: finding the next one takes O(1).
class SparseSet {
public:
    static constexpr std::size_t kSize = std::size_t{1} << 16;

    [[nodiscard]] bool contains(std::size_t i) const noexcept { return (words_[i / 64] >> (i % 64) & 1) != 0; }
    void insert(std::size_t i) noexcept;
    void erase(std::size_t i) noexcept;
    /// The least number from `i` on.
    [[nodiscard]] std::optional<std::size_t> first_from(std::size_t i) const noexcept;

private:
    // A bit of a level stands for a word of the level below that is not zero.
    std::array<std::uint64_t, kSize / 64> words_{};
    std::array<std::uint64_t, kSize / 64 / 64> groups_{};
    std::uint64_t all_ = 0;
};

/// A slot for each tick of this block of ticks and of the next one. No tick of another block may be added.
class NearTimers {
public:
    static constexpr int kBlockBits = 15;  // two blocks hold all waits of up to 2.1 s

    // Not zeroed: a slot is made when its first timer is added, so that memory is touched only where timers are.
    NearTimers() noexcept {}
    NearTimers(const NearTimers&) = delete;
    NearTimers& operator=(const NearTimers&) = delete;
    ~NearTimers();

    void add(Timer& timer, std::uint64_t tick) noexcept;
    /// The earliest tick after `tick` that has timers.
    [[nodiscard]] std::optional<std::uint64_t> next(std::uint64_t tick) noexcept;
    /// Wakes the timers of `tick`.
    void wake(std::uint64_t tick, Schedule& schedule);

private:
    using Slot = List<Waiter>;
    static constexpr std::size_t kSlots = SparseSet::kSize;
    static_assert(kSlots == std::size_t{2} << kBlockBits);

    [[nodiscard]] std::optional<std::size_t> next_slot(std::size_t from) noexcept;

    SparseSet occupied_;   // slots that are made; their timers may have been cancelled
    SparseSet unordered_;  // those of them in which a deadline lies before the one that was added before it
    union {
        std::array<Slot, kSlots> slots_;
    };
};

/// Slots that are 1, 64, 64^2, ... blocks wide. A slot of level n holds timers whose block differs from the present one
/// in digit n (base 64), and in none above it: the lower digits are still to come.
class FarTimers {
public:
    /// Requires: `block` is after `present`.
    void add(Timer& timer, std::uint64_t block, std::uint64_t present) noexcept;
    /// The block at which the earliest slot with timers begins.
    [[nodiscard]] std::optional<std::uint64_t> next(std::uint64_t present) noexcept;
    /// Moves the timers of the slots that begin at `block` to `entered`.
    void enter(std::uint64_t block, List<Waiter>& entered) noexcept;

private:
    static constexpr int kSlotBits = 6;
    static constexpr int kLevels = 8;  // with the bits of a block and of a tick they span what a TimePoint can hold
    static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;

    std::array<std::uint64_t, kLevels>
        occupied_{};  // a bit per slot; may be set for a slot whose timers were cancelled
    std::array<std::array<List<Waiter>, kSlots>, kLevels> slots_;
};

}  // namespace loop

class TimerWheel {
public:
    static constexpr int kTickBits = 16;

    /// A tick is 2^`tick_bits` ns; 0 is exact, and what a virtual loop has.
    explicit TimerWheel(TimePoint now, int tick_bits = kTickBits);

    /// Adds `timer`, to be woken at `deadline` (at once when that has passed). Requires: it is suspended and not
    /// linked.
    void add(Timer& timer, TimePoint deadline) noexcept;
    /// Wakes every timer whose deadline is not after `now`.
    void advance(TimePoint now, Schedule& schedule);
    /// No timer is due before this time; nothing when there are no timers. Cancelled timers may make it too early.
    [[nodiscard]] std::optional<TimePoint> next_deadline() noexcept;

private:
    [[nodiscard]] std::uint64_t tick_before(TimePoint time) const noexcept;
    [[nodiscard]] std::uint64_t tick_after(TimePoint time) const noexcept;
    [[nodiscard]] TimePoint time_of(std::uint64_t tick) const noexcept;
    [[nodiscard]] std::uint64_t next_block() const noexcept { return (tick_ >> loop::NearTimers::kBlockBits) + 1; }
    void place(Timer& timer) noexcept;
    [[nodiscard]] std::optional<std::uint64_t> next_tick() noexcept;
    void enter(std::uint64_t tick) noexcept;

    int tick_bits_;
    std::uint64_t tick_;  // everything up to this tick has fired
    std::unique_ptr<loop::NearTimers> near_;
    loop::FarTimers far_;   // those behind the next block; when that changes, its timers move near
    List<Waiter> overdue_;  // added with a deadline that had passed
};

}  // namespace trawl
