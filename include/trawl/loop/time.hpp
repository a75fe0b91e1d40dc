/// Waiting for time: sleep, sleep_until, timeout.
#pragma once

#include <coroutine>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {

namespace loop {

class SleepAwaiter final : public Timer {
public:
    explicit SleepAwaiter(TimePoint deadline) noexcept : until_(deadline) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
        suspend(handle);
        Loop::current().add_timer(*this, until_);
    }
    void await_resume() const noexcept {}

private:
    TimePoint until_;
};

/// The awaiter of anything awaitable.
template <class Awaitable>
decltype(auto) awaiter_of(Awaitable&& awaitable) {
    if constexpr (requires { std::forward<Awaitable>(awaitable).operator co_await(); }) {
        return std::forward<Awaitable>(awaitable).operator co_await();
    } else {
        return std::forward<Awaitable>(awaitable);
    }
}

/// Waits for `Awaiter` or for the timer, whichever wakes the coroutine first. Both name the same coroutine: a timer
/// that is still linked when the coroutine runs was not what woke it.
template <class Awaiter>
class TimeoutAwaiter final : public Timer {
public:
    template <class Make>
    TimeoutAwaiter(Duration limit, Make&& make) : limit_(limit), awaiter_(std::forward<Make>(make)()) {}

    bool await_ready() { return awaiter_.await_ready(); }
    auto await_suspend(std::coroutine_handle<> handle) {
        suspended_ = true;
        suspend(handle);
        Loop& loop = Loop::current();
        loop.add_timer(*this, loop.deadline_after(limit_));
        return awaiter_.await_suspend(handle);
    }
    decltype(auto) await_resume() {
        if (suspended_ && !linked()) throw TimeoutError("timed out");
        unlink();
        return awaiter_.await_resume();
    }

private:
    Duration limit_;
    Awaiter awaiter_;
    bool suspended_ = false;
};

}  // namespace loop

/// A sleep: await it, or turn it into a Task to hand it on.
class [[nodiscard("a sleep does nothing until it is awaited")]] Sleep {
public:
    explicit Sleep(Duration duration) noexcept : duration_(duration) {}
    auto operator co_await() const { return loop::SleepAwaiter(Loop::current().deadline_after(duration_)); }
    operator Task<>() const {
        return as_task(duration_);
    }  // NOLINT(google-explicit-constructor): gather(sleep(1s), ...)

private:
    static Task<> as_task(Duration duration) { co_await Sleep(duration); }
    Duration duration_;
};

/// Suspends for at least `duration`; zero (or less) lets everything that is ready run once.
inline Sleep sleep(Duration duration) noexcept { return Sleep(duration); }

/// Gives what `task` gives; destroys it and throws TimeoutError when it takes longer than `limit`.
/// The work is gone when the error is thrown. A result that is there when the deadline passes is not thrown away.
template <class T>
class [[nodiscard("a timeout does nothing until it is awaited")]] Timeout {
public:
    Timeout(Duration limit, T&& work) : limit_(limit), work_(std::forward<T>(work)) {}
    auto operator co_await() && {
        using Awaiter = std::decay_t<decltype(loop::awaiter_of(std::declval<T>()))>;
        return loop::TimeoutAwaiter<Awaiter>(limit_, [&]() -> Awaiter { return loop::awaiter_of(std::move(work_)); });
    }

private:
    Duration limit_;
    T work_;
};

template <class T>
Timeout<T> timeout(Duration limit, T work) {
    return Timeout<T>(limit, std::move(work));
}

}  // namespace trawl
