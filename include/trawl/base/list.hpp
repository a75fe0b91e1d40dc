/// An intrusive doubly linked list: nodes live in their owners, adding and removing allocate nothing and take O(1).
///
/// A node unlinks itself when it is destroyed. That is what makes cancelling by destruction work: whatever waits is a
/// node, and when it is gone nobody can wake it any more.
#pragma once

namespace trawl {

class ListNode {
public:
    ListNode() = default;
    ListNode(const ListNode&) = delete;
    ListNode& operator=(const ListNode&) = delete;
    ~ListNode() { unlink(); }

    [[nodiscard]] bool linked() const noexcept { return next_ != this; }

    void unlink() noexcept {
        prev_->next_ = next_;
        next_->prev_ = prev_;
        prev_ = next_ = this;
    }

private:
    template <class T>
    friend class List;

    void insert_before(ListNode& other) noexcept {
        unlink();
        prev_ = other.prev_;
        next_ = &other;
        prev_->next_ = this;
        other.prev_ = this;
    }

    ListNode* prev_ = this;
    ListNode* next_ = this;
};

/// A list of `T`s, which derive from ListNode. It owns none of them; destroying it leaves them unlinked.
template <class T>
class List {
public:
    List() = default;
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List() {
        while (!empty()) head_.next_->unlink();
    }

    [[nodiscard]] bool empty() const noexcept { return !head_.linked(); }
    /// Adds at the end; a node that is in a list is moved.
    void push_back(T& node) noexcept { static_cast<ListNode&>(node).insert_before(head_); }
    void push_front(T& node) noexcept { static_cast<ListNode&>(node).insert_before(*head_.next_); }

    /// Requires: !empty().
    [[nodiscard]] T& front() noexcept { return static_cast<T&>(*head_.next_); }
    /// Requires: !empty().
    [[nodiscard]] T& back() noexcept { return static_cast<T&>(*head_.prev_); }
    T& pop_front() noexcept {
        T& node = front();
        static_cast<ListNode&>(node).unlink();
        return node;
    }

    /// Moves everything of `other` to the end of this list, in order, in O(1).
    void append(List& other) noexcept {
        if (other.empty()) return;
        ListNode* first = other.head_.next_;
        ListNode* last = other.head_.prev_;
        other.head_.prev_ = other.head_.next_ = &other.head_;
        first->prev_ = head_.prev_;
        head_.prev_->next_ = first;
        last->next_ = &head_;
        head_.prev_ = last;
    }

    /// Calls `function` with each node, in order. It must not change the list.
    template <class Function>
    void for_each(Function&& function) {
        for (ListNode* node = head_.next_; node != &head_; node = node->next_) function(static_cast<T&>(*node));
    }

private:
    ListNode head_;
};

}  // namespace trawl
