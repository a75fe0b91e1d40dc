/// ItemRing: a queue in one piece of memory, which grows and is not given back: items that come and go allocate
/// nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace trawl::loop {

template <class T>
class ItemRing {
public:
    ItemRing() = default;
    ItemRing(const ItemRing&) = delete;
    ItemRing& operator=(const ItemRing&) = delete;
    ~ItemRing() {
        while (size_ > 0) drop_front();
        deallocate();
    }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// Adds an item at the end. Nothing has changed when it throws.
    template <class U>
    void push(U&& item) {
        if (size_ == room_) grow();
        std::construct_at(items_ + ((first_ + size_) & (room_ - 1)), std::forward<U>(item));
        ++size_;
    }
    /// Takes the first item. Requires: !empty().
    T pop() noexcept {
        T item = std::move(items_[first_]);
        drop_front();
        return item;
    }

private:
    static constexpr std::size_t kRoomMin = 8;  // a power of two

    void drop_front() noexcept {
        std::destroy_at(items_ + first_);
        first_ = (first_ + 1) & (room_ - 1);
        --size_;
    }
    void grow() {
        const std::size_t room = room_ == 0 ? kRoomMin : 2 * room_;
        T* items = std::allocator<T>().allocate(room);
        const std::size_t size = size_;
        for (std::size_t i = 0; i < size; ++i) std::construct_at(items + i, pop());
        deallocate();
        items_ = items;
        room_ = room;
        first_ = 0;
        size_ = size;
    }
    void deallocate() noexcept {
        if (items_ != nullptr) std::allocator<T>().deallocate(items_, room_);
    }

    T* items_ = nullptr;
    std::size_t room_ = 0;  // a power of two
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace trawl::loop
