#include "trawl/loop/task_group.hpp"

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {

class TaskGroup::Child final : public coro::StartedTask<void, coro::ChildNode> {
public:
    void finished() noexcept override {
        if (!owner()->is_stand_in()) {
            static_cast<TaskGroup*>(owner())->child_ended(*this);
        } else if (auto error = promise().error()) {
            Schedule::current().report_lost_error(std::move(error));
        }
    }
};

TaskGroup::TaskGroup(OnError on_error) : on_error_(on_error) {
    static_cast<void>(Loop::current());  // throws when there is none
}

TaskGroup::~TaskGroup() {
    cancel();
    Schedule::current().destroy_left_over();
    if (join_given_up_ && Schedule::current().is_cancelling()) return;  // they were on their way to who is cancelled
    for (std::exception_ptr& error : errors_) Schedule::current().report_shielded_error(std::move(error));
}

TaskGroup::Child* TaskGroup::admit(Task<>& task, std::string name) {
    if (!task.valid()) throw UsageError("spawn() was given a Task that is empty, moved from, or was awaited before");
    if (on_error_ == OnError::kCancel && !errors_.empty()) return nullptr;
    if (joiner_ != nullptr) joiner_->unlink();  // it may be about to go on: there is somebody to wait for again
    auto child = std::make_unique<Child>();
    if (!name.empty()) child->set_name(std::move(name));
    Child* admitted = child.get();
    children_.add(std::move(child));
    return admitted;
}

void TaskGroup::spawn(Task<> task, std::string name) {
    if (Child* child = admit(task, std::move(name))) child->begin(std::move(task), this);
}

void TaskGroup::spawn_eagerly(Task<> task, std::string name) {
    if (Child* child = admit(task, std::move(name))) child->begin_eagerly(std::move(task), this);
}

void TaskGroup::cancel() noexcept {
    children_.cancel();
    wake_joiner();
}

// The child is destroyed last: it is the task that runs now, and the destructors that cancel() runs may ask for that.
void TaskGroup::child_ended(Child& child) noexcept {
    std::exception_ptr error = child.promise().error();
    const std::unique_ptr<TaskNode> over = children_.remove(child);
    join_given_up_ = false;
    if (error) {
        errors_.push_back(std::move(error));
        if (on_error_ == OnError::kCancel) children_.cancel();
    }
    wake_joiner();
}

void TaskGroup::throw_errors() {
    const std::vector<std::exception_ptr> errors = std::exchange(errors_, {});
    if (on_error_ == OnError::kCollect) throw ErrorGroup(errors);
    std::rethrow_exception(errors.front());
}

// One that is about to go on already keeps its place.
void TaskGroup::wake_joiner() noexcept {
    if (joiner_ != nullptr && size() == 0 && !joiner_->linked()) Schedule::current().wake(*joiner_);
}

// Children that were cancelled count as gone: now is the time to see to it.
bool TaskGroup::JoinAwaiter::await_ready() const noexcept {
    if (group_->size() > 0) return false;
    Schedule::current().destroy_left_over();
    return group_->size() == 0;
}

void TaskGroup::JoinAwaiter::give_up() noexcept {
    group_->joiner_ = nullptr;
    group_->join_given_up_ = true;
}

void TaskGroup::JoinAwaiter::await_suspend(std::coroutine_handle<> handle) {
    if (group_->joiner_ != nullptr)
        throw UsageError("a TaskGroup is joined by one task at a time: another one is waiting in join()");
    suspend(handle);
    group_->joiner_ = this;
    group_->join_given_up_ = false;
}

std::string TaskGroup::JoinAwaiter::describe() const { return format("TaskGroup ({} at work)", group_->size()); }

}  // namespace trawl
