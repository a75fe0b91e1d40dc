/// Waiting for time: sleep, sleep_until, timeout.
#pragma once

#include <coroutine>
#include <optional>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {

namespace loop {

[[noreturn]] void refuse_not_a_number();

/// `duration` in nanoseconds, or the longest there is, to either side, when it is longer. Throws UsageError when it is
/// not a number.
template <class Rep, class Period>
[[nodiscard]] constexpr Duration saturated(const std::chrono::duration<Rep, Period>& duration) {
    using Seconds = std::chrono::duration<long double>;
    if (Seconds(duration) >= Seconds(Duration::max())) return Duration::max();
    if (Seconds(duration) <= Seconds(Duration::min())) return Duration::min();
    if (!(Seconds(duration) < Seconds(Duration::max()))) refuse_not_a_number();
    return std::chrono::duration_cast<Duration>(duration);
}

/// "1.5 s left", "200 ms left": from the loop's time until `deadline`.
std::string time_left(TimePoint deadline);
/// Throws the TimeoutError of a deadline that lay `limit` behind the beginning.
[[noreturn]] void throw_timeout(TimePoint began, TimePoint deadline);

class SleepAwaiter final : public Timer {
public:
    using Timer::Timer;
    bool await_ready() const noexcept { return false; }
    // One that is over takes its turn behind the ready: the timers are not asked.
    void await_suspend(std::coroutine_handle<> handle) {
        suspend(handle);
        Loop& loop = Loop::current();
        if (deadline() <= loop.now()) {
            Schedule::current().wake(*this);
        } else {
            loop.add_timer(*this, deadline());
        }
    }
    void await_resume() const noexcept {}
    [[nodiscard]] std::string describe() const override { return "sleep, " + time_left(deadline()); }
};

/// The awaiter of anything awaitable.
template <class Awaitable>
decltype(auto) awaiter_of(Awaitable&& awaitable) {
    if constexpr (coro::kHasAwaiter<Awaitable>) {
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
    TimeoutAwaiter(TimePoint deadline, Make&& make)
        : Timer(deadline), awaiter_(std::in_place, std::forward<Make>(make)) {}

    bool await_ready() { return awaiter_->get().await_ready(); }
    auto await_suspend(std::coroutine_handle<> handle) {
        Loop& loop = Loop::current();
        began_ = loop.now();
        suspend(handle);
        loop.add_timer(*this, deadline());
        try {
            suspended_ = true;
            return awaiter_->get().await_suspend(handle);
        } catch (...) {  // the coroutine goes on, and this is gone: a second join(), a thread that cannot be had
            is_over();
            throw;
        }
    }
    decltype(auto) await_resume() {
        if (suspended_) is_over();
        if (suspended_ && !linked()) give_up();
        unlink();
        return awaiter_->get().await_resume();
    }
    [[nodiscard]] std::string describe() const override { return "timeout, " + time_left(deadline()); }

private:
    // The work is gone before the error is thrown, its innermost frame first.
    [[noreturn]] void give_up() {
        {
            const Schedule::Cancelling cancelling;
            Schedule::current().abandon_awaited_by(handle_);
            awaiter_.reset();
        }
        throw_timeout(began_, deadline());
    }

    // What `make` returns, without a copy: awaiters cannot be moved.
    class Made {
    public:
        template <class Make>
        explicit Made(Make&& make) : awaiter_(std::forward<Make>(make)()) {}
        Awaiter& get() noexcept { return awaiter_; }

    private:
        Awaiter awaiter_;
    };

    std::optional<Made> awaiter_;
    TimePoint began_;
    bool suspended_ = false;
};

}  // namespace loop

/// The time of this thread's loop, as it was when it last looked: what deadlines are made of. A virtual loop's time is
/// its own. Throws UsageError when no loop runs.
[[nodiscard]] inline TimePoint now() { return Loop::current().now(); }
/// The same at this moment: for measuring what may begin and end before the loop looks again.
[[nodiscard]] inline TimePoint exact_now() { return Loop::current().exact_now(); }

/// A sleep: await it, or turn it into a Task to hand it on.
class [[nodiscard("a sleep does nothing until it is awaited")]] Sleep {
public:
    constexpr explicit Sleep(Duration duration) noexcept : duration_(duration) {}
    auto operator co_await() const { return loop::SleepAwaiter(Loop::current().deadline_after(duration_)); }
    operator Task<>() const {
        return as_task(duration_);
    }  // NOLINT(google-explicit-constructor): group.spawn(sleep(1s))

private:
    static Task<> as_task(Duration duration) { co_await Sleep(duration); }
    Duration duration_;
};

/// Suspends for at least `duration`; zero (or less) lets everything that is ready run once. Any unit will do; what is
/// longer than a Duration can say is that long. Throws UsageError when it is not a number (NaN).
template <class Rep, class Period>
[[nodiscard]] constexpr Sleep sleep(const std::chrono::duration<Rep, Period>& duration) {
    return Sleep(loop::saturated(duration));
}
/// A sleep until a point of the loop's time: await it.
class [[nodiscard("a sleep does nothing until it is awaited")]] SleepUntil {
public:
    explicit SleepUntil(TimePoint deadline) noexcept : deadline_(deadline) {}
    auto operator co_await() const { return loop::SleepAwaiter(deadline_); }

private:
    TimePoint deadline_;
};

/// Suspends until `deadline`, a point of the loop's time; one that has passed lets everything that is ready run once.
inline SleepUntil sleep_until(TimePoint deadline) noexcept { return SleepUntil(deadline); }

/// Work with a deadline: await it.
template <class T>
class [[nodiscard("a timeout does nothing until it is awaited")]] Timeout {
public:
    Timeout(Duration limit, T&& work) : limit_(limit), work_(std::forward<T>(work)) {}
    Timeout(TimePoint deadline, T&& work) : deadline_(deadline), work_(std::forward<T>(work)) {}
    auto operator co_await() && {
        using Awaiter = std::decay_t<decltype(loop::awaiter_of(std::declval<T>()))>;
        const TimePoint deadline = deadline_ ? *deadline_ : Loop::current().deadline_after(limit_);
        return loop::TimeoutAwaiter<Awaiter>(deadline, [&]() -> Awaiter { return loop::awaiter_of(std::move(work_)); });
    }

private:
    Duration limit_{};
    std::optional<TimePoint> deadline_;
    T work_;
};

/// Gives what `work` (a Task, or anything else to await) gives; destroys it and throws TimeoutError when it takes
/// longer than `limit`. The work is gone when the error is thrown.
template <class Rep, class Period, class T>
Timeout<T> timeout(const std::chrono::duration<Rep, Period>& limit, T work) {
    return Timeout<T>(loop::saturated(limit), std::move(work));
}

/// The same with a point of the loop's time (see now()): one deadline for several things in turn.
template <class T>
Timeout<T> timeout_at(TimePoint deadline, T work) {
    return Timeout<T>(deadline, std::move(work));
}

}  // namespace trawl
