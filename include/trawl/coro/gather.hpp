/// gather: several tasks at once, their results in the order of the arguments.
///
/// gather: the first error destroys the tasks that are still at work and is thrown. gather_outcomes: every task goes to
/// its end, and the error of one is its outcome. Destroying the gather destroys all of them. What can be awaited is
/// taken as it is: a Task, a sleep, a request of the HTTP client (see as_task).
#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "trawl/coro/as_task.hpp"
#include "trawl/coro/task.hpp"

namespace trawl {

namespace coro {

template <class T>
void require_valid(const Task<T>& task) {
    if (!task.valid()) throw UsageError("gather was given a Task that is empty: moved from, awaited or spawned before");
}

/// Who is told of errors: the gather, which ends at the first, or whoever asks for the outcome of each child.
enum class Errors { kEndTheGather, kAreOutcomes };

/// The coroutine that awaits a gather, and how many of its children are still at work.
class Gathering : public Waiter, public TaskOwner {
public:
    Gathering(std::size_t children, Errors errors) : pending_(children), count_(children), errors_(errors) {}

    [[nodiscard]] std::string describe() const override;
    [[nodiscard]] bool nothing_to_do() const noexcept { return pending_ == 0; }
    using Waiter::suspend;
    void child_ended(std::exception_ptr error) noexcept {
        --pending_;
        if (error_) return;
        if (error && errors_ == Errors::kEndTheGather) error_ = std::move(error);
        if (error_ || pending_ == 0) Schedule::current().wake(*this);
    }
    /// The error that ended the gather, or null: the caller throws it.
    [[nodiscard]] std::exception_ptr take_error() noexcept { return std::exchange(error_, nullptr); }

private:
    std::size_t pending_;
    std::size_t count_;
    Errors errors_;
    std::exception_ptr error_;
};

/// What a child leaves: the gather has the error of one without a value, when errors end it.
template <class T, Errors kErrors>
using Left = std::conditional_t<std::is_void_v<T> && kErrors == Errors::kEndTheGather, std::monostate, Outcome<T>>;

/// One child: its task while it works, its outcome from then on. The frame is freed as soon as the child has ended.
template <class T, Errors kErrors>
class GatherChild final : public StartedTask<T> {
public:
    void finished() noexcept override {
        std::exception_ptr error = this->promise().error();
        if constexpr (kHasOutcome) {
            this->promise().move_outcome_to(left_);
            error = left_.error();
        }
        cancel();
        static_cast<Gathering&>(*this->owner()).child_ended(std::move(error));
    }
    void cancel() noexcept {
        this->unlink();
        this->destroy_frames();
    }
    /// The value (std::monostate for void, a pointer for a reference), or the outcome.
    auto take() {
        if constexpr (kErrors == Errors::kAreOutcomes) {
            return std::move(left_);
        } else if constexpr (std::is_void_v<T>) {
            return std::monostate();
        } else if constexpr (std::is_reference_v<T>) {
            return &left_.take();
        } else {
            return left_.take();
        }
    }

private:
    static constexpr bool kHasOutcome = !std::is_same_v<Left<T, kErrors>, std::monostate>;
    [[no_unique_address]] Left<T, kErrors> left_;
};

template <Errors kErrors, class... Ts>
class GatherTuple {
public:
    explicit GatherTuple(Task<Ts>&&... tasks) : gathering_(sizeof...(Ts), kErrors), tasks_(std::move(tasks)...) {
        std::apply([](const auto&... task) { (require_valid(task), ...); }, tasks_);
    }

    bool await_ready() const noexcept { return gathering_.nothing_to_do(); }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
        gathering_.suspend(handle);
        begin(std::index_sequence_for<Ts...>());
    }
    void await_resume() {
        std::exception_ptr error = gathering_.take_error();
        if (!error) return;
        const Schedule::Cancelling cancelling;
        std::apply([](auto&... child) { (child.cancel(), ...); }, children_);
        std::rethrow_exception(std::move(error));
    }
    auto take() {
        return std::apply([](auto&... child) { return std::tuple<decltype(child.take())...>(child.take()...); },
                          children_);
    }

private:
    template <std::size_t... I>
    void begin(std::index_sequence<I...>) noexcept {
        (std::get<I>(children_).begin(std::move(std::get<I>(tasks_)), &gathering_), ...);
    }

