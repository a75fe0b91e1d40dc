/// PromiseBase: what every coroutine of ours has in its frame. It links the frame to whoever awaits it, so that a chain
/// of awaits can be walked (to show it, and to destroy it without recursion), and remembers the line it waits at.
#pragma once

#include <bit>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <source_location>
#include <type_traits>
#include <utility>

#include "trawl/coro/frame.hpp"
#include "trawl/coro/schedule.hpp"

namespace trawl::coro {

/// One await of a coroutine by another: it lives in the frame of the one that waits, and owns the other's frame while
/// `child` is set.
struct Awaiting {
    std::coroutine_handle<> parent;
    std::coroutine_handle<> child;
};

/// Whether a type is awaited through an awaiter that it makes; else it is one itself.
template <class Awaitable>
inline constexpr bool kHasAwaiter =
    requires(Awaitable&& awaitable) { std::forward<Awaitable>(awaitable).operator co_await(); };

/// What fits into registers need not live in the frame for as long as it is awaited.
template <class Awaitable>
inline constexpr bool kPassedByValue =
    kHasAwaiter<Awaitable> && std::is_trivially_copyable_v<Awaitable> && sizeof(Awaitable) <= 2 * sizeof(void*);

/// An awaiter by reference. g++ 12 copies what await_transform returns by reference, and awaiters cannot be copied.
template <class Awaiter>
class Borrowed {
public:
    explicit Borrowed(Awaiter& awaiter) noexcept : awaiter_(&awaiter) {}
    decltype(auto) await_ready() const { return awaiter_->await_ready(); }
    template <class Promise>
    decltype(auto) await_suspend(std::coroutine_handle<Promise> handle) const {
        return awaiter_->await_suspend(handle);
    }
    decltype(auto) await_resume() const { return awaiter_->await_resume(); }

private:
    Awaiter* awaiter_;
};

class PromiseBase {
public:
    static void* operator new(std::size_t size) { return allocate_frame(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { free_frame(frame, size); }

    /// The promise of a coroutine of ours. All of them have it at the beginning of their promise, which the ABI puts
    /// behind the two pointers with which every frame begins.
    static PromiseBase& of(std::coroutine_handle<> handle) noexcept {
        return std::coroutine_handle<PromiseBase>::from_address(handle.address()).promise();
    }

    std::suspend_always initial_suspend() const noexcept { return {}; }

    /// At the end the awaiting coroutine goes on, or the task's owner is told.
    struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> handle) const noexcept {
            handle.promise().end();
        }
        void await_resume() const noexcept {}
    };
    FinalAwaiter final_suspend() const noexcept { return {}; }

    template <class Awaitable>
        requires kPassedByValue<Awaitable>
    auto await_transform(Awaitable awaitable, const void* where = __builtin_source_location()) {
        where_ = where;
        return awaitable.operator co_await();
    }
    template <class Awaitable>
        requires(!kPassedByValue<std::remove_cvref_t<Awaitable>>)
    auto await_transform(Awaitable&& awaitable, const void* where = __builtin_source_location()) {
        where_ = where;
        if constexpr (kHasAwaiter<Awaitable>) {
            return std::forward<Awaitable>(awaitable).operator co_await();
        } else {
            return Borrowed<std::remove_reference_t<Awaitable>>(awaitable);
        }
    }

    // Stored, not thrown: clang destroys the locals twice when this function throws.
    void unhandled_exception() noexcept {
        ::new (&error_) std::exception_ptr(std::current_exception());
        link_ |= kHasFailed;
    }
    /// What ended the coroutine; null when it has not failed.
    [[nodiscard]] std::exception_ptr error() const noexcept { return has_failed() ? error_ : nullptr; }

    void set_awaiting(Awaiting& awaiting) noexcept { link_ = reinterpret_cast<std::uintptr_t>(&awaiting); }
    void set_task(TaskNode& task) noexcept { link_ = reinterpret_cast<std::uintptr_t>(&task) | kIsTask; }

    /// The await that this coroutine is the child of; null when it is where a task begins.
    [[nodiscard]] Awaiting* awaiting() const noexcept {
        return (link_ & kIsTask) != 0 ? nullptr : reinterpret_cast<Awaiting*>(link_ & ~kFlags);
    }
    /// Where its last co_await stands; line 0 before the first, and when it has failed.
    [[nodiscard]] std::source_location where() const noexcept {
        if (has_failed() || where_ == nullptr) return {};
        return std::bit_cast<std::source_location>(where_);
    }

protected:
    PromiseBase() noexcept {}
    ~PromiseBase() {
        if (has_failed()) error_.~exception_ptr();
    }
    void end() noexcept {
        Schedule& schedule = Schedule::current();
        if ((link_ & kIsTask) != 0) {
            schedule.end(*reinterpret_cast<TaskNode*>(link_ & ~kFlags));
        } else if (Awaiting* awaiting = this->awaiting()) {
            schedule.transfer(awaiting->parent);
        }
    }

private:
    static constexpr std::uintptr_t kIsTask = 1;
    static constexpr std::uintptr_t kHasFailed = 2;
    static constexpr std::uintptr_t kFlags = kIsTask | kHasFailed;
    [[nodiscard]] bool has_failed() const noexcept { return (link_ & kHasFailed) != 0; }

    std::uintptr_t link_ = 0;  // an Awaiting, or a TaskNode and kIsTask; and kHasFailed
    // Whoever has failed waits no more: every frame is 8 bytes smaller for it.
    union {
        // A std::source_location, which is a pointer inside: a temporary of the class would take a slot in the frame.
        const void* where_ = nullptr;
        std::exception_ptr error_;
    };
    static_assert(sizeof(std::source_location) == sizeof(void*));
};

}  // namespace trawl::coro
