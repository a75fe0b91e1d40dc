/// ByteBudget: what a retrieval may hold in memory, counted in bytes. Whoever would go beyond it waits.
///
/// Rules: first come, first served; a claim larger than the whole is let in when nothing else is held. Whoever is
/// destroyed while it waits hands its turn on. The budget must outlive its holds and those who wait.
#pragma once

#include <cstddef>
#include <utility>

#include "trawl/coro/task.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/lock.hpp"

namespace trawl {

class ByteBudget {
public:
    explicit ByteBudget(std::size_t bytes_max) noexcept : max_(bytes_max) {}
    ByteBudget(const ByteBudget&) = delete;
    ByteBudget& operator=(const ByteBudget&) = delete;

    /// Bytes that are held until it is destroyed.
    class [[nodiscard("what is dropped is not held")]] Hold {
    public:
        Hold() = default;
        Hold(Hold&& other) noexcept
            : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
        Hold& operator=(Hold&& other) noexcept {
            std::swap(budget_, other.budget_);
            std::swap(bytes_, other.bytes_);
            return *this;
        }
        ~Hold() { resize(0); }

        /// What was guessed is known now. It may take the budget beyond its limit: the bytes are there already.
        void resize(std::size_t bytes) noexcept {
            if (budget_ == nullptr) return;
            budget_->used_ += bytes - bytes_;
            const bool less = bytes < std::exchange(bytes_, bytes);
            if (less) budget_->changed_.set();
        }

    private:
        friend class ByteBudget;
        Hold(ByteBudget& budget, std::size_t bytes) noexcept : budget_(&budget), bytes_(bytes) {
            budget.used_ += bytes;
        }
        ByteBudget* budget_ = nullptr;
        std::size_t bytes_ = 0;
    };

    /// Waits until there is room.
    Task<Hold> acquire(std::size_t bytes) {
        const Lock::Guard turn = co_await turn_.acquire();
        while (used_ > 0 && used_ + bytes > max_) {
            changed_.clear();
            co_await changed_.wait();
        }
        co_return Hold(*this, bytes);
    }
    /// Without waiting: for those on whom others wait.
    [[nodiscard]] Hold take(std::size_t bytes) noexcept { return Hold(*this, bytes); }

    [[nodiscard]] std::size_t used() const noexcept { return used_; }
    [[nodiscard]] std::size_t max() const noexcept { return max_; }

private:
    std::size_t max_;
    std::size_t used_ = 0;
    Lock turn_;
    Event changed_;  // something was given back
};

}  // namespace trawl
