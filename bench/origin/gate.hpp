/// Gate: a Semaphore whose number of permits can change while it is in use, and that knows how many are inside and
/// wait.
///
/// First come, first served. Fewer permits send nobody out: nobody new comes in until enough have left.
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "trawl/coro/schedule.hpp"

namespace trawl::origin {

class Gate {
public:
    explicit Gate(std::size_t capacity) noexcept : capacity_(capacity) {}
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    /// Being inside, until the object is destroyed.
    class [[nodiscard("who drops it is outside again")]] Pass {
    public:
        explicit Pass(Gate& gate) noexcept : gate_(&gate) {}
        Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Pass& operator=(Pass&&) = delete;
        ~Pass() {
            if (gate_ != nullptr) gate_->leave();
        }

    private:
        Gate* gate_;
    };

    /// `Gate::Pass pass = co_await gate.enter();`
    class Enter final : public Waiter {
    public:
        explicit Enter(Gate& gate) noexcept : gate_(gate) {}
        ~Enter();
        bool await_ready() noexcept;
        void await_suspend(std::coroutine_handle<> handle) noexcept;
        Pass await_resume() noexcept;

    private:
        friend class Gate;
        Gate& gate_;
        enum class State { outside, waiting, admitted, passed } state_ = State::outside;
    };
    [[nodiscard]] Enter enter() noexcept { return Enter(*this); }

    void set_capacity(std::size_t capacity) noexcept;
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::size_t inside() const noexcept { return inside_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_count_; }
    /// True when whoever came now would have to wait.
    [[nodiscard]] bool full() const noexcept { return inside_ >= capacity_ || waiting_count_ > 0; }

private:
    void leave() noexcept;
    void admit() noexcept;

    std::size_t capacity_;
    std::size_t inside_ = 0;
    std::size_t waiting_count_ = 0;
    List<Enter> waiting_;
};

}  // namespace trawl::origin
