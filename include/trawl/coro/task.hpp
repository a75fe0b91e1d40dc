/// Task<T>: a coroutine that computes a T by waiting for others. Lazy (it begins when it is awaited or spawned), owned
/// by whoever holds the object, awaited as an rvalue, and cancelled by being destroyed.
///
/// Destroying a Task destroys its suspended frames, innermost first: destructors are the cleanup, there is nothing to
/// catch. A Task must not be destroyed by the coroutine that it runs; TaskGroup::cancel() knows how to. A chain of
/// awaits may be of any depth. Tasks that have not begun and hold each other as arguments are destroyed one inside the
/// other, like any nested objects.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/coro/outcome.hpp"
#include "trawl/coro/promise.hpp"
#include "trawl/coro/schedule.hpp"

namespace trawl {

template <class T = void>
class Task;

namespace coro {

template <class T>
class Promise : public PromiseBase {
public:
    static_assert(alignof(Stored<T>) <= 2 * sizeof(void*), "coroutine frames have no room for over-aligned results");

    Task<T> get_return_object() noexcept;
    template <class U = T>
        requires std::is_constructible_v<Stored<T>, U&&> && (!std::is_reference_v<T>)
    void return_value(U&& value) {
        value_.emplace(std::forward<U>(value));
    }
    void return_value(T value)
        requires std::is_reference_v<T>
    {
        value_.emplace(&value);
    }
    /// Moves the value out, or throws the error. Requires: the coroutine has ended.
    T take() {
        if (auto failure = error()) std::rethrow_exception(std::move(failure));
        if constexpr (std::is_reference_v<T>) {
            return static_cast<T>(**value_);
        } else {
            return std::move(*value_);
        }
    }
    /// The same without throwing.
    void move_outcome_to(Outcome<T>& outcome) noexcept {
        if (auto failure = error()) {
            outcome.set_error(std::move(failure));
        } else {
            outcome.move_value(*value_);
        }
    }

private:
    std::optional<Stored<T>> value_;
};

template <>
class Promise<void> : public PromiseBase {
public:
    Task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() const {
        if (auto failure = error()) std::rethrow_exception(std::move(failure));
    }
    void move_outcome_to(Outcome<void>& outcome) const noexcept {
        if (auto failure = error()) outcome.set_error(std::move(failure));
    }
};

}  // namespace coro

template <class T>
class [[nodiscard("a Task does nothing until it is awaited or spawned")]] Task {
public:
    using promise_type = coro::Promise<T>;
    using value_type = T;
    using Handle = std::coroutine_handle<promise_type>;

    Task() = default;
    explicit Task(Handle handle) noexcept : handle_(handle) {}
    Task(Task&& other) noexcept : handle_(other.release()) {}
    Task& operator=(Task&& other) noexcept {
        Task(std::move(other)).swap(*this);
        return *this;
    }
    ~Task() {
        if (handle_) handle_.destroy();
    }
    void swap(Task& other) noexcept { std::swap(handle_, other.handle_); }

    /// False for a Task that was moved from, awaited or started.
    [[nodiscard]] bool valid() const noexcept { return static_cast<bool>(handle_); }
    /// Gives the coroutine away: whoever takes it destroys it.
    [[nodiscard]] Handle release() noexcept { return std::exchange(handle_, nullptr); }

    /// `co_await std::move(task)` runs the task and gives its value or throws its error. Throws UsageError when there
    /// is none.
    auto operator co_await() && noexcept { return Awaiter(release()); }
    /// Says so to whoever forgot to.
    template <class Result = T>
    auto operator co_await() & -> typename Task<Result>::Awaiter {
        static_assert(!std::is_same_v<Result, T>, "await a Task as std::move(task): it runs once, and is used up");
        return Awaiter(release());
    }

private:
    /// Owns the coroutine while it is awaited, so that destroying the awaiting frame destroys it first.
    class Awaiter : private coro::Awaiting {
    public:
        explicit Awaiter(Handle task) noexcept : Awaiting{nullptr, task} {}
        Awaiter(const Awaiter&) = delete;
        Awaiter& operator=(const Awaiter&) = delete;
        ~Awaiter() {
            if (child) child.destroy();
        }
        bool await_ready() const {
            if (!child) throw UsageError("this Task is empty: it was moved from, or awaited or spawned before");
            return false;
        }
        void await_suspend(std::coroutine_handle<> awaiting) noexcept {
            parent = awaiting;
            promise().set_awaiting(*this);
            Schedule::current().transfer(child);
        }
        T await_resume() { return promise().take(); }

    private:
        promise_type& promise() noexcept { return Handle::from_address(child.address()).promise(); }
    };

    Handle handle_;
};

namespace coro {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
    return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() noexcept {
    return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

/// A Task that runs as a task of its own. Node is TaskNode, or derives from it.
template <class T, class Node = TaskNode>
class StartedTask : public Node {
public:
    /// Queues it for its first step. Requires: task.valid().
    void begin(Task<T> task, TaskOwner* owner) noexcept { this->start(take_over(std::move(task)), owner); }
    /// Runs it up to its first suspension. May destroy this object.
    void begin_eagerly(Task<T> task, TaskOwner* owner) noexcept {
        this->start_eagerly(take_over(std::move(task)), owner);
    }
    /// Where the value or the error is. Requires: it has begun, and its frames are not destroyed.
    Promise<T>& promise() noexcept { return Task<T>::Handle::from_address(this->root().address()).promise(); }

private:
    typename Task<T>::Handle take_over(Task<T> task) noexcept {
        auto handle = task.release();
        handle.promise().set_task(*this);
        return handle;
    }
};

}  // namespace coro

}  // namespace trawl
