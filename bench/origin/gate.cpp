#include "gate.hpp"

namespace trawl::origin {

Gate::Enter::~Enter() {
    if (state_ == State::waiting) --gate_.waiting_count_;
    if (state_ == State::admitted) gate_.leave();
}

bool Gate::Enter::await_ready() noexcept {
    if (gate_.full()) return false;
    ++gate_.inside_;
    state_ = State::admitted;
    return true;
}

void Gate::Enter::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    state_ = State::waiting;
    ++gate_.waiting_count_;
    gate_.waiting_.push_back(*this);
}

Gate::Pass Gate::Enter::await_resume() noexcept {
    state_ = State::passed;
    return Pass(gate_);
}

void Gate::set_capacity(std::size_t capacity) noexcept {
    capacity_ = capacity;
    admit();
}

void Gate::leave() noexcept {
    --inside_;
    admit();
}

// Whoever has waited longest is inside before it is resumed; if it is destroyed first, its place goes to the next.
void Gate::admit() noexcept {
    while (inside_ < capacity_ && !waiting_.empty()) {
        Enter& next = waiting_.pop_front();
        next.state_ = Enter::State::admitted;
        --waiting_count_;
        ++inside_;
        Schedule::current().wake(next);
    }
}

}  // namespace trawl::origin
