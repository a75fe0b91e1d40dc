#include "trawl/loop/task_group.hpp"

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {

/// A child, in its group's list until it ends. One that is cancelled while it runs loses its group and is the
/// schedule's.
class TaskGroup::Child final : public TaskNode {
public:
    Child(Task<> task, TaskGroup& group) : task_(std::move(task)), group_(&group) {
        link_.child = this;
        group.children_.push_back(link_);
        task_.handle().promise().set_node(this);
        start(task_.handle(), group.owner_);
    }

    void finished() noexcept override {
        std::exception_ptr error = task_.handle().promise().result().error();
        task_ = Task<>();
        if (group_ != nullptr) {
            link_.unlink();
            group_->child_finished(std::unique_ptr<Child>(this), std::move(error));
        } else if (error) {
            Schedule::current().report_lost_error(std::move(error));
        }
    }

    void leave_group() noexcept {
        link_.unlink();
        group_ = nullptr;
    }

private:
    Task<> task_;
    TaskGroup* group_;
    Link link_;
};

// Loop::current() says so when there is no loop.
TaskGroup::TaskGroup() : owner_(Loop::current().running()) {}

TaskGroup::~TaskGroup() {
    cancel();
    if (error_) Schedule::current().report_lost_error(std::move(error_));
}

void TaskGroup::spawn(Task<> task) {
    if (!task.valid()) throw UsageError("spawn() was given a Task that is empty, moved from, or was awaited before");
    if (error_) return;
    auto child = std::make_unique<Child>(std::move(task), *this);
    child.release();  // owned by the list until it ends
    ++size_;
}

void TaskGroup::cancel() noexcept {
    List<Link> going;
    going.append(children_);
    size_ = 0;
    while (!going.empty()) {
        std::unique_ptr<Child> child(going.front().child);
        child->leave_group();
        if (child->is_running()) Schedule::current().destroy_after_step(std::move(child));
    }
    wake_joiner();
}

// The child is destroyed last: it is the task that runs now, and the destructors that cancel() runs may ask for that.
void TaskGroup::child_finished(std::unique_ptr<Child> child, std::exception_ptr error) noexcept {
    --size_;
    if (error && !error_) {
        error_ = std::move(error);
        cancel();
    }
    if (size_ == 0) wake_joiner();
    child.reset();
}

void TaskGroup::refuse_second_joiner() const {
    if (joiner_ != nullptr)
        throw UsageError("a TaskGroup is joined by one task at a time: another one is waiting in join()");
}

void TaskGroup::wake_joiner() noexcept {
    if (joiner_ != nullptr && size_ == 0) Schedule::current().wake(*joiner_);
}

}  // namespace trawl
