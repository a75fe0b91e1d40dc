#include "trawl/sync/barrier.hpp"

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {

Barrier::Barrier(std::size_t parties) : parties_(parties) {
    if (parties == 0) throw UsageError("a Barrier of 0 tasks would never open: it needs at least one");
}

// True for the last one, who lets the others go on.
bool Barrier::arrive() noexcept {
    if (arrived_ + 1 < parties_) return false;
    arrived_ = 0;
    for (std::size_t index = 0; !waiting_.empty(); ++index) waiting_.pop_front().go_on(Wait::State::complete, index);
    return true;
}

void Barrier::turn_away() noexcept {
    arrived_ = 0;
    while (!waiting_.empty()) waiting_.pop_front().go_on(Wait::State::broken, 0);
}

void Barrier::abort() noexcept {
    broken_ = true;
    turn_away();
}

void Barrier::reset() noexcept {
    broken_ = false;
    turn_away();
}

Barrier::Wait::~Wait() {
    if (state_ == State::waiting && linked()) --barrier_.arrived_;
}

void Barrier::Wait::go_on(State state, std::size_t index) noexcept {
    state_ = state;
    index_ = index;
    Schedule::current().wake(*this);
}

bool Barrier::Wait::await_ready() noexcept {
    if (barrier_.broken_) {
        state_ = State::broken;
    } else if (barrier_.arrive()) {
        state_ = State::complete;
        index_ = barrier_.parties_ - 1;
    }
    return state_ != State::waiting;
}

void Barrier::Wait::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    ++barrier_.arrived_;
    barrier_.waiting_.push_back(*this);
}

std::size_t Barrier::Wait::await_resume() const {
    if (state_ == State::broken)
        throw BarrierBroken("the Barrier is broken: a task aborted or reset it before all had arrived");
    return index_;
}

std::string Barrier::Wait::describe() const {
    if (state_ == State::complete) return "Barrier (complete)";
    if (state_ == State::broken) return "Barrier (broken)";
    if (!linked()) return "Barrier (destroyed)";
    return format("Barrier ({} of {} arrived)", barrier_.arrived_, barrier_.parties_);
}

}  // namespace trawl
