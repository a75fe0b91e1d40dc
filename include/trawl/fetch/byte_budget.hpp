/// ByteBudget: what a retrieval may hold in memory, counted in bytes. Whoever would go beyond it waits.
///
/// Rules: first come, first served; a claim larger than the whole is let in when nothing else is held. Who is urgent,
/// since others wait for what it holds, is let in at once, beyond the limit. Whoever is destroyed while it waits hands
/// its turn on. The budget must outlive its holds and those who wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include "trawl/coro/task.hpp"
#include "trawl/sync/event.hpp"

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

        [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
        /// What was guessed is known now. It may take the budget beyond its limit: the bytes are there already.
        void resize(std::size_t bytes) noexcept {
            if (budget_ == nullptr) return;
            budget_->used_ += bytes - bytes_;
            const bool less = bytes < std::exchange(bytes_, bytes);
            if (less) budget_->look_again();
        }
        /// The same where there is room for it; false: there is none now.
        [[nodiscard]] bool resize_if_it_fits(std::size_t bytes) noexcept {
            if (budget_ != nullptr && bytes > bytes_ && !budget_->fits(bytes - bytes_)) return false;
            resize(bytes);
            return true;
        }

    private:
        friend class ByteBudget;
        Hold(ByteBudget& budget, std::size_t bytes) noexcept : budget_(&budget), bytes_(bytes) {
            budget.used_ += bytes;
        }
        ByteBudget* budget_ = nullptr;
        std::size_t bytes_ = 0;
    };

    /// Waits until there is room, or until `is_urgent()`, which is asked again whenever something is given back and
    /// after look_again().
    template <class IsUrgent>
    Task<Hold> acquire(std::size_t bytes, IsUrgent is_urgent) {
        const Turn turn(*this);
        while (!is_urgent() && !(turn.is_first() && fits(bytes))) {
            changed_.clear();
            co_await changed_.wait();
        }
        co_return Hold(*this, bytes);
    }
    Task<Hold> acquire(std::size_t bytes) {
        return acquire(bytes, [] { return false; });
    }
    /// Without waiting: for those on whom others wait.
    [[nodiscard]] Hold take(std::size_t bytes) noexcept { return Hold(*this, bytes); }
    /// Somebody who waits may have become urgent.
    void look_again() noexcept { changed_.set(); }

    [[nodiscard]] std::size_t used() const noexcept { return used_; }
    [[nodiscard]] std::size_t max() const noexcept { return max_; }

private:
    [[nodiscard]] bool fits(std::size_t bytes) const noexcept { return used_ == 0 || used_ + bytes <= max_; }

    class Turn {
    public:
        explicit Turn(ByteBudget& budget) : budget_(budget), number_(budget.next_++) {
            budget.waiting_.insert(budget.waiting_.end(), number_);
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() {
            budget_.waiting_.erase(number_);
            if (!budget_.waiting_.empty()) budget_.look_again();
        }
        [[nodiscard]] bool is_first() const noexcept { return *budget_.waiting_.begin() == number_; }

    private:
        ByteBudget& budget_;
        std::uint64_t number_;
    };

    std::size_t max_;
    std::size_t used_ = 0;
    std::set<std::uint64_t> waiting_;  // in their order
    std::uint64_t next_ = 0;
    Event changed_;  // something was given back, or somebody has become urgent
};

}  // namespace trawl
