/// What coroutines need of whoever runs them: a queue of the runnable, the task that runs now, and the tasks that were
/// cancelled while they ran. The loop owns one Schedule per thread and resumes from it; nothing here waits or blocks.
///
/// Rules: only the Schedule resumes, in a loop of its own (`transfer`), so that a wake-up never runs inside its waker
/// and no chain of awaits, however deep, grows the stack; every awaiter that can be woken is (or has) a Waiter, and
/// unlinks by being destroyed.
#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "trawl/base/list.hpp"
#include "trawl/coro/context.hpp"
#include "trawl/coro/ready_queue.hpp"

namespace trawl {

class TaskNode;

/// A suspended coroutine and the task that it is part of. In at most one list: that of what it waits for, or the ready
/// queue. Awaited only by coroutines whose promise derives from coro::PromiseBase (Task, AsyncGenerator).
class Waiter : public ListNode {
public:
    Waiter() = default;

    /// What is waited for, in a few words ("Lock", "sleep, 1.2 s left"): for reports of what every task does.
    [[nodiscard]] virtual std::string describe() const { return "something"; }

protected:
    ~Waiter() = default;
    friend class Schedule;
    friend class TaskNode;
    /// Remembers `handle`, to be resumed as part of the task that runs now, and itself as what that task waits for. To
    /// be called when the coroutine is certain to suspend.
    void suspend(std::coroutine_handle<> handle) noexcept;
    /// The task does not wait for this any more. For an awaiter that may be over although its task never stood still.
    inline void is_over() noexcept;

    std::coroutine_handle<> handle_;
    TaskNode* task_ = nullptr;
};

/// Whoever starts tasks beside the one that runs now, and is told of their ends. Outlives them.
class TaskOwner {
public:
    /// How deep owners may be nested: destroying a task destroys the owners in its frames, and so on, on the stack.
    /// A thousand, as Python's recursion limit: it fits a stack of 8 MB in every build, sanitizers included.
    static constexpr std::uint32_t kDepthMax = 1000;

    /// The task in which it was made; null outside of one, and for one that belongs to none.
    [[nodiscard]] TaskNode* parent() const noexcept { return parent_; }
    [[nodiscard]] std::uint32_t depth() const noexcept { return depth_; }
    /// True when it stands in for an owner that cancelled the task: nobody is left to be told of its end.
    [[nodiscard]] bool is_stand_in() const noexcept { return is_stand_in_; }

protected:
    /// Throws UsageError when it is nested too deep.
    TaskOwner();
    enum OfNoTask { kOfNoTask };
    /// Belongs to no task, and may outlive the one that makes it.
    explicit TaskOwner(OfNoTask) noexcept : parent_(nullptr) {}
    /// Stands in for the owner of `task`.
    explicit TaskOwner(const TaskNode& task) noexcept;
    ~TaskOwner() = default;

private:
    TaskNode* parent_;
    std::uint32_t depth_ = 0;
    bool is_stand_in_ = false;
};

/// A task of its own: something that was started beside its parent, and whose end somebody is told of.
class TaskNode : public Waiter {
public:
    /// How many tasks may start each other eagerly, one on the stack of the other.
    static constexpr std::uint32_t kEagerMax = 1024;

    /// It begins with the context of the task that runs now.
    TaskNode();
    /// Destroys its frames, innermost first. Requires: it does not run.
    virtual ~TaskNode();

    /// How many tasks it is below: 0 for a main task.
    [[nodiscard]] std::uint32_t depth() const noexcept { return owner_ == nullptr ? 0 : owner_->depth() + 1; }
    /// The task that started this one; null for the main task.
    [[nodiscard]] TaskNode* parent() const noexcept { return owner_ == nullptr ? nullptr : owner_->parent(); }
    /// True when code that is part of this task or of one below it is on the stack: a step, or the destructors of its
    /// frames.
    [[nodiscard]] bool is_running() const noexcept;
    /// The name that it was given; empty without one. Names are not inherited.
    [[nodiscard]] std::string_view name() const noexcept;
    void set_name(std::string name);
    /// What it sees in context variables; null when nothing was ever set.
    [[nodiscard]] const coro::Context* context() const noexcept;
    /// The same, made when there is none.
    [[nodiscard]] coro::Context& own_context();
    /// What it waits for: null while it runs and when it has ended, itself before its first step.
    [[nodiscard]] const Waiter* waits_for() const noexcept { return waits_for_; }
    /// Where it is suspended, innermost; where it began when that is not known. Null at its end.
    [[nodiscard]] std::coroutine_handle<> innermost() const noexcept {
        return waits_for_ == nullptr ? handle_ : waits_for_->handle_;
    }
    [[nodiscard]] std::string describe() const override { return "its first step"; }

    /// Called once, when the task's coroutine has reached its end and is suspended there. May destroy the task.
    virtual void finished() noexcept = 0;

protected:
    /// Takes over the coroutine and queues it for its first step. `owner` is null for a main task.
    void start(std::coroutine_handle<> handle, TaskOwner* owner) noexcept;
    /// The same, but runs it up to its first suspension before this returns, unless kEagerMax tasks that were started
    /// so are on the stack already. May destroy the task.
    void start_eagerly(std::coroutine_handle<> handle, TaskOwner* owner) noexcept;
    /// Destroys what is left of the coroutine, innermost first and without recursion, however deep it is.
    void destroy_frames() noexcept;
    /// Where the coroutine began.
    [[nodiscard]] std::coroutine_handle<> root() const noexcept { return handle_; }
    [[nodiscard]] TaskOwner* owner() const noexcept { return owner_; }

private:
    friend class Waiter;
    friend class TaskOwner;
    friend class Schedule;
    void adopt(std::coroutine_handle<> handle, TaskOwner* owner) noexcept;

