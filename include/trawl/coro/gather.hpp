/// gather: several tasks at once, their results in the order of the arguments.
///
/// The first error destroys the tasks that are still at work and is thrown. Destroying the gather destroys all of them.
#pragma once

#include <memory>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "trawl/coro/task.hpp"

namespace trawl {

namespace coro {

/// The coroutine that awaits a gather, and how many of its children are still at work.
class GatherWaiter : public Waiter {
public:
    explicit GatherWaiter(std::size_t pending) noexcept : pending_(pending) {}

    [[nodiscard]] bool nothing_to_do() const noexcept { return pending_ == 0; }
    using Waiter::suspend;
    void child_finished(std::exception_ptr error) noexcept {
        --pending_;
        if (error && !error_) {
            error_ = std::move(error);
            Schedule::current().wake(*this);
        } else if (pending_ == 0 && !error_) {
            Schedule::current().wake(*this);
        }
    }
    [[nodiscard]] std::exception_ptr error() const noexcept { return error_; }

private:
    std::size_t pending_;
    std::exception_ptr error_;
};

/// One child: its task while it works, its result from then on. The frame is freed as soon as the child has ended.
template <class T>
class GatherChild final : public TaskNode {
public:
    void begin(Task<T> task, GatherWaiter& waiter) noexcept {
        task_ = std::move(task);
        waiter_ = &waiter;
        task_.handle().promise().set_node(this);
        start(task_.handle(), Schedule::current().running());
    }
    void finished() noexcept override {
        result_.move_from(task_.handle().promise().result());
        cancel();
        waiter_->child_finished(result_.error());
    }
    void cancel() noexcept { task_ = Task<T>(); }
    Stored<T> take() {
        if constexpr (std::is_void_v<T>) {
            result_.take();
            return {};
        } else if constexpr (std::is_reference_v<T>) {
            return &result_.take();
        } else {
            return result_.take();
        }
    }

private:
    Task<T> task_;
    GatherWaiter* waiter_ = nullptr;
    Result<T> result_;
};

template <class... Ts>
class GatherTuple {
public:
    explicit GatherTuple(Task<Ts>&&... tasks) noexcept : waiter_(sizeof...(Ts)), tasks_(std::move(tasks)...) {}

    bool await_ready() const noexcept { return waiter_.nothing_to_do(); }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
        waiter_.suspend(handle);
        begin(std::index_sequence_for<Ts...>());
    }
    std::tuple<Stored<Ts>...> await_resume() {
        if (waiter_.error()) {
            std::apply([](auto&... child) { (child.cancel(), ...); }, children_);
            std::rethrow_exception(waiter_.error());
        }
        return std::apply([](auto&... child) { return std::tuple<Stored<Ts>...>(child.take()...); }, children_);
    }

private:
    template <std::size_t... I>
    void begin(std::index_sequence<I...>) noexcept {
        (std::get<I>(children_).begin(std::move(std::get<I>(tasks_)), waiter_), ...);
    }

    GatherWaiter waiter_;
    std::tuple<Task<Ts>...> tasks_;
    std::tuple<GatherChild<Ts>...> children_;
};

template <class T>
class GatherVector {
public:
    explicit GatherVector(std::vector<Task<T>>&& tasks)
        : waiter_(tasks.size()), count_(tasks.size()), tasks_(std::move(tasks)) {}

    bool await_ready() const noexcept { return waiter_.nothing_to_do(); }
    void await_suspend(std::coroutine_handle<> handle) {
        waiter_.suspend(handle);
        children_ = std::make_unique<GatherChild<T>[]>(count_);
        for (std::size_t i = 0; i < count_; ++i) children_[i].begin(std::move(tasks_[i]), waiter_);
        std::vector<Task<T>>().swap(tasks_);
    }
    std::vector<Stored<T>> await_resume() {
        if (waiter_.error()) {
            for (std::size_t i = 0; i < count_; ++i) children_[i].cancel();
            std::rethrow_exception(waiter_.error());
        }
        std::vector<Stored<T>> results;
        results.reserve(count_);
        for (std::size_t i = 0; i < count_; ++i) results.push_back(children_[i].take());
        return results;
    }

private:
    GatherWaiter waiter_;
    std::size_t count_;
    std::vector<Task<T>> tasks_;
    std::unique_ptr<GatherChild<T>[]> children_;
};

}  // namespace coro

/// Runs the tasks together and gives a tuple of their values (std::monostate for void, a pointer for a reference).
template <class... Ts>
Task<std::tuple<coro::Stored<Ts>...>> gather(Task<Ts>... tasks) {
    coro::GatherTuple<Ts...> together(std::move(tasks)...);
    co_return co_await together;
}

/// Runs the tasks together and gives a vector of their values, in the order of `tasks`.
template <class T>
Task<std::vector<coro::Stored<T>>> gather(std::vector<Task<T>> tasks) {
    coro::GatherVector<T> together(std::move(tasks));
    co_return co_await together;
}

/// The same for tasks without a value.
inline Task<> gather(std::vector<Task<>> tasks) {
    coro::GatherVector<void> together(std::move(tasks));
    co_await together;
}

}  // namespace trawl
