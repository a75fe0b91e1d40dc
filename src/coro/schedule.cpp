#include "trawl/coro/schedule.hpp"

#include <algorithm>

namespace trawl {

bool TaskNode::is_running() const noexcept {
    if (!Schedule::is_running_here()) return false;
    for (const TaskNode* node = Schedule::current().running(); node != nullptr; node = node->parent_) {
        if (node == this) return true;
    }
    return false;
}

void TaskNode::start(std::coroutine_handle<> handle, TaskNode* parent) noexcept {
    parent_ = parent;
    handle_ = handle;
    task_ = this;
    Schedule::current().wake(*this);
}

void Schedule::step() {
    Waiter& waiter = ready_.pop_front();
    running_ = waiter.task_;
    waiter.handle_.resume();
    running_ = nullptr;
    if (!doomed_.empty()) destroy_doomed();
}

void Schedule::destroy_after_step(std::unique_ptr<TaskNode> task) { doomed_.push_back(std::move(task)); }

std::size_t Schedule::depth(const TaskNode& task) noexcept {
    std::size_t depth = 0;
    for (const TaskNode* node = task.parent(); node != nullptr; node = node->parent()) ++depth;
    return depth;
}

// Innermost first: what a task refers to in its ancestors' frames is alive until it is gone. The destructors that run
// here may doom nothing more (no task is running), but they may wake and spawn.
void Schedule::destroy_doomed() noexcept {
    std::sort(doomed_.begin(), doomed_.end(), [](const auto& a, const auto& b) { return depth(*a) > depth(*b); });
    for (auto& task : doomed_) task.reset();
    doomed_.clear();
}

}  // namespace trawl
