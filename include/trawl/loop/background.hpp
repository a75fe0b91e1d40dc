/// Background: tasks of something that outlives the tasks that use it, such as a connection that several share.
///
/// Rules: they belong to no task, whoever starts them; destroying the Background destroys them, and so does the loop
/// when it ends. They handle their errors: one that leaves a task is thrown by the loop when it ends. For work that
/// somebody waits for, a TaskGroup is the better owner.
#pragma once

#include <string>

#include "trawl/base/list.hpp"
#include "trawl/coro/children.hpp"

namespace trawl {

class Background : private TaskOwner, private ListNode {
public:
    /// Throws UsageError when no loop runs on this thread.
    Background();
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;
    ~Background() { cancel(); }

    /// Starts `task`; it takes its first step soon. `name` is for reports. Throws UsageError for an empty Task.
    void spawn(Task<> task, std::string name);
    /// How many are at work.
    [[nodiscard]] std::size_t size() const noexcept { return children_.size(); }
    /// Destroys every task. One that is running now is destroyed when it next suspends.
    void cancel() noexcept { children_.cancel(); }

private:
    class Child;
    friend class Loop;
    template <class T>
    friend class List;

    coro::Children children_;
};

}  // namespace trawl
