/// What coroutines need of whoever runs them: a FIFO of the runnable, the task that runs now, and the tasks that were
/// cancelled while they ran. The loop owns one Schedule per thread and resumes from it; nothing here waits or blocks.
///
/// Rules: only the owner of the Schedule resumes what is in it, so that a wake-up never runs inside its waker; every
/// awaiter that can be woken is (or has) a Waiter, and unlinks by being destroyed.
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/list.hpp"

namespace trawl {

class TaskNode;

/// A suspended coroutine and the task that it is part of. In at most one list: that of what it waits for, or the ready
/// queue.
class Waiter : public ListNode {
public:
    Waiter() = default;

    /// What is waited for, in a few words ("Lock", "sleep until ..."): for reports of what every task does.
    [[nodiscard]] virtual std::string describe() const { return "something"; }

protected:
    ~Waiter() = default;
    friend class Schedule;
    /// Remembers `handle`, to be resumed as part of the task that runs now.
    void suspend(std::coroutine_handle<> handle) noexcept;

    std::coroutine_handle<> handle_;
    TaskNode* task_ = nullptr;
};

/// A task of its own: something that was started beside its parent, and whose end somebody is told of.
class TaskNode : public Waiter {
public:
    TaskNode() = default;
    virtual ~TaskNode() = default;

    [[nodiscard]] TaskNode* parent() const noexcept { return parent_; }
    /// True when the coroutine that runs now is part of this task or of one below it.
    [[nodiscard]] bool is_running() const noexcept;

    /// Called once, when the task's coroutine has reached its end and is suspended there. May destroy the coroutine.
    virtual void finished() noexcept = 0;

protected:
    /// Puts the task into the ready queue; it begins at `handle` and is a child of `parent`, which must outlive it.
    void start(std::coroutine_handle<> handle, TaskNode* parent) noexcept;

private:
    TaskNode* parent_ = nullptr;
};

class Schedule {
public:
    Schedule() = default;
    Schedule(const Schedule&) = delete;
    Schedule& operator=(const Schedule&) = delete;

    /// The Schedule of this thread. Requires: a loop runs on it.
    static Schedule& current() noexcept { return *current_; }
    [[nodiscard]] static bool is_running_here() noexcept { return current_ != nullptr; }
    /// Makes this the thread's schedule and returns the one that was.
    static Schedule* exchange(Schedule* schedule) noexcept {
        Schedule* before = current_;
        current_ = schedule;
        return before;
    }

    [[nodiscard]] TaskNode* running() const noexcept { return running_; }
    [[nodiscard]] bool idle() const noexcept { return ready_.empty(); }

    /// Queues `waiter` to be resumed; never resumes it here. One that is queued already is left where it is.
    void wake(Waiter& waiter) noexcept { ready_.push_back(waiter); }
    /// Resumes the waiter that has been ready for longest, up to its next suspension. Requires: !idle().
    void step();

    /// Destroys `task` when the coroutine that runs now, which is part of it, has suspended.
    void destroy_after_step(std::unique_ptr<TaskNode> task);

    /// An error that no parent is left to receive. The owner throws the first one when it ends: none is dropped.
    void report_lost_error(std::exception_ptr error) noexcept {
        if (!lost_error_) lost_error_ = std::move(error);
    }
    [[nodiscard]] std::exception_ptr take_lost_error() noexcept { return std::exchange(lost_error_, nullptr); }

private:
    void destroy_doomed() noexcept;
    static std::size_t depth(const TaskNode& task) noexcept;

    static inline thread_local constinit Schedule* current_ = nullptr;

    List<Waiter> ready_;
    TaskNode* running_ = nullptr;
    std::vector<std::unique_ptr<TaskNode>> doomed_;
    std::exception_ptr lost_error_;
};

inline void Waiter::suspend(std::coroutine_handle<> handle) noexcept {
    handle_ = handle;
    task_ = Schedule::current().running();
}

}  // namespace trawl
