/// Semaphore: at most n at a time, first come, first served.
///
/// Rules: a newcomer overtakes nobody, also not one who waits for several permits while fewer are free. Permits that
/// were granted to a task that is destroyed before it runs go to the next. The semaphore must outlive its permits and
/// those who wait.
#pragma once

#include <cassert>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "trawl/coro/schedule.hpp"

namespace trawl {

class Semaphore {
public:
    /// `permits` may be held at once, for ever. Throws UsageError when it is 0.
    explicit Semaphore(std::size_t permits) : Semaphore(permits, permits) {}
    /// `permits` may be held at once, which add_permits() may raise to `maximum`. Throws UsageError when `maximum` is 0
    /// or less than `permits`.
    Semaphore(std::size_t permits, std::size_t maximum);
    /// Requires: all permits were given back.
    ~Semaphore() { assert(free_ == permits_); }
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;

    /// One permit or several, given back when the object is destroyed. Must not outlive the semaphore.
    class [[nodiscard("the permit is given back as soon as it is dropped")]] Permit {
    public:
        Permit(Permit&& other) noexcept
            : semaphore_(std::exchange(other.semaphore_, nullptr)), count_(std::exchange(other.count_, 0)) {}
        Permit& operator=(Permit&& other) noexcept {
            Permit(std::move(other)).swap(*this);
            return *this;
        }
        ~Permit() { release(); }
        void swap(Permit& other) noexcept {
            std::swap(semaphore_, other.semaphore_);
            std::swap(count_, other.count_);
        }

        /// How many permits it stands for: 0 once they are given back.
        [[nodiscard]] std::size_t count() const noexcept { return count_; }
        /// Gives them back now; does nothing when there is nothing to give back.
        void release() noexcept {
            if (count_ > 0) semaphore_->give_back(std::exchange(count_, 0));
        }

    private:
        friend class Semaphore;
        Permit(Semaphore& semaphore, std::size_t count) noexcept : semaphore_(&semaphore), count_(count) {}
        Semaphore* semaphore_;
        std::size_t count_;
    };

    class Acquire;
    /// `Permit permit = co_await semaphore.acquire();` Suspends while `count` permits are not free, or others wait for
    /// theirs. Throws UsageError when there can never be `count` permits, or `count` is 0.
    [[nodiscard]] Acquire acquire(std::size_t count = 1);
    /// The permits, or nothing when acquire() would have to wait. Throws UsageError as acquire() does.
    [[nodiscard]] std::optional<Permit> try_acquire(std::size_t count = 1);

    /// `count` more may be held at once from now on. Throws UsageError, and adds none, when that is above the maximum.
    void add_permits(std::size_t count);

    /// How many permits are free now.
    [[nodiscard]] std::size_t available() const noexcept { return free_; }
    /// How many permits there are, free or held.
    [[nodiscard]] std::size_t permits() const noexcept { return permits_; }

private:
    void require_possible(std::size_t count) const;
    [[nodiscard]] bool can_take(std::size_t count) const noexcept { return count <= free_ && waiting_.empty(); }
    void give_back(std::size_t count) noexcept;
    void settle() noexcept;

    std::size_t permits_;
    std::size_t maximum_;
    std::size_t free_;
    List<Acquire> waiting_;
};

class [[nodiscard("nothing is acquired until it is awaited")]] Semaphore::Acquire final : public Waiter {
public:
    Acquire(Semaphore& semaphore, std::size_t count) noexcept : semaphore_(semaphore), count_(count) {}
    /// Requires: `other` has not been awaited.
    Acquire(Acquire&& other) noexcept : Waiter(), semaphore_(other.semaphore_), count_(other.count_) {}
    ~Acquire();

    bool await_ready() const noexcept { return semaphore_.can_take(count_); }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
        suspend(handle);
        semaphore_.waiting_.push_back(*this);
    }
    Permit await_resume() noexcept {
        if (!std::exchange(granted_, false)) semaphore_.free_ -= count_;
        return Permit(semaphore_, count_);
    }
    [[nodiscard]] std::string describe() const override;

private:
    friend class Semaphore;
    Semaphore& semaphore_;
    std::size_t count_;
    bool granted_ = false;
};

inline Semaphore::Acquire Semaphore::acquire(std::size_t count) {
    require_possible(count);
    return Acquire(*this, count);
}

}  // namespace trawl
