/// The order in which the runnable run: first come, first served, or, for tests, an order drawn from a seed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "trawl/base/list.hpp"

namespace trawl::coro {

/// A queue of `T`s, which are ListNodes and leave it by being destroyed. T may be incomplete.
template <class T>
class ReadyQueue {
public:
    /// From now on a pop gives any of those that are ready. The same seed, the same pushes: the same order.
    void shuffle(std::uint64_t seed) { lots_ = std::make_unique<Lots>(seed); }

    [[nodiscard]] bool empty() const noexcept { return fifo_.empty() && (!lots_ || lots_->empty()); }
    void push(T& item) noexcept {
        if (lots_) [[unlikely]] {
            lots_->draw().push_back(item);
        } else {
            fifo_.push_back(item);
        }
    }
    /// Pushes all of `items`, in order; in O(1) unless shuffled.
    void push_all(List<T>& items) noexcept {
        if (lots_) [[unlikely]] {
            while (!items.empty()) push(items.pop_front());
        } else {
            fifo_.append(items);
        }
    }
    /// Requires: !empty().
    T& pop() noexcept {
        if (lots_ && !lots_->empty()) [[unlikely]]
            return lots_->draw_filled().pop_front();
        return fifo_.pop_front();
    }
    template <class Function>
    void for_each(Function&& function) {
        fifo_.for_each(function);
        if (lots_) lots_->for_each(function);
    }

private:
    // Several queues to draw from: whoever is ready may run before or behind any other.
    class Lots {
    public:
        explicit Lots(std::uint64_t seed) noexcept : state_(seed) {}
        [[nodiscard]] bool empty() const noexcept {
            for (const auto& queue : queues_) {
                if (!queue.empty()) return false;
            }
            return true;
        }
        List<T>& draw() noexcept { return queues_[next() % kQueues]; }
        List<T>& draw_filled() noexcept {
            std::uint64_t i = next();
            while (queues_[i % kQueues].empty()) ++i;
            return queues_[i % kQueues];
        }
        template <class Function>
        void for_each(Function&& function) {
            for (auto& queue : queues_) queue.for_each(function);
        }

    private:
        static constexpr std::size_t kQueues = 8;
        // SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
        std::uint64_t next() noexcept {
            std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }

        std::uint64_t state_;
        std::array<List<T>, kQueues> queues_;
    };

    List<T> fifo_;
    std::unique_ptr<Lots> lots_;
};

}  // namespace trawl::coro
