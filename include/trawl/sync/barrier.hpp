/// Barrier: tasks wait for each other until a number of them has arrived, then all go on; and again.
///
///     std::size_t index = co_await barrier.wait();
///
/// Rules: whoever arrives last does not suspend; from then on the next round is open, whether the others have run or
/// not. A task that is destroyed while it waits has not arrived. The barrier must outlive those who wait. The meaning
/// is that of Python's asyncio.Barrier, except that indices are dealt out when the round is complete, so that they are
/// 0, 1, ... without gaps in the order of arrival whoever has left before.
#pragma once

#include <coroutine>
#include <cstddef>
#include <string>

#include "trawl/coro/schedule.hpp"

namespace trawl {

class Barrier {
public:
    /// Rounds of `parties` tasks. Throws UsageError when it is 0.
    explicit Barrier(std::size_t parties);
    Barrier(const Barrier&) = delete;
    Barrier& operator=(const Barrier&) = delete;

    class Wait;
    /// Waits for the others of the round and gives the task's index in it: 0 for the first, parties() - 1 for the last
    /// to arrive. Throws BarrierBroken when the barrier is broken, or is aborted or reset meanwhile.
    [[nodiscard]] Wait wait() noexcept;

    /// Breaks the barrier: those who wait, and those who come until reset(), fail with BarrierBroken.
    void abort() noexcept;
    /// Mends the barrier: those who wait fail with BarrierBroken, those who come are the first of a new round.
    void reset() noexcept;

    [[nodiscard]] bool broken() const noexcept { return broken_; }
    [[nodiscard]] std::size_t parties() const noexcept { return parties_; }
    /// How many have arrived and wait for the others.
    [[nodiscard]] std::size_t waiting() const noexcept { return arrived_; }

private:
    bool arrive() noexcept;
    void turn_away() noexcept;

    std::size_t parties_;
    std::size_t arrived_ = 0;
    bool broken_ = false;
    List<Wait> waiting_;
};

class [[nodiscard("nothing is waited for until it is awaited")]] Barrier::Wait final : public Waiter {
public:
    explicit Wait(Barrier& barrier) noexcept : barrier_(barrier) {}
    /// Requires: `other` has not been awaited.
    Wait(Wait&& other) noexcept : Waiter(), barrier_(other.barrier_) {}
    ~Wait();

    bool await_ready() noexcept;
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    std::size_t await_resume() const;
    [[nodiscard]] std::string describe() const override;

private:
    friend class Barrier;
    enum class State { waiting, complete, broken };
    void go_on(State state, std::size_t index) noexcept;

    Barrier& barrier_;
    std::size_t index_ = 0;
    State state_ = State::waiting;
};

inline Barrier::Wait Barrier::wait() noexcept { return Wait(*this); }

}  // namespace trawl
