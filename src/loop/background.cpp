#include "trawl/loop/background.hpp"

#include <memory>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {

class Background::Child final : public coro::StartedTask<void, coro::ChildNode> {
public:
    void finished() noexcept override {
        if (auto error = promise().error()) Schedule::current().report_lost_error(std::move(error));
        if (owner()->is_stand_in()) return;  // whoever cancelled it destroys it
        const std::unique_ptr<TaskNode> over = static_cast<Background*>(owner())->children_.remove(*this);
    }
};

Background::Background() : TaskOwner(kOfNoTask) { Loop::current().backgrounds_.push_back(*this); }

void Background::spawn(Task<> task, std::string name) {
    if (!task.valid()) throw UsageError("spawn() was given a Task that is empty, moved from, or was awaited before");
    auto child = std::make_unique<Child>();
    child->set_name(std::move(name));
    Child* started = child.get();
    children_.add(std::move(child));
    started->begin(std::move(task), this);
}

}  // namespace trawl
