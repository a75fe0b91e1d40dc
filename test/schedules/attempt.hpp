/// attempt: awaits something as a program may: bare, with a deadline, or as a task of its own with a deadline.
#pragma once

#include <concepts>
#include <optional>
#include <utility>
#include <variant>

#include "run.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::schedules {

/// What `co_await make()` gives; std::monostate for nothing.
template <class Make>
using Given = decltype(loop::awaiter_of(std::declval<std::invoke_result_t<Make&>>()).await_resume());
template <class Make>
using Kept = coro::Stored<std::remove_cvref_t<Given<Make>>>;

/// Deadlines are up to this many beats away, bare waits have none.
constexpr std::size_t kPatience = 6;

/// Checks that a sleep or a deadline was kept to the nanosecond.
inline void check_time(Run& run, TimePoint deadline) {
    run.require(now() == deadline, "what waits for a time goes on at that time");
}

template <class Make>
Task<Kept<Make>> as_task(Run& run, Make make) {
    Alive alive(run);
    if constexpr (std::is_void_v<Given<Make>>) {
        co_await make();
        co_return std::monostate();
    } else {
        co_return co_await make();
    }
}

template <class Make>
Task<Kept<Make>> with_deadline(Run& run, TimePoint deadline, Make make) {
    Alive alive(run);
    if constexpr (std::is_void_v<Given<Make>>) {
        co_await timeout_at(deadline, make());
        co_return std::monostate();
    } else {
        co_return co_await timeout_at(deadline, make());
    }
}

/// What `make()` gives when it is awaited, or nothing when a deadline passed: then the wait was destroyed.
template <class Make>
Task<std::optional<Kept<Make>>> attempt(Run& run, Make make) {
    Alive alive(run);
    std::optional<Kept<Make>> result;
    constexpr bool kMovable = std::move_constructible<std::invoke_result_t<Make&>>;
    const std::size_t way = run.ending ? 2 : run.below(kMovable ? 4 : 3) + (kMovable ? 0 : 1);
    const TimePoint deadline = now() + run.beats(kPatience);
    bool late = false;
    try {
        if (way == 0) {
            if constexpr (kMovable) result.emplace(co_await with_deadline(run, deadline, make));
        } else if (way == 1) {
            result.emplace(co_await timeout_at(deadline, as_task(run, make)));
        } else {
            result.emplace(co_await as_task(run, make));
        }
    } catch (const TimeoutError&) {
        late = true;
    }
    if (late) {
        run.note("gives up");
        check_time(run, deadline);
    }
    co_return result;
}

}  // namespace trawl::schedules
