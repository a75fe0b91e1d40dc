/// What a queue keeps its items in, which decides who leaves first: push, pop, take_all.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
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

/// The one that comes before all others by `Compare`; of equal ones, the one that was pushed first.
template <class T, class Compare>
class SortedItems {
public:
    explicit SortedItems(Compare compare) : compare_(std::move(compare)) {}

    template <class U>
    void push(U&& item) {
        heap_.emplace_back(std::forward<U>(item), next_number_++);
        std::push_heap(heap_.begin(), heap_.end(), Later{compare_});
    }
    /// Requires: there is one.
    T pop() {
        std::pop_heap(heap_.begin(), heap_.end(), Later{compare_});
        T item = std::move(heap_.back().item);
        heap_.pop_back();
        return item;
    }
    /// All items; none is left.
    SortedItems take_all() {
        SortedItems all(compare_);
        all.heap_.swap(heap_);
        return all;
    }

private:
    struct Entry {
        template <class U>
        Entry(U&& value, std::uint64_t order) : item(std::forward<U>(value)), number(order) {}
        T item;
        std::uint64_t number;
    };
    // The heap's greatest is the one that leaves first.
    struct Later {
        const Compare& compare;
        bool operator()(const Entry& a, const Entry& b) const {
            if (compare(a.item, b.item)) return false;
            return compare(b.item, a.item) || b.number < a.number;
        }
    };

    std::vector<Entry> heap_;
    std::uint64_t next_number_ = 0;
    Compare compare_;
};

}  // namespace trawl::sync
