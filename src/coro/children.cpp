#include "trawl/coro/children.hpp"

namespace trawl::coro {

// The list is emptied first: the destructors that run here may look at it, add to it, and cancel it again.
void Children::cancel() noexcept {
    if (list_.empty()) return;  // also outside of a loop
    const Schedule::Cancelling cancelling;
    List<ChildLink> going;
    going.append(list_);
    size_ = 0;
    while (!going.empty()) {
        std::unique_ptr<TaskNode> child(static_cast<ChildNode*>(&going.pop_front()));
        if (child->is_running()) Schedule::current().destroy_after_step(std::move(child));
    }
}

}  // namespace trawl::coro
