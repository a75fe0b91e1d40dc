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
    bool owes_error = false;  // of the work, to the one that waits
    Waiter* waiter = nullptr;
};

template <class T>
class ShieldAwaiter final : public Waiter {
public:
    explicit ShieldAwaiter(std::shared_ptr<Shielded<T>> work) noexcept : work_(std::move(work)) {}
    /// An error of the work that has woken it, and that it is destroyed without, is the loop's.
    ~ShieldAwaiter() {
        work_->waiter = nullptr;
        if (work_->owes_error) Schedule::current().report_lost_error(work_->outcome.error());
    }
    bool await_ready() const noexcept { return work_->done; }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
        suspend(handle);
        work_->waiter = this;
    }
    T await_resume() {
        work_->owes_error = false;
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
    void owe(std::exception_ptr error) noexcept {
        shielded_->outcome.set_error(std::move(error));
        shielded_->owes_error = true;
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
        end.owe(std::current_exception());
    }
    end.finish();
}

}  // namespace loop

/// Gives what `work` gives. The work runs in `group`: when the one that awaits this is destroyed, it goes on there, and
/// an error of it is the group's (the loop's, when the error was on its way here). It begins when this is awaited.
template <class T>
Task<T> shield(TaskGroup& group, Task<T> work) {
    auto shielded = std::make_shared<loop::Shielded<T>>();
    loop::ShieldAwaiter<T> done(shielded);
    group.spawn(loop::run_shielded(loop::ShieldedEnd<T>(std::move(shielded)), std::move(work)), "shielded");
    co_return co_await done;
}

}  // namespace trawl
