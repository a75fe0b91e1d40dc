/// The peer: what one writes by hand instead of a generator of numbers. Its increment is compiled elsewhere, so that it
/// is a call and the loop around it is not optimised away.
#pragma once

#include <cstdint>

namespace bench {

class Counter {
public:
    Counter(std::uint64_t begin, std::uint64_t end) noexcept;

    class Iterator {
    public:
        explicit Iterator(Counter* counter) noexcept : counter_(counter) {}
        std::uint64_t operator*() const noexcept { return counter_->value_; }
        Iterator& operator++() noexcept;
        bool operator!=(const Iterator& other) const noexcept { return counter_ != other.counter_; }

    private:
        Counter* counter_;
    };
    Iterator begin() noexcept;
    Iterator end() noexcept { return Iterator(nullptr); }

private:
    std::uint64_t value_;
    std::uint64_t end_;
};

}  // namespace bench
