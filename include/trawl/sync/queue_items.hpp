/// What a queue keeps its items in, which decides who leaves first: push, pop, take_all.
#pragma once

#include <deque>
#include <set>
#include <utility>
#include <vector>

namespace trawl::sync {

/// First in, first out.
template <class T>
class FifoItems {
public:
    template <class U>
    void push(U&& item) {
        items_.emplace_back(std::forward<U>(item));
    }
    /// Requires: there is one.
    T pop() {
        T item = std::move(items_.front());
        items_.pop_front();
        return item;
    }
    /// All items; none is left.
    FifoItems take_all() {
        FifoItems all;
        all.items_.swap(items_);
        return all;
    }

private:
    std::deque<T> items_;
};

/// Last in, first out.
template <class T>
class LifoItems {
public:
    template <class U>
    void push(U&& item) {
        items_.emplace_back(std::forward<U>(item));
    }
    /// Requires: there is one.
    T pop() {
        T item = std::move(items_.back());
        items_.pop_back();
        return item;
    }
    /// All items; none is left.
    LifoItems take_all() {
        LifoItems all;
        all.items_.swap(items_);
        return all;
    }

private:
    std::vector<T> items_;
};

/// The one that comes before all others by `Compare`; of equal ones, the one that was pushed first. A tree and not a
/// heap: when a comparison throws, nothing has changed.
template <class T, class Compare>
class SortedItems {
public:
    explicit SortedItems(Compare compare) : items_(std::move(compare)) {}

    template <class U>
    void push(U&& item) {
        items_.emplace(std::forward<U>(item));
    }
    /// Requires: there is one.
    T pop() {
        const auto first = items_.begin();
        T item = std::move(const_cast<T&>(*first));  // it leaves the tree before anything is compared again
        items_.erase(first);
        return item;
    }
    /// All items; none is left.
    SortedItems take_all() {
        SortedItems all(items_.key_comp());
        all.items_.swap(items_);
        return all;
    }

private:
    std::multiset<T, Compare> items_;
};

}  // namespace trawl::sync
