/// Condition: tasks wait, without holding a lock, until another one that holds it says that something has changed.
///
///     auto guard = co_await condition.acquire();
///     co_await condition.wait_for(guard, [&] { return !items.empty(); });
///
/// Rules: a waiter's guard is empty while it waits and holds the lock again when it goes on; when the wait is destroyed
/// (by a timeout, say) it stays empty. A notification whose waiter is destroyed before it runs goes to the next waiter.
/// Condition, lock and guard must outlive the wait.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <functional>
#include <string>

#include "trawl/coro/task.hpp"
#include "trawl/sync/lock.hpp"

namespace trawl {

class Condition {
public:
    /// Over a lock of its own.
    Condition() noexcept : lock_(own_) {}
    /// Over `lock`, which must outlive it.
    explicit Condition(Lock& lock) noexcept : lock_(lock) {}
    Condition(const Condition&) = delete;
    Condition& operator=(const Condition&) = delete;

    [[nodiscard]] Lock& lock() noexcept { return lock_; }
    [[nodiscard]] bool locked() const noexcept { return lock_.locked(); }
    /// As Lock::acquire().
    [[nodiscard]] Lock::Acquire acquire() noexcept { return lock_.acquire(); }

    class Wait;
    /// Releases `guard`, waits for a notification, and acquires the lock into `guard` again. Always suspends. Throws
    /// UsageError when `guard` does not hold the condition's lock. Another task may run before this one holds the lock:
    /// look again whether what it waits for is still true, or use wait_for().
    [[nodiscard]] Wait wait(Lock::Guard& guard) noexcept;

    /// Waits until `predicate()` is true; not at all when it is true now. It is called with the lock held. Throws
    /// UsageError as wait() does, and what `predicate` throws.
    template <std::predicate Predicate>
    Task<> wait_for(Lock::Guard& guard, Predicate predicate);

    /// Lets up to `count` of those who have waited longest go on, one after the other, as the lock becomes free.
    /// Throws UsageError when nobody holds the lock.
    void notify(std::size_t count = 1);
    /// The same for all who wait now.
    void notify_all();

private:
    void require_locked() const;
    void pass_on(std::size_t count) noexcept;

    Lock own_;
    Lock& lock_;
    List<Wait> waiting_;
};

/// Waits twice, first for a notification, then for its turn to hold the lock, and is resumed once.
class [[nodiscard("nothing is waited for until it is awaited")]] Condition::Wait final : public Lock::Turn {
public:
    Wait(Condition& condition, Lock::Guard& guard) noexcept
        : Turn(condition.lock_), condition_(condition), guard_(guard) {}
    /// Requires: `other` has not been awaited.
    Wait(Wait&& other) noexcept = default;
    ~Wait();

    /// Throws UsageError.
    bool await_ready() const;
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    void await_resume() noexcept {
        notified_ = false;
        guard_ = begin();
    }
    [[nodiscard]] std::string describe() const override;

private:
    friend class Condition;
    Condition& condition_;
    Lock::Guard& guard_;
    bool notified_ = false;
};

inline Condition::Wait Condition::wait(Lock::Guard& guard) noexcept { return Wait(*this, guard); }

template <std::predicate Predicate>
Task<> Condition::wait_for(Lock::Guard& guard, Predicate predicate) {
    while (!std::invoke(predicate)) co_await wait(guard);
}

}  // namespace trawl