    Gathering gathering_;
    std::tuple<Task<Ts>...> tasks_;
    std::tuple<GatherChild<Ts, kErrors>...> children_;
};

template <Errors kErrors, class T>
class GatherVector {
public:
    explicit GatherVector(std::vector<Task<T>>&& tasks)
        : gathering_(tasks.size(), kErrors), count_(tasks.size()), tasks_(std::move(tasks)) {
        for (const Task<T>& task : tasks_) require_valid(task);
    }

    bool await_ready() const noexcept { return gathering_.nothing_to_do(); }
    void await_suspend(std::coroutine_handle<> handle) {
        children_ = std::make_unique<GatherChild<T, kErrors>[]>(count_);
        gathering_.suspend(handle);
        for (std::size_t i = 0; i < count_; ++i) children_[i].begin(std::move(tasks_[i]), &gathering_);
        std::vector<Task<T>>().swap(tasks_);
    }
    void await_resume() {
        std::exception_ptr error = gathering_.take_error();
        if (!error) return;
        const Schedule::Cancelling cancelling;
        for (std::size_t i = 0; i < count_; ++i) children_[i].cancel();
        std::rethrow_exception(std::move(error));
    }
    auto take() {
        std::vector<decltype(children_[0].take())> results;
        results.reserve(count_);
        for (std::size_t i = 0; i < count_; ++i) results.push_back(children_[i].take());
        return results;
    }

private:
    Gathering gathering_;
    std::size_t count_;
    std::vector<Task<T>> tasks_;
    std::unique_ptr<GatherChild<T, kErrors>[]> children_;
};

template <class... Ts>
Task<std::tuple<Stored<Ts>...>> gather_each(Task<Ts>... tasks) {
    GatherTuple<Errors::kEndTheGather, Ts...> together(std::move(tasks)...);
    co_await together;
    co_return together.take();
}

template <class T>
Task<std::vector<Stored<T>>> gather_all(std::vector<Task<T>> tasks) {
    GatherVector<Errors::kEndTheGather, T> together(std::move(tasks));
    co_await together;
    co_return together.take();
}

inline Task<> gather_all(std::vector<Task<>> tasks) {
    GatherVector<Errors::kEndTheGather, void> together(std::move(tasks));
    co_await together;
}

template <class... Ts>
Task<std::tuple<Outcome<Ts>...>> gather_each_outcome(Task<Ts>... tasks) {
    GatherTuple<Errors::kAreOutcomes, Ts...> together(std::move(tasks)...);
    co_await together;
    co_return together.take();
}

template <class T>
Task<std::vector<Outcome<T>>> gather_all_outcomes(std::vector<Task<T>> tasks) {
    GatherVector<Errors::kAreOutcomes, T> together(std::move(tasks));
    co_await together;
    co_return together.take();
}

/// One that would do if it were moved.
template <class A>
concept NamedTask = !AsTask<A> && AsTask<std::remove_cvref_t<A>>;

}  // namespace coro

/// Runs them together and gives a tuple of their values (std::monostate for void, a pointer for a reference).
template <AsTask... As>
Task<std::tuple<coro::Stored<typename coro::Awaited<As>::Type>...>> gather(As&&... all) {
    return coro::gather_each(as_task(std::forward<As>(all))...);
}

/// Runs them together and gives a vector of their values, in the order of `all`; nothing when they have no values.
template <AsTask A>
auto gather(std::vector<A> all) {
    return coro::gather_all(as_tasks(std::move(all)));
}

/// Says so to whoever forgot to.
template <class... As>
    requires(coro::NamedTask<As> || ...)
Task<> gather(As&&...) {
    static_assert(sizeof...(As) == 0, "give a Task to gather as std::move(task): it runs once, and is used up");
    return {};
}

/// Runs them together, all of them to their ends, and gives a tuple of their outcomes.
template <AsTask... As>
Task<std::tuple<Outcome<typename coro::Awaited<As>::Type>...>> gather_outcomes(As&&... all) {
    return coro::gather_each_outcome(as_task(std::forward<As>(all))...);
}

/// Runs them together, all of them to their ends, and gives a vector of their outcomes, in the order of `all`.
template <AsTask A>
Task<std::vector<Outcome<typename coro::Awaited<A>::Type>>> gather_outcomes(std::vector<A> all) {
    return coro::gather_all_outcomes(as_tasks(std::move(all)));
}

}  // namespace trawl
