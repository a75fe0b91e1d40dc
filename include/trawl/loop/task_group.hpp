/// TaskGroup: tasks that run beside each other and end together.
///
/// Rules: a group belongs to the task in which it was made and does not outlive it; a child's error destroys the other
/// children at once and is thrown by join(), unless the group collects errors; leaving the group's scope destroys
/// whatever is still at work. An error that join() did not deliver is thrown by the loop when it ends.
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "trawl/coro/children.hpp"

namespace trawl {

/// What a TaskGroup does when a child fails.
enum class OnError {
    kCancel,   // destroys the other children; join() throws the error
    kCollect,  // lets the others go on; join() throws an ErrorGroup when all have ended
};

class TaskGroup : private TaskOwner {
public:
    /// Throws UsageError when no loop runs on this thread, or when it is nested too deep (TaskOwner::kDepthMax).
    explicit TaskGroup(OnError on_error = OnError::kCancel);
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup();

    /// Starts `task` as a child; it takes its first step soon. After a child's error it is destroyed instead (when the
    /// group cancels). `name` is for reports. Throws UsageError for an empty Task.
    void spawn(Task<> task, std::string name = {});
    /// The same, but the child takes its first step before this returns: one that need not wait has ended then.
    void spawn_eagerly(Task<> task, std::string name = {});
    /// How many children are at work.
    [[nodiscard]] std::size_t size() const noexcept { return children_.size(); }
    /// The errors of children that join() has not thrown yet, in the order in which they were thrown.
    [[nodiscard]] const std::vector<std::exception_ptr>& errors() const noexcept { return errors_; }

    /// Destroys every child. One that is running now (because it is the caller, or awaits the caller) is destroyed when
    /// it next suspends.
    void cancel() noexcept;

    class JoinAwaiter;
    /// Waits until every child has ended, also those that children spawn meanwhile; then throws the first error of a
    /// child, or all of them as an ErrorGroup when the group collects. One task at a time may wait (UsageError).
    [[nodiscard]] JoinAwaiter join() noexcept;

private:
    class Child;
    friend class JoinAwaiter;

    Child* admit(Task<>& task, std::string name);
    void child_ended(Child& child) noexcept;
    void wake_joiner() noexcept;
    void throw_errors();

    OnError on_error_;
    coro::Children children_;
    std::vector<std::exception_ptr> errors_;
    JoinAwaiter* joiner_ = nullptr;
    bool join_given_up_ = false;  // and nothing has happened since
};

class TaskGroup::JoinAwaiter final : public Waiter {
public:
    explicit JoinAwaiter(TaskGroup& group) noexcept : group_(&group) {}
    /// Requires: `other` has not been awaited.
    JoinAwaiter(JoinAwaiter&& other) noexcept : Waiter(), group_(other.group_) {}
    ~JoinAwaiter() {
        if (group_->joiner_ == this) give_up();
    }
    [[nodiscard]] bool await_ready() const noexcept;
    void await_suspend(std::coroutine_handle<> handle);
    void await_resume() {
        if (group_->joiner_ == this) group_->joiner_ = nullptr;
        if (!group_->errors_.empty()) group_->throw_errors();
    }
    [[nodiscard]] std::string describe() const override;

private:
    void give_up() noexcept;

    TaskGroup* group_;
};

inline TaskGroup::JoinAwaiter TaskGroup::join() noexcept { return JoinAwaiter(*this); }

}  // namespace trawl
