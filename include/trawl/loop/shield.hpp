/// shield: work that goes on when whoever waits for it is destroyed.
#pragma once

#include <coroutine>
#include <memory>
#include <string>
#include <utility>

#include "trawl/loop/task_group.hpp"

namespace trawl {

namespace loop {

/// What the work and the one that waits for it have in common; whoever ends last frees it.
template <class T>
struct Shielded {
    Outcome<T> outcome;
    bool done = false;
    bool failed = false;  // the work itself, and nobody was told yet
    Waiter* waiter = nullptr;
};

template <class T>
class ShieldAwaiter final : public Waiter {
public:
    explicit ShieldAwaiter(std::shared_ptr<Shielded<T>> work) noexcept : work_(std::move(work)) {}
    /// An error that it was not resumed for has nobody left to receive it.
    ~ShieldAwaiter() {
        work_->waiter = nullptr;
        if (work_->failed) Schedule::current().report_shielded_error(work_->outcome.error());
    }
    bool await_ready() const noexcept { return work_->done; }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
        suspend(handle);
        work_->waiter = this;
    }
    T await_resume() {
        work_->failed = false;
        return work_->outcome.take();
    }
    [[nodiscard]] std::string describe() const override { return "shield"; }

private:
    std::shared_ptr<Shielded<T>> work_;
};

/// The work's side of it. Destroyed before the work has ended (with the group), it says so to the one that waits.
template <class T>
class ShieldedEnd {
public:
    explicit ShieldedEnd(std::shared_ptr<Shielded<T>> shielded) noexcept : shielded_(std::move(shielded)) {}
    ShieldedEnd(ShieldedEnd&& other) noexcept = default;
    ShieldedEnd& operator=(ShieldedEnd&&) = delete;
    ~ShieldedEnd() {
        if (shielded_ == nullptr || shielded_->done) return;
        shielded_->outcome.set_error(
            std::make_exception_ptr(ClosedError("shielded work was destroyed with the TaskGroup that it ran in")));
        finish();
    }
    [[nodiscard]] bool is_awaited() const noexcept { return shielded_->waiter != nullptr; }
    Outcome<T>& outcome() noexcept { return shielded_->outcome; }
    void set_error(std::exception_ptr error) noexcept {
        shielded_->outcome.set_error(std::move(error));
        shielded_->failed = true;
    }
    void finish() noexcept {
        shielded_->done = true;
        if (shielded_->waiter != nullptr) Schedule::current().wake(*shielded_->waiter);
    }

private:
    std::shared_ptr<Shielded<T>> shielded_;
};

// An error goes to the one that waits; when there is none, to the group.
template <class T>
Task<> run_shielded(ShieldedEnd<T> end, Task<T> work) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(work);
            end.outcome().set_value();
        } else if constexpr (std::is_reference_v<T>) {
            T value = co_await std::move(work);
            end.outcome().set_value(&value);
        } else {
            T value = co_await std::move(work);
            end.outcome().set_value(std::move(value));
        }
    } catch (...) {
        if (!end.is_awaited()) throw;
        end.set_error(std::current_exception());
    }
    end.finish();
}

}  // namespace loop

/// Gives what `work` gives. The work runs in `group`: when the one that awaits this is destroyed, it goes on there, and
/// an error of it is the group's. It begins when this is awaited.
template <class T>
Task<T> shield(TaskGroup& group, Task<T> work) {
    auto shielded = std::make_shared<loop::Shielded<T>>();
    loop::ShieldAwaiter<T> done(shielded);
    group.spawn(loop::run_shielded(loop::ShieldedEnd<T>(std::move(shielded)), std::move(work)), "shielded");
    co_return co_await done;
}

}  // namespace trawl
