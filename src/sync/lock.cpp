#include "trawl/sync/lock.hpp"

namespace trawl {

void Lock::take() noexcept {
    locked_ = true;
    taken_by_ = Schedule::is_running_here() ? Schedule::current().running() : nullptr;
}

Lock::Guard Lock::guard() noexcept {
    take();
    return Guard(*this);
}

std::optional<Lock::Guard> Lock::try_acquire() noexcept {
    if (locked_) return std::nullopt;
    return guard();
}

// A lock that is free has nobody waiting: release() passes it on.
void Lock::queue(Turn& turn) noexcept {
    waiting_.push_back(turn);
    if (!locked_) release();
}

// It stays locked on its way to whoever has waited longest; if that one is destroyed before it runs, it passes it on.
void Lock::release() noexcept {
    taken_by_ = nullptr;
    locked_ = !waiting_.empty();
    if (!locked_) return;
    Turn& next = waiting_.pop_front();
    next.granted_ = true;
    Schedule::current().wake(next);
}

Lock::Guard Lock::Turn::begin() noexcept {
    granted_ = false;
    return lock_->guard();
}

// Whoever is granted is in the ready queue; whoever is in no list waits for a lock that is gone.
std::string Lock::Turn::describe() const {
    if (granted_) return "Lock (granted)";
    if (!linked()) return "Lock (destroyed)";
    if (lock_->taken_by_ == nullptr) return "Lock (passed to another task)";
    return lock_->taken_by_ == task_ ? "Lock (held by the task that waits)" : "Lock (held by another task)";
}

}  // namespace trawl
