/// Task<T>: a coroutine that computes a T by waiting for others. Lazy (it begins when it is awaited or spawned), owned
/// by whoever holds the object, awaited as an rvalue, and cancelled by being destroyed.
///
/// Destroying a Task destroys its suspended frames, innermost first: destructors are the cleanup, there is nothing to
/// catch. A Task must not be destroyed by the coroutine that it runs; TaskGroup::cancel() knows how to.
#pragma once

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

#include "trawl/coro/schedule.hpp"

namespace trawl {

template <class T = void>
class Task;

namespace coro {

/// Void as a value, for results that are stored.
template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, std::monostate,
                                  std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, T>>;

/// What a coroutine left behind: nothing yet, a value, or an error.
template <class T>
class Result {
public:
    template <class... Args>
    void set_value(Args&&... args) {
        state_.template emplace<1>(std::forward<Args>(args)...);
    }
    /// Takes what `other` holds; T need not be assignable.
    void move_from(Result& other) {
        if (auto* value = std::get_if<1>(&other.state_)) {
            state_.template emplace<1>(std::move(*value));
        } else if (auto failure = other.error()) {
            set_error(std::move(failure));
        }
    }
    void set_error(std::exception_ptr error) noexcept { state_.template emplace<2>(std::move(error)); }

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 1; }
    /// The error, or null.
    [[nodiscard]] std::exception_ptr error() const noexcept {
        const auto* error = std::get_if<2>(&state_);
        return error ? *error : nullptr;
    }
    /// Moves the value out, or throws the error. Requires: the coroutine has ended.
    T take() {
        if (auto failure = error()) std::rethrow_exception(std::move(failure));
        if constexpr (std::is_reference_v<T>) {
            return static_cast<T>(*std::get<1>(state_));
        } else if constexpr (!std::is_void_v<T>) {
            return std::move(std::get<1>(state_));
        }
    }

private:
    std::variant<std::monostate, Stored<T>, std::exception_ptr> state_;
};

class PromiseBase {
public:
    std::suspend_always initial_suspend() const noexcept { return {}; }

    /// At the end: the awaiting coroutine goes on at once, or the task's owner is told.
    struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> handle) const noexcept {
            PromiseBase& promise = handle.promise();
            if (promise.continuation_) return promise.continuation_;
            if (TaskNode* node = promise.node_) node->finished();
            return std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };
    FinalAwaiter final_suspend() const noexcept { return {}; }

    void set_continuation(std::coroutine_handle<> continuation) noexcept { continuation_ = continuation; }
    void set_node(TaskNode* node) noexcept { node_ = node; }

private:
    std::coroutine_handle<> continuation_;
    TaskNode* node_ = nullptr;
};

template <class T>
class Promise : public PromiseBase {
public:
    Task<T> get_return_object() noexcept;
    template <class U = T>
        requires std::is_constructible_v<Stored<T>, U&&> && (!std::is_reference_v<T>)
    void return_value(U&& value) {
        result_.set_value(std::forward<U>(value));
    }
    void return_value(T value)
        requires std::is_reference_v<T>
    {
        result_.set_value(&value);
    }
    // Stored, not thrown: clang destroys the locals twice when this function throws.
    void unhandled_exception() noexcept { result_.set_error(std::current_exception()); }
    Result<T>& result() noexcept { return result_; }

private:
    Result<T> result_;
};

template <>
class Promise<void> : public PromiseBase {
public:
    Task<void> get_return_object() noexcept;
    void return_void() { result_.set_value(); }
    void unhandled_exception() noexcept { result_.set_error(std::current_exception()); }
    Result<void>& result() noexcept { return result_; }

private:
    Result<void> result_;
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
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        Task(std::move(other)).swap(*this);
        return *this;
    }
    ~Task() {
        if (handle_) handle_.destroy();
    }
    void swap(Task& other) noexcept { std::swap(handle_, other.handle_); }

    /// False for a Task that was moved from or awaited.
    [[nodiscard]] bool valid() const noexcept { return static_cast<bool>(handle_); }
    /// For those who run tasks: the coroutine stays owned by the Task.
    [[nodiscard]] Handle handle() const noexcept { return handle_; }

    /// `co_await std::move(task)` runs the task and gives its value or throws its error.
    auto operator co_await() && noexcept { return Awaiter(std::move(*this)); }

private:
    /// Owns the task while it is awaited, so that destroying the awaiting frame destroys it first.
    class Awaiter {
    public:
        explicit Awaiter(Task&& task) noexcept : task_(std::move(task)) {}
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
            task_.handle_.promise().set_continuation(awaiting);
            return task_.handle_;
        }
        T await_resume() { return task_.handle_.promise().result().take(); }

    private:
        Task task_;
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

}  // namespace coro

}  // namespace trawl
