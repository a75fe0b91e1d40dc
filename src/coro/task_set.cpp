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

// Whoever waits may be about to go on for want of tasks: there is one again.
void TaskSetBase::add_child(std::unique_ptr<ChildNode> child) noexcept {
    children_.add(std::move(child));
    if (waiting_ != nullptr && !is_over(waiting_->condition_)) waiting_->unlink();
}

// One that is about to go on already keeps its place.
void TaskSetBase::wake_if_over() noexcept {
    if (waiting_ != nullptr && is_over(waiting_->condition_) && !waiting_->linked()) {
        Schedule::current().wake(*waiting_);
    }
}

// The child is destroyed last: it is the task that runs now, and the destructors of its frames may ask for that.
void TaskSetBase::ended(ChildNode& child, bool failed) noexcept {
    std::unique_ptr<TaskNode> over = children_.remove(child);
    ++completed_;
    if (failed) ++failed_;
    wake_if_over();
}

void TaskSetBase::cancel_children() noexcept {
    children_.cancel();
    wake_if_over();
}

}  // namespace trawl::coro
