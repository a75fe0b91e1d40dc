/// AsyncGenerator<T>: a coroutine that yields values and may wait in between (PEP 525).
///
///     while (auto page = co_await pages.next()) use(*page);
///
/// Lazy: it runs only while somebody awaits next(), as part of that task. Destroying it destroys its frame, which is
/// suspended at a co_yield or has not begun. A next() that is destroyed while it waits (by a timeout) destroys the
/// frame too: the generator is at its end from then on.
#pragma once

#include <cassert>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "trawl/coro/task.hpp"

namespace trawl {

template <class T>
class [[nodiscard("an AsyncGenerator does nothing until next() is awaited")]] AsyncGenerator {
public:
    class promise_type;
    using Handle = std::coroutine_handle<promise_type>;

    AsyncGenerator() = default;
    explicit AsyncGenerator(Handle handle) noexcept : handle_(handle) {}
    /// Requires: no next() of it is waiting.
    AsyncGenerator(AsyncGenerator&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {
        assert(!runs());
    }
    AsyncGenerator& operator=(AsyncGenerator&& other) noexcept {
        assert(!runs() && !other.runs());
        std::swap(handle_, other.handle_);
        return *this;
    }
    /// Requires: no next() of it is waiting, but in the frame that is being destroyed with it.
    ~AsyncGenerator() { close(); }

    class Next;
    /// The next value, or nothing at the end (and ever after). Throws what the coroutine throws, once; UsageError when
    /// another next() of this generator is waiting.
    [[nodiscard]] Next next() noexcept { return Next(*this); }
    /// Destroys the frame: next() gives nothing any more. Requires: no next() is waiting.
    void close() noexcept {
        if (handle_) std::exchange(handle_, nullptr).destroy();
    }

private:
    [[nodiscard]] bool runs() const noexcept;
    Handle handle_;
};

template <class T>
class AsyncGenerator<T>::promise_type : public coro::PromiseBase {
public:
    AsyncGenerator get_return_object() noexcept { return AsyncGenerator(Handle::from_promise(*this)); }

    struct YieldAwaiter {
        bool await_ready() const noexcept { return false; }
        void await_suspend(Handle handle) const noexcept { handle.promise().end(); }
        void await_resume() const noexcept {}
    };
    YieldAwaiter yield_value(T value) {
        if constexpr (std::is_reference_v<T>) {
            value_.emplace(&value);
        } else {
            value_.emplace(std::move(value));
        }
        return {};
    }
    void return_void() const noexcept {}

private:
    friend class AsyncGenerator;
    friend class Next;
    std::optional<coro::Stored<T>> value_;
    bool runs_ = false;
};

template <class T>
bool AsyncGenerator<T>::runs() const noexcept {
    return handle_ && handle_.promise().runs_;
}

template <class T>
class [[nodiscard("nothing is waited for until it is awaited")]] AsyncGenerator<T>::Next : private coro::Awaiting {
public:
    using Value = coro::Stored<T>;  // a pointer, for references

    explicit Next(AsyncGenerator& generator) noexcept : generator_(&generator) {}
    /// A frame that is gone was destroyed under the await.
    ~Next() {
        if (begun_ && !child) generator_->handle_ = nullptr;
    }
    bool await_ready() const {
        if (!generator_->handle_ || generator_->handle_.done()) return true;
        if (generator_->handle_.promise().runs_)
            throw UsageError("next() of an AsyncGenerator is awaited by one task at a time: another one is waiting");
        return false;
    }
    void await_suspend(std::coroutine_handle<> awaiting) noexcept {
        promise_type& promise = generator_->handle_.promise();
        begun_ = true;
        parent = awaiting;
        child = generator_->handle_;
        promise.value_.reset();
        promise.runs_ = true;
        promise.set_awaiting(*this);
        Schedule::current().transfer(child);
    }
    std::optional<Value> await_resume() {
        if (!begun_) return std::nullopt;
        promise_type& promise = generator_->handle_.promise();
        promise.runs_ = false;
        if (auto error = promise.error()) std::rethrow_exception(std::move(error));
        if (generator_->handle_.done()) return std::nullopt;
        return std::exchange(promise.value_, std::nullopt);
    }

private:
    AsyncGenerator* generator_;
    bool begun_ = false;
};

}  // namespace trawl
