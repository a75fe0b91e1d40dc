/// Arrivals: what came before somebody asked for it, first come, first served. It takes no memory while it is empty and
/// was never used.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace trawl::loop {

template <class T>
class Arrivals {
public:
    [[nodiscard]] bool empty() const noexcept { return first_ == items_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return items_.size() - first_; }
    void push_back(T item) { items_.push_back(std::move(item)); }
    /// Puts back what was taken last, or what was never in here.
    void push_front(T item) {
        if (first_ > 0) {
            items_[--first_] = std::move(item);
        } else {
            items_.insert(items_.begin(), std::move(item));
        }
    }
    /// Requires: !empty().
    T pop_front() noexcept {
        T item = std::move(items_[first_++]);
        if (first_ == items_.size()) {
            items_.clear();
            first_ = 0;
        }
        return item;
    }

private:
    std::vector<T> items_;
    std::size_t first_ = 0;
};

}  // namespace trawl::loop
