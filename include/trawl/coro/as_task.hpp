/// as_task: a Task of whatever can be awaited, for those who keep tasks: gather, TaskSet, as_completed.
///
/// A type that has a Task of its own to give (a sleep, a request of the HTTP client) converts to it: `operator
/// Task<T>()
/// &&`, where T is what awaiting it gives. Anything else is awaited by a coroutine, which costs a frame. What is used
/// up by being awaited is given away: `as_task(std::move(it))`.
#pragma once

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>
#include <vector>

#include "trawl/coro/promise.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/coro/temporary.hpp"

namespace trawl {

namespace coro {

/// What has the three functions of an awaiter, or makes something that has.
template <class Awaiter>
concept IsAwaiter = requires(Awaiter& awaiter, std::coroutine_handle<> handle) {
    awaiter.await_ready();
    awaiter.await_suspend(handle);
    awaiter.await_resume();
};

template <class Awaitable>
decltype(auto) awaiter_of(Awaitable&& awaitable) {
    if constexpr (kHasAwaiter<Awaitable>) {
        return std::forward<Awaitable>(awaitable).operator co_await();
    } else {
        return std::forward<Awaitable>(awaitable);
    }
}

template <class T>
inline constexpr bool kIsTask = false;
template <class T>
inline constexpr bool kIsTask<Task<T>> = true;

/// What awaiting an `Awaitable` gives; nothing for what cannot be awaited.
template <class Awaitable>
struct Awaited {};
template <class Awaitable>
    requires(kHasAwaiter<Awaitable> || IsAwaiter<std::remove_cvref_t<Awaitable>>)
struct Awaited<Awaitable> {
    using Awaiter = std::remove_reference_t<decltype(coro::awaiter_of(std::declval<Awaitable>()))>;
    using Type = decltype(std::declval<Awaiter&>().await_resume());
};
template <class T>
struct Awaited<Task<T>> {
    using Type = T;
};

}  // namespace coro

/// What can be made a Task: it can be awaited as it is given, and be kept until then. A named Task is none; a Task that
/// is moved is one.
template <class A>
concept AsTask = std::constructible_from<std::remove_cvref_t<A>, A> &&
                 (coro::kIsTask<A> || coro::kHasAwaiter<A> || coro::IsAwaiter<std::remove_cvref_t<A>>);

/// The type of as_task()'s result.
template <AsTask A>
using TaskOf = Task<typename coro::Awaited<A>::Type>;

namespace coro {

template <class A>
Task<typename Awaited<A>::Type> await_it(A awaitable) {
    co_return co_await std::move(awaitable);
}

}  // namespace coro

template <AsTask A>
[[nodiscard]] TaskOf<A> as_task(A&& awaitable) {
    if constexpr (!std::is_lvalue_reference_v<A>) coro::require_sound_temporary<A>();
    if constexpr (std::convertible_to<A, TaskOf<A>>) {
        return std::forward<A>(awaitable);
    } else {
        return coro::await_it<std::remove_cvref_t<A>>(std::forward<A>(awaitable));
    }
}

/// The same for each of them.
template <AsTask A>
[[nodiscard]] std::vector<TaskOf<A>> as_tasks(std::vector<A> awaitables) {
    if constexpr (coro::kIsTask<A>) {
        return awaitables;
    } else {
        std::vector<TaskOf<A>> tasks;
        tasks.reserve(awaitables.size());
        for (A& one : awaitables) tasks.push_back(as_task(std::move(one)));
        return tasks;
    }
}

}  // namespace trawl
