/// Children: the tasks that somebody has started and may cancel, one by one as they end or all at once.
///
/// Cancelling destroys a child. One that runs now (because it is the caller, or awaits the caller) is handed to the
/// Schedule, which destroys it when it next suspends.
#pragma once

#include <cstddef>
#include <memory>

#include "trawl/coro/task.hpp"

namespace trawl::coro {

/// The place of a child in its owner's list.
class ChildLink : public ListNode {};

/// A task in such a list.
class ChildNode : public TaskNode, public ChildLink {};

/// A list of children that live on the heap and that it owns.
class Children {
public:
    Children() = default;
    Children(const Children&) = delete;
    Children& operator=(const Children&) = delete;
    ~Children() { cancel(); }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    void add(std::unique_ptr<ChildNode> child) noexcept {
        list_.push_back(*child.release());
        ++size_;
    }
    /// Takes a child out of the list: it is the caller's now.
    [[nodiscard]] std::unique_ptr<TaskNode> remove(ChildNode& child) noexcept {
        child.ChildLink::unlink();
        --size_;
        return std::unique_ptr<TaskNode>(&child);
    }
    /// Destroys every child, in the order of their starts.
    void cancel() noexcept;

private:
    List<ChildLink> list_;
    std::size_t size_ = 0;
};

}  // namespace trawl::coro
