/// TaskGroup: tasks that run beside each other and end together.
///
/// Rules: a group belongs to the task in which it was made and does not outlive it; a child's error destroys the other
/// children at once and is thrown by join(); leaving the group's scope destroys whatever is still at work. An error
/// that join() did not deliver is thrown by the loop when it ends.
#pragma once

#include <coroutine>
#include <exception>
#include <memory>

#include "trawl/coro/task.hpp"

namespace trawl {

class TaskGroup {
public:
    TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup();

    /// Starts `task` as a child; it takes its first step soon. After a child's error it is destroyed instead.
    /// Throws UsageError for an empty Task.
    void spawn(Task<> task);
    /// How many children are at work.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Destroys every child. One that is running now (because it is the caller, or awaits the caller) is destroyed when
    /// it next suspends.
    void cancel() noexcept;

    class JoinAwaiter;
    /// Waits until every child has ended; throws the first error of a child. One task at a time may wait (UsageError).
    [[nodiscard]] JoinAwaiter join() noexcept;

private:
    class Child;
    struct Link : ListNode {
        Child* child = nullptr;
    };
    friend class JoinAwaiter;

    void child_finished(std::unique_ptr<Child> child, std::exception_ptr error) noexcept;
    void wake_joiner() noexcept;
    void refuse_second_joiner() const;

    TaskNode* owner_;
    List<Link> children_;
    std::size_t size_ = 0;
    std::exception_ptr error_;
    JoinAwaiter* joiner_ = nullptr;
};

class TaskGroup::JoinAwaiter final : public Waiter {
public:
    explicit JoinAwaiter(TaskGroup& group) noexcept : group_(&group) {}
    ~JoinAwaiter() {
        if (group_->joiner_ == this) group_->joiner_ = nullptr;
    }
    bool await_ready() const noexcept { return group_->size_ == 0; }
    void await_suspend(std::coroutine_handle<> handle) {
        group_->refuse_second_joiner();
        suspend(handle);
        group_->joiner_ = this;
    }
    void await_resume() {
        if (auto error = std::exchange(group_->error_, nullptr)) std::rethrow_exception(error);
    }

private:
    TaskGroup* group_;
};

inline TaskGroup::JoinAwaiter TaskGroup::join() noexcept { return JoinAwaiter(*this); }

}  // namespace trawl