    TaskOwner* owner_ = nullptr;
    Waiter* waits_for_ = nullptr;
};

/// Told of every step of a Schedule, right after it.
class StepWatch {
public:
    /// `task` has run and is suspended or at its end.
    virtual void stepped(TaskNode& task) noexcept = 0;

protected:
    ~StepWatch() = default;
};

class Schedule {
public:
    Schedule();
    ~Schedule();
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

    /// The task that runs now, or whose frames are destroyed now.
    [[nodiscard]] TaskNode* running() const noexcept { return running_; }
    [[nodiscard]] bool idle() const noexcept { return ready_.empty(); }

    /// Draws the order of the runnable from `seed` instead of first come, first served. For tests.
    void shuffle(std::uint64_t seed) { ready_.shuffle(seed); }
    /// `watch` is told of each step; null ends it.
    void watch_steps(StepWatch* watch) noexcept { watch_ = watch; }

    /// Queues `waiter` to be resumed; never resumes it here. One that is queued already goes to
    /// the end.
    void wake(Waiter& waiter) noexcept { ready_.push(waiter); }
    /// Queues all of `waiters`, in order, and takes none of them up: O(1).
    void wake_all(List<Waiter>& waiters) noexcept { ready_.push_all(waiters); }
    /// Resumes one that is ready (the one that has been for longest, unless shuffled), up to its next suspension.
    /// Requires: !idle().
    void step();

    /// Destroys what the coroutine `frame` awaits, innermost first and without recursion. For an awaiter that was woken
    /// in place of the one that its task waited for, innermost: to be called before the coroutine runs on.
    void abandon_awaited_by(std::coroutine_handle<> frame) noexcept;
    /// `handle` goes on as soon as the coroutine that runs now, which is part of the same task, has suspended.
    void transfer(std::coroutine_handle<> handle) noexcept { next_ = handle; }
    /// The coroutine that runs now has ended, and `task` with it.
    void end(TaskNode& task) noexcept { ended_ = &task; }
    /// Destroys `task`, which is running, when no code of it is on the stack any more.
    void destroy_after_step(std::unique_ptr<TaskNode> task);
    /// Destroys what destroy_after_step() was given and has no code on the stack any more. For whoever is about to tell
    /// that tasks are gone. Requires: the caller does not use them.
    void destroy_left_over() noexcept {
        if (!doomed_.empty()) destroy_doomed(running_ == nullptr ? 1 : level() + 1);
    }

    /// An error that no parent is left to receive: the owner throws the first one when it ends. Dropped while something
    /// is cancelled (see Cancelling), like the results on their way there.
    void report_lost_error(std::exception_ptr error) noexcept {
        if (cancelling_ == 0) report_shielded_error(std::move(error));
    }
    /// The same, but the cancelling that goes on was not meant for the work that failed.
    void report_shielded_error(std::exception_ptr error) noexcept {
        if (!lost_error_) lost_error_ = std::move(error);
    }
    [[nodiscard]] bool is_cancelling() const noexcept { return cancelling_ > 0; }
    [[nodiscard]] std::exception_ptr take_lost_error() noexcept { return std::exchange(lost_error_, nullptr); }
    /// While it lives, tasks are destroyed because somebody wants them no more, and says so otherwise (by the error
    /// that is thrown instead, or by having asked for it): errors that were on their way to them are not wanted either.
    class Cancelling {
    public:
        Cancelling() noexcept : schedule_(Schedule::current()) { ++schedule_.cancelling_; }
        Cancelling(const Cancelling&) = delete;
        Cancelling& operator=(const Cancelling&) = delete;
        ~Cancelling() { --schedule_.cancelling_; }

    private:
        Schedule& schedule_;
    };

    /// Every task that was started and has not ended: first those that have run, in the order of their starts.
    [[nodiscard]] std::vector<TaskNode*> tasks();

private:
    friend class TaskNode;
    struct Doomed;
    class Level;
    [[nodiscard]] std::uint32_t level() const noexcept;
    [[nodiscard]] std::uint32_t lowest_level_of(const TaskNode& task) const noexcept;
    void run(TaskNode& task, std::coroutine_handle<> handle) noexcept;
    static void unwind(std::coroutine_handle<> innermost, std::coroutine_handle<> last) noexcept;
    void destroy_doomed(std::uint32_t from_level) noexcept;

    static inline thread_local constinit Schedule* current_ = nullptr;

    coro::ReadyQueue<Waiter> ready_;
    TaskNode* running_ = nullptr;
    const Level* innermost_level_ = nullptr;
    std::coroutine_handle<> interrupted_;  // where the running task had been suspended, innermost, before this step
    std::coroutine_handle<> next_;
    TaskNode* ended_ = nullptr;
    StepWatch* watch_ = nullptr;
    List<Waiter> started_;
    std::unordered_map<const TaskNode*, coro::Context> contexts_;  // few tasks have one, and many must stay small
    std::vector<std::unique_ptr<Doomed>> doomed_;
    std::exception_ptr lost_error_;
    int cancelling_ = 0;
};

/// The task that runs now; null outside of one.
[[nodiscard]] inline TaskNode* current_task() noexcept {
    return Schedule::is_running_here() ? Schedule::current().running() : nullptr;
}

inline void Waiter::suspend(std::coroutine_handle<> handle) noexcept {
    handle_ = handle;
    task_ = Schedule::current().running();
    task_->waits_for_ = this;
}

inline void Waiter::is_over() noexcept {
    if (task_->waits_for_ == this) task_->waits_for_ = nullptr;
}

}  // namespace trawl
