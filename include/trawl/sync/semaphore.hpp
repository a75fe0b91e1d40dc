/// Semaphore: at most n at a time, first come, first served.
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "trawl/coro/schedule.hpp"

namespace trawl {

class Semaphore {
public:
    /// `permits` may be held at once. Throws UsageError when it is 0.
    explicit Semaphore(std::size_t permits);
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;

    /// A permit, given back when the object is destroyed. Must not outlive the semaphore.
    class [[nodiscard("the permit is given back as soon as it is dropped")]] Permit {
    public:
        Permit(Permit&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
        Permit& operator=(Permit&& other) noexcept {
            std::swap(semaphore_, other.semaphore_);
            return *this;
        }
        ~Permit() {
            if (semaphore_ != nullptr) semaphore_->release();
        }

    private:
        friend class Semaphore;
        explicit Permit(Semaphore& semaphore) noexcept : semaphore_(&semaphore) {}
        Semaphore* semaphore_;
    };

    /// `Permit permit = co_await semaphore.acquire();`
    class [[nodiscard("nothing is acquired until it is awaited")]] Acquire final : public Waiter {
    public:
        explicit Acquire(Semaphore& semaphore) noexcept : semaphore_(semaphore) {}
        ~Acquire() {
            if (granted_) semaphore_.release();
        }
        bool await_ready() noexcept { return granted_ = semaphore_.try_take(); }
        void await_suspend(std::coroutine_handle<> handle) noexcept {
            suspend(handle);
            semaphore_.waiting_.push_back(*this);
        }
        Permit await_resume() noexcept {
            granted_ = false;
            return Permit(semaphore_);
        }

    private:
        friend class Semaphore;
        Semaphore& semaphore_;
        bool granted_ = false;
    };
    Acquire acquire() noexcept { return Acquire(*this); }

    /// How many permits are free now.
    [[nodiscard]] std::size_t available() const noexcept { return permits_; }

private:
    // A newcomer does not overtake those who wait.
    bool try_take() noexcept;
    void release() noexcept;

    std::size_t permits_;
    List<Acquire> waiting_;
};

}  // namespace trawl
