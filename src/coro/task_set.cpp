#include "trawl/coro/task_set.hpp"

#include "trawl/base/format.hpp"

namespace trawl::coro {

void TaskSetBase::Wait::await_suspend(std::coroutine_handle<> handle) {
    if (set_->waiting_ != nullptr)
        throw UsageError("a TaskSet is waited for by one task at a time: another one is waiting in next() or wait()");
    suspend(handle);
    set_->waiting_ = this;
}

std::string TaskSetBase::Wait::describe() const {
    return format("TaskSet ({} at work, {} ended)", set_->pending(), set_->completed());
}

bool TaskSetBase::is_over(WaitFor condition) const noexcept {
    if (children_.size() == 0) return true;
    switch (condition) {
        case WaitFor::kFirstCompleted:
            return completed_ > 0;
        case WaitFor::kFirstError:
            return failed_ > 0;
        case WaitFor::kAll:
            break;
    }
    return false;
}

// The child is destroyed last: it is the task that runs now, and the destructors of its frames may ask for that.
void TaskSetBase::ended(ChildNode& child, bool failed) noexcept {
    std::unique_ptr<TaskNode> over = children_.remove(child);
    ++completed_;
    if (failed) ++failed_;
    if (waiting_ != nullptr && is_over(waiting_->condition_)) Schedule::current().wake(*waiting_);
}

void TaskSetBase::cancel_children() noexcept {
    children_.cancel();
    if (waiting_ != nullptr && is_over(waiting_->condition_)) Schedule::current().wake(*waiting_);
}

}  // namespace trawl::coro
