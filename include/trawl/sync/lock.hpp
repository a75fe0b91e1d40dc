/// Lock: one task at a time, first come, first served.
///
/// Rules: the lock is passed to whoever has waited longest, before that one runs, so that no newcomer overtakes; it is
/// not recursive: a task that waits for what it holds itself waits for ever (describe() says so; it is no error, for
/// the guard may have been handed to another task). The lock must outlive its guards and those who wait.
#pragma once

#include <cassert>
#include <coroutine>
#include <optional>
#include <string>
#include <utility>

#include "trawl/coro/schedule.hpp"

namespace trawl {

class Lock {
public:
    Lock() = default;
    /// Requires: nobody holds it.
    ~Lock() { assert(!locked_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

    /// Holds the lock until it is destroyed. Must not outlive the lock; may be handed to another task.
    class [[nodiscard("the lock is released as soon as its guard is dropped")]] Guard {
    public:
        /// Holds nothing.
        Guard() = default;
        Guard(Guard&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}
        Guard& operator=(Guard&& other) noexcept {
            Guard(std::move(other)).swap(*this);
            return *this;
        }
        ~Guard() { release(); }
        void swap(Guard& other) noexcept { std::swap(lock_, other.lock_); }

        /// Releases the lock now; does nothing when there is nothing to release.
        void release() noexcept {
            if (lock_ != nullptr) std::exchange(lock_, nullptr)->release();
        }
        [[nodiscard]] bool holds(const Lock& lock) const noexcept { return lock_ == &lock; }
        explicit operator bool() const noexcept { return lock_ != nullptr; }

    private:
        friend class Lock;
        explicit Guard(Lock& lock) noexcept : lock_(&lock) {}
        Lock* lock_ = nullptr;
    };

    class Turn;
    class Acquire;
    /// `auto guard = co_await lock.acquire();` Suspends while somebody else holds the lock or waits for it.
    [[nodiscard]] Acquire acquire() noexcept;
    /// The guard, or nothing when the lock is held. Never suspends.
    [[nodiscard]] std::optional<Guard> try_acquire() noexcept;

    [[nodiscard]] bool locked() const noexcept { return locked_; }

private:
    friend class Condition;
    void take() noexcept;
    Guard guard() noexcept;
    void release() noexcept;

    bool locked_ = false;
    const TaskNode* taken_by_ = nullptr;  // only ever compared: a guard that was handed on may survive that task
    List<Turn> waiting_;
};

/// Somebody's turn to hold a lock: waited for, or granted and not begun. Passes the lock on when it is destroyed then.
class Lock::Turn : public Waiter {
public:
    [[nodiscard]] std::string describe() const override;

protected:
    explicit Turn(Lock& lock) noexcept : lock_(&lock) {}
    Turn(const Turn& other) noexcept : Waiter(), lock_(other.lock_) {}
    ~Turn() {
        if (granted_) lock_->release();
    }
    Guard begin() noexcept;

    friend class Lock;
    Lock* lock_;
    bool granted_ = false;
};

class [[nodiscard("nothing is acquired until it is awaited")]] Lock::Acquire final : public Turn {
public:
    explicit Acquire(Lock& lock) noexcept : Turn(lock) {}
    /// Requires: `other` has not been awaited.
    Acquire(Acquire&& other) noexcept = default;

    bool await_ready() const noexcept { return !lock_->locked_; }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
        suspend(handle);
        lock_->waiting_.push_back(*this);
    }
    Guard await_resume() noexcept { return begin(); }
};

inline Lock::Acquire Lock::acquire() noexcept { return Acquire(*this); }

}  // namespace trawl
